"""A study's entry as YAML, to be shown in its report and pasted into another configuration."""

from __future__ import annotations

import yaml

from lmm.study.configuration.secrets_kept import masked
from lmm.study.configuration.settings import Study

_WIDTH = 88


def entry_text(study: Study) -> str:
    """The entry under its study's name, without comments and passwords; '' for a study of no file."""
    if not study.written:
        return ""
    entry = dict(study.written)
    if url := study.source.url:  # before YAML quotes what is in it
        entry["data"] = {**entry["data"], "url": masked(url, url)}
    return yaml.safe_dump({study.name: entry}, sort_keys=False, allow_unicode=True, width=_WIDTH)

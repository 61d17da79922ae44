"""Docstrings are plain text with ``code`` in double backticks: every other sign means itself."""

from __future__ import annotations

import re
from typing import Any

from sphinx.application import Sphinx

_CODE = re.compile(r"(``.+?``)", re.DOTALL)
_MEANS_SOMETHING = re.compile(r"([\\*|_`])")


def setup(app: Sphinx) -> dict[str, Any]:
    """Rewrite each docstring as it is read."""
    app.connect("autodoc-process-docstring", _escape)
    return {"parallel_read_safe": True}


def _escape(app: Sphinx, what: str, name: str, found: Any, options: Any, lines: list[str]) -> None:
    parts = _CODE.split("\n".join(lines))
    parts[::2] = [_MEANS_SOMETHING.sub(r"\\\1", part) for part in parts[::2]]
    lines[:] = "".join(parts).split("\n")

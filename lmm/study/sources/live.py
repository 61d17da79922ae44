"""Sources that only asking tells the state of: a query, an address without a digest.

A run asks once and keeps the answer as a file, so that all its steps see the same table.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from lmm.errors import DataError, LmmError
from lmm.study.configuration.settings import Source
from lmm.study.files import write_whole
from lmm.study.sources.downloads import retrieve

_FOLDER = Path(".cache", "live")


def answer_file(source: Source) -> Path:
    """Where the answer of a live source is kept."""
    asked = source.url
    if source.sql is not None:
        asked = "\n".join((source.sql.url, source.sql.url_variable, source.sql.query))
    return _FOLDER / hashlib.sha256(asked.encode()).hexdigest()[:16] / source.file_name


def ask(source: Source) -> Path:
    """Ask the source now and keep the answer; ``DataError`` where there is none: then none is kept."""
    path = answer_file(source)
    try:
        if source.sql is not None:
            from lmm.study.sources.queries import query_text

            write_whole(path, query_text(source.sql))
            path.chmod(0o600)
        else:
            fresh = path.with_name(f".{os.getpid()}-{path.name}")
            fresh.unlink(missing_ok=True)
            retrieve(source, fresh).replace(path)
    except LmmError:
        # An old answer would be taken for the newest.
        path.unlink(missing_ok=True)
        raise
    except OSError as error:
        raise DataError(
            f"the data cannot be kept: {error.strerror}",
            where=str(path),
            remedy="Make room there, and allow yourself to write.",
        ) from None
    return path


def renew(source: Source) -> None:
    """At the start of a run: ask a live source. Where it does not answer, the step that needs it says so."""
    if source.is_live:
        with suppress(LmmError):
            ask(source)

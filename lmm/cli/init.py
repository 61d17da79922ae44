"""What ``lmm init`` does: a table to a configuration that runs as it is."""

from __future__ import annotations

import tempfile
from pathlib import Path

from lmm.errors import NAME_WRITABLE, LmmError
from lmm.study.checking import check_configuration
from lmm.study.drafting.draft import draft
from lmm.study.drafting.proposal import Wishes, propose
from lmm.study.files import write_whole


def write_configuration(data: Path, wishes: Wishes, *, out: Path, force: bool) -> str:
    """Write a configuration for the table ``data`` to ``out``; the words to show.

    ``LmmError`` where ``out`` exists (unless ``force``) or the table cannot carry a study: then
    nothing is written.
    """
    if out.exists() and not force:
        raise LmmError(
            "there is a file of this name already",
            where=str(out),
            remedy="Give another name with --out, or --force to replace it.",
        )
    text = draft(propose(data, wishes), configuration=out)
    _check(text, out)
    try:
        write_whole(out, text.encode())
    except OSError as error:
        raise LmmError(
            f"cannot be written: {error.strerror}",
            where=str(out),
            remedy=NAME_WRITABLE,
        ) from None
    return (
        f"{out}: written. Fill in units and words, then:\n"
        f"  lmm check --configfile {out}\n  make report CONFIG={out}"
    )


def _check(text: str, out: Path) -> None:
    """What is written is fit to run: the same check as that of ``lmm check``, beforehand."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, out.name)
        path.write_text(text, encoding="utf-8")
        problems = check_configuration(path)
    if problems:
        raise LmmError(problems)

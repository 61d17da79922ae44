"""A study whose identities fail is not published: a number is right or not shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lmm.errors import ContradictionError

# A study's state begins with it, so that a defect is not taken for the data's fault.
OPENING = "The numbers of this study contradict each other"


def refuse_contradictions(identities: Iterable[Mapping[str, Any]]) -> None:
    """Raise ``ContradictionError`` with every identity that does not hold."""
    failed = [each for each in identities if not each["holds"]]
    if not failed:
        return
    lines = [f"  {_told(each)}" for each in failed]
    raise ContradictionError(
        "\n".join(
            [
                f"{OPENING}, so that no report of them is shown:",
                *lines,
                "This is a defect of lmm and not of the data; please report it with these lines.",
            ]
        )
    )


def _told(identity: Mapping[str, Any]) -> str:
    where = f" in {identity['model']}" if identity["model"] else ""
    apart = identity["difference"]
    size = "no number" if apart is None else f"{apart:.2g}"
    return f"{identity['id']}{where}: {size} apart, {identity['allowed']:.2g} allowed"

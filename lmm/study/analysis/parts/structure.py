"""What the groups allow to be asked: how many there are, and how often each was measured."""

from __future__ import annotations

from typing import Any

from lmm.inference.groups.group_structure import group_structure
from lmm.rows import to_records
from lmm.study.analysis.parts.analysed import Analysed


def structure(analysed: Analysed) -> dict[str, Any]:
    """The counts of the groups in the random-intercept model."""
    return to_records([group_structure(analysed.fits.mixed("random_intercept"))])[0]

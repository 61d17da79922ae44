"""The verdicts on the model used."""

from __future__ import annotations

from typing import Any

from lmm.rows import to_records
from lmm.study.analysis.examined import VERDICTS
from lmm.study.analysis.parts.analysed import Analysed


def checks(analysed: Analysed) -> list[dict[str, Any]]:
    """Every check in the order of the page: statistic, threshold, verdict, where to look, citation."""
    return to_records(analysed.examined.checks)


def tally(analysed: Analysed) -> dict[str, int]:
    """How many checks there are, and how many of each verdict."""
    found = [check.verdict for check in analysed.examined.checks]
    return {"checks": len(found), **{verdict: found.count(verdict) for verdict in VERDICTS}}

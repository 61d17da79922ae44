"""The data and what made the numbers."""

from __future__ import annotations

from typing import Any

from lmm.study.analysis import account
from lmm.study.analysis.parts.analysed import Analysed


def data(analysed: Analysed) -> dict[str, Any]:
    """Where the rows went, and what the variables are."""
    return account.account(analysed.study, analysed.table)


def quarantine(analysed: Analysed) -> list[dict[str, Any]]:
    """The rows that a data contract set aside."""
    return account.quarantine(analysed.table)


def provenance(analysed: Analysed) -> dict[str, Any]:
    """Versions, seed, digest."""
    return account.provenance(analysed.study, analysed.table)

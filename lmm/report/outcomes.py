"""Many outcomes as one flat table: a row each, numbers under ``term.what`` and ``group.term.what``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from lmm.inference.multiplicity import benjamini_hochberg
from lmm.inference.outcomes import Outcome

_OF_A_TERM = ("estimate", "se", "dof", "t", "p", "low", "high")
ADJUSTED = "p_benjamini_hochberg"


def outcome_rows(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """One record an outcome, all with the same keys; what an outcome does not have is ``None``.

    p is adjusted term by term, over the outcomes that have a test of the term.
    """
    terms = dict.fromkeys(row.term for each in outcomes for row in each.coefficients)
    adjusted = {term: _adjusted(outcomes, term) for term in terms}
    parts = [
        (
            _of_outcome(each),
            {
                name: value
                for term in terms
                for name, value in _of_term(each, term, float(adjusted[term][k]))
            },
            _of_variances(each),
            {"message": each.message},
        )
        for k, each in enumerate(outcomes)
    ]
    keys = [dict.fromkeys(key for row in parts for key in row[place]) for place in range(4)]
    return [
        {key: part.get(key) for part, names in zip(row, keys, strict=True) for key in names}
        for row in parts
    ]


def _adjusted(outcomes: Sequence[Outcome], term: str) -> np.ndarray:
    p = [
        next((row.p for row in each.coefficients if row.term == term), np.nan) for each in outcomes
    ]
    return benjamini_hochberg(np.array(p))


def _of_outcome(each: Outcome) -> dict[str, Any]:
    return {
        "outcome": each.name,
        "n": each.n,
        "converged": each.converged,
        "singular": each.singular,
        "criterion": each.criterion,
    }


def _of_term(each: Outcome, term: str, adjusted: float) -> list[tuple[str, Any]]:
    row = next((row for row in each.coefficients if row.term == term), None)
    if row is None:
        return []
    own = [(f"{term}.{what}", getattr(row, what)) for what in _OF_A_TERM]
    return [*own, (f"{term}.{ADJUSTED}", adjusted), (f"{term}.dof_method", row.dof_method)]


def _of_variances(each: Outcome) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for row in each.components:
        both = row.term if row.other is None else f"{row.term}.{row.other}"
        kind = "variance" if row.other is None else "covariance"
        found[f"{row.group}.{both}.{kind}"] = row.variance_or_covariance
    if each.residual_variance is not None:
        found["residual.variance"] = each.residual_variance
    return found | {f"{group}.icc": share for group, share in each.shares.items()}

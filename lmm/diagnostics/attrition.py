"""Do groups that were seen less often differ from those seen throughout? Then their absence is not by chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmm.diagnostics.added import added_columns
from lmm.diagnostics.check import ALPHA, Check, judge
from lmm.diagnostics.projection import Projection

SMALLEST = 0.25
SERIOUS = 0.8

SOURCE = (
    "level by pattern of absence: Hedeker and Gibbons 1997, Psychol. Methods 2:64, F at 1%; a quarter of the SD "
    "between groups, this project's convention; 0.8 large: Cohen 1988"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attrition:
    """``difference`` in level between groups seen most often (their 90% point) and least (10%), the fixed part
    allowed for, in SDs of a row about it; ``threshold`` what it takes to be noted.
    """

    difference: float
    threshold: float
    p: float
    least: int
    most: int


def attrition(P: Projection) -> Attrition | None:
    """The outcome's level by how often a group was seen; None where all were equally often."""
    sizes = np.bincount(P.codes, minlength=P.m).astype(float)
    least, most = np.quantile(sizes, [0.1, 0.9], method="nearest")
    if least == most:
        least, most = sizes.min(), sizes.max()
    added = added_columns(P, sizes[P.codes][:, None]) if least < most else None
    if added is None:
        return None
    own = P.Z @ P.T
    sd = float(np.sqrt(1.0 + np.mean(np.einsum("nq,nq->n", own, own))))
    difference = float(added.gamma[0]) * (most - least) / sd
    chance = abs(difference) * float(np.sqrt(added.critical(ALPHA) / max(added.F, 1e-300)))
    return Attrition(
        difference=difference,
        threshold=max(SMALLEST, chance),
        p=added.p,
        least=int(least),
        most=int(most),
    )


def attrition_check(found: Attrition | None) -> Check:
    """The size of the difference."""
    if found is None:
        return Check(
            id="attrition", statistic=None, threshold=SMALLEST, verdict="fine", source=SOURCE
        )
    size, serious = abs(found.difference), max(SERIOUS, found.threshold)
    return Check(
        id="attrition",
        statistic=size,
        threshold=found.threshold,
        serious=serious,
        verdict=judge(size, found.threshold, serious),
        source=SOURCE,
    )

"""What the test of a slope depends on besides the data: where its column is zero.

Written with ||, intercept and slope are independent at the column's zero and nowhere else, so that
every origin is another model; free to correlate they are one model at every origin.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from lmm.errors import ModelError
from lmm.inference.variance_tests.boundary_mixture import boundary_test
from lmm.inference.variance_tests.tested import independent_form, without_effect
from lmm.model.design import Design
from lmm.model.fit import Fit, fit_design
from lmm.numerics import Array, read_only


@dataclass(frozen=True, slots=True, kw_only=True)
class CentringRow:
    """The test of an independent slope with its column counted from ``centre``, and of the correlated one."""

    centre: float
    statistic: float
    p_mixture: float
    correlated_statistic: float


def centring_rows(fit: Fit, term: str, centres: Array) -> tuple[CentringRow, ...]:
    """How the test of a slope beside a random intercept depends on where the slope's column is zero.

    Held independent, the slope and the level at the centre make another model at each centre; free to
    correlate, one and the same. Raises ``ModelError`` for any other random effects.
    """
    if sorted(fit.random_names) != sorted(("Intercept", term)):
        raise ModelError(
            f"centring is of a random intercept and one slope {term!r}",
            remedy=f"Ask it of a model with ({term} | group) and nothing more.",
        )
    independent = independent_form(fit, term)
    intercept = without_effect(independent, term)
    assert intercept is not None
    together = _together(independent.design, term)
    rows = []
    for centre in centres:
        moved = fit_design(_moved(independent.design, term, float(centre)), reml=fit.reml)
        correlated = fit_design(_moved(together, term, float(centre)), reml=fit.reml)
        test, other = (
            boundary_test((f"no {term}", intercept.criterion), (term, each.criterion), dof=dof)
            for each, dof in ((moved, 1), (correlated, 2))
        )
        rows.append(
            CentringRow(
                centre=float(centre),
                statistic=test.statistic,
                p_mixture=test.p_mixture,
                correlated_statistic=other.statistic,
            )
        )
    return tuple(rows)


def conclusion_moves(rows: Sequence[CentringRow], *, level: float) -> bool:
    """Whether the independent slope's p lies below the level at some centres and not below it at others."""
    below = [row.p_mixture < level for row in rows]
    return any(below) and not all(below)


def _together(design: Design, term: str) -> Design:
    """Intercept and slope in one block, free to correlate."""
    level, slope = sorted(design.blocks, key=lambda block: term in block.names)
    names = (*level.names, *slope.names)
    block = replace(
        level,
        bar=replace(level.bar, terms=slope.bar.terms),
        encoding=replace(level.encoding, terms=slope.bar.terms, names=names, kept=(0, 1)),
        Z=read_only(np.column_stack([level.Z, slope.Z])),
    )
    return replace(design, blocks=(block,))


def _moved(design: Design, term: str, centre: float) -> Design:
    """The design with the slope's random column counted from ``centre``; fixed effects as they were."""
    blocks = []
    for block in design.blocks:
        away = np.array([centre if name == term else 0.0 for name in block.names])
        blocks.append(replace(block, Z=read_only(block.Z - away)))
    return replace(design, blocks=tuple(blocks))

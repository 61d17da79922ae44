"""The one random effect that a test is about: a column of its own, and the model without it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lmm.errors import ModelError
from lmm.model.criterion import evaluate
from lmm.model.design import Design
from lmm.model.fit import Fit, fit_design


def own_block(fit: Fit, term: str, *, group: str | None = None) -> int:
    """The place of the block that holds ``term`` alone, and so independent of every other random effect.

    Raises ``ModelError`` where there is none, or where several groups have one and ``group`` is not said.
    """
    holding = [
        place
        for place, block in enumerate(fit.design.blocks)
        if term in block.names and group in (None, block.grouping.name)
    ]
    alone = [place for place in holding if len(fit.design.blocks[place].names) == 1]
    if len(alone) == 1 and len(holding) == 1:
        return alone[0]
    if not holding:
        known = ", ".join(dict.fromkeys(fit.random_names))
        raise ModelError(f"the model has no random effect {term!r}; it has {known}")
    if alone:
        raise ModelError(
            f"more than one random term has the effect {term!r}", remedy="Name its group too."
        )
    raise ModelError(
        f"the random effect {term!r} is free to correlate with others, so it cannot be tested alone",
        remedy="Fit the independent form, written with || instead of |.",
    )


def design_without(design: Design, place: int) -> Design:
    """The design with one random block less."""
    blocks = tuple(block for k, block in enumerate(design.blocks) if k != place)
    formula = replace(design.formula, bars=tuple(block.bar for block in blocks), text="")
    return replace(design, formula=formula, blocks=blocks)


def criterion_without(fit: Fit, place: int) -> float:
    """The fit's own criterion, minimised without one block; of the linear model where none is left."""
    if len(fit.design.blocks) > 1:
        return fit_design(design_without(fit.design, place), reml=fit.reml).criterion
    at = evaluate(fit.statistics, np.zeros((fit.template.q, fit.template.q)), reml=fit.reml)
    return fit.units.criterion_out(at.value, dof=fit.dof, reml=fit.reml)

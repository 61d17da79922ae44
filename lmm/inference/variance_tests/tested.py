"""The one random effect that a test is about: a column of its own, and the model without it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lmm.errors import ModelError, choice_of
from lmm.model.criterion import evaluate
from lmm.model.design import Design, RandomBlock
from lmm.model.fit import Fit, fit_design
from lmm.numerics import read_only


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
        raise ModelError(
            f"the model has no random effect {term!r}",
            remedy=choice_of(term, dict.fromkeys(fit.random_names), are="random effects"),
        )
    if alone:
        raise ModelError(
            f"more than one random term has the effect {term!r}", remedy="Name its group too."
        )
    raise ModelError(
        f"the random effect {term!r} is free to correlate with others, so it cannot be tested alone",
        remedy="Fit the independent form, written with || instead of |.",
    )


def criterion_without(fit: Fit, place: int) -> float:
    """The fit's own criterion, minimised without one block; of the linear model where none is left."""
    if len(fit.design.blocks) > 1:
        blocks = [block for k, block in enumerate(fit.design.blocks) if k != place]
        return fit_design(_with(fit.design, blocks), reml=fit.reml).criterion
    at = evaluate(fit.statistics, np.zeros((fit.template.q, fit.template.q)), reml=fit.reml)
    return fit.units.criterion_out(at.value, dof=fit.dof, reml=fit.reml)


def without_effect(fit: Fit, term: str) -> Fit | None:
    """The model without one random column, on the same rows; ``None`` where no random effect is left.

    Raises ``ModelError`` where the term has several columns, or no or several groups have it.
    """
    holding = [k for k, block in enumerate(fit.design.blocks) if term in block.names]
    if len(holding) != 1:
        own_block(fit, term)
    blocks = _blocks_without(fit.design, holding[0], term)
    return fit_design(_with(fit.design, blocks), reml=fit.reml) if blocks else None


def without_effect_of(fit: Fit, term: str, group: str) -> Fit:
    """The model without one random column of the named one of several grouping factors, on the same rows.

    Raises ``ModelError`` where the factor has no such column.
    """
    holding = [
        k
        for k, block in enumerate(fit.design.blocks)
        if term in block.names and block.grouping.name == group
    ]
    if len(holding) != 1:
        raise ModelError(
            f"the model has no random effect {term!r} of {group!r} to leave out",
            remedy=choice_of(
                term, _effects_of(fit.design, group), are=f"random effects of {group}"
            ),
        )
    blocks = _blocks_without(fit.design, holding[0], term)
    if not blocks:
        raise ModelError(
            f"without {term!r} of {group!r} the model has no random effect left",
            remedy="Compare it with lmm.pooled instead.",
        )
    return fit_design(_with(fit.design, blocks), reml=fit.reml)


def independent_form(fit: Fit, term: str) -> Fit:
    """The same model with one random effect independent of all others (its ``||`` form), on the same rows.

    Raises ``ModelError`` where the term has several columns, which cannot be told apart.
    """
    holding = [k for k, block in enumerate(fit.design.blocks) if term in block.names]
    if len(holding) != 1 or len(fit.design.blocks[holding[0]].names) == 1:
        own_block(fit, term)
        return fit
    block = fit.design.blocks[holding[0]]
    rest = _part(block, *(name for name in block.names if name != term))
    blocks = list(fit.design.blocks)
    blocks[holding[0] : holding[0] + 1] = [rest, _part(block, term)]
    return fit_design(_with(fit.design, blocks), reml=fit.reml)


def _effects_of(design: Design, group: str) -> list[str]:
    return [name for block in design.blocks if block.grouping.name == group for name in block.names]


def _blocks_without(design: Design, place: int, term: str) -> list[RandomBlock]:
    """The blocks, that at ``place`` without one of its columns; without the block where it had no other."""
    block = design.blocks[place]
    rest = tuple(name for name in block.names if name != term)
    blocks = [each for each in design.blocks if each is not block]
    if rest:
        blocks.insert(place, _part(block, *rest))
    return blocks


def _with(design: Design, blocks: list[RandomBlock]) -> Design:
    formula = replace(design.formula, bars=tuple(block.bar for block in blocks), text="")
    return replace(design, formula=formula, blocks=tuple(blocks))


def _part(block: RandomBlock, *names: str) -> RandomBlock:
    """Some columns of a block as a block of their own; where it has an intercept, that is its first column."""
    bar, encoding = block.bar, block.encoding
    if len(block.names) != len(bar.terms) + bar.intercept:
        raise ModelError(
            f"a term of {bar} has several columns, of which none can stand alone",
            remedy="Give each of them a column of numbers and a term of its own.",
        )
    places = [block.names.index(name) for name in names]
    intercept = bar.intercept and 0 in places
    terms = tuple(bar.terms[k - bar.intercept] for k in places if k or not bar.intercept)
    if encoding.specification is None:
        own = replace(
            encoding, intercept=intercept, terms=terms, names=names, kept=tuple(range(len(names)))
        )
    else:
        kept = tuple(encoding.kept[k] for k in places)
        own = replace(encoding, intercept=intercept, names=names, kept=kept)
    return RandomBlock(
        bar=replace(bar, intercept=intercept, terms=terms),
        encoding=own,
        Z=read_only(np.ascontiguousarray(block.Z[:, places])),
        grouping=block.grouping,
    )

"""How the columns of a batch of rows are made: by encodings and units that are those of all rows together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.linalg import block_diag

from lmm.model.centring import centring
from lmm.model.columns import Encoding, check_finite, encode
from lmm.model.design import Design, RandomBlock
from lmm.model.formula import Formula
from lmm.model.grammar.terms import Term
from lmm.model.grammar.tokens import tokenize
from lmm.model.groups import Grouping, Levels
from lmm.model.outline import BlockOutline, Outline
from lmm.model.streams.survey import Survey
from lmm.model.units import Change, Units
from lmm.numerics import Array, power_of_two_near, root_mean_square

# Functions of one row; the others look at all of them.
_ROW_BY_ROW = frozenset({"I", "abs", "exp", "log", "log10", "log2", "sqrt"})


def held_because(formula: Formula) -> str:
    """Why a formula needs its rows in memory; '' where it does not."""
    groups = {bar.group for bar in formula.bars}
    called = {name for factor in _factors(formula) for name in _functions(factor)}
    if not groups:
        return "it has no random term"
    if len(groups) > 1 or any(len(group) > 1 for group in groups):
        return "it has several grouping columns"
    if not formula.intercept:
        return "it has no intercept"
    if called - _ROW_BY_ROW:
        return f"{min(called - _ROW_BY_ROW)}(...) looks at all rows at once"
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """How the columns of a batch are made: the encodings are those of all rows together."""

    formula: Formula
    encoding: Encoding
    own: tuple[Encoding, ...]
    levels: Levels

    def design(self, frame: pd.DataFrame) -> Design:
        """The columns of some rows; nothing is dropped of them."""
        made: dict[tuple[bool, tuple[Term, ...]], Array] = {}
        for encoding in (self.encoding, *self.own):
            terms = (encoding.intercept, encoding.terms)
            if terms not in made:
                made[terms] = np.asfortranarray(encoding.matrix(frame))
                check_finite(made[terms], encoding.names)
        codes = frame[self.formula.bars[0].group[0]].to_numpy(np.int64)
        grouping = Grouping(name=self.levels.name, labels=self.levels.labels, codes=codes)
        return Design(
            formula=self.formula,
            y=frame[self.formula.response].to_numpy(float),
            X=made[self.encoding.intercept, self.encoding.terms],
            encoding=self.encoding,
            blocks=tuple(
                RandomBlock(
                    bar=bar, encoding=own, Z=made[own.intercept, own.terms], grouping=grouping
                )
                for bar, own in zip(self.formula.bars, self.own, strict=True)
            ),
            rows=np.arange(len(frame)),
            rows_dropped=0,
            columns_dropped=(),
        )

    def outline(self, kept: tuple[int, ...], present: np.ndarray, *, dropped: int) -> Outline:
        """What is said of the model: the columns ``kept``, the levels ``present``."""
        levels = self.levels.only(present)
        names = self.encoding.names
        return Outline(
            formula=self.formula,
            encoding=replace(self.encoding, kept=kept),
            blocks=tuple(
                BlockOutline(bar=bar, encoding=own, grouping=levels)
                for bar, own in zip(self.formula.bars, self.own, strict=True)
            ),
            rows_dropped=dropped,
            columns_dropped=tuple(name for j, name in enumerate(names) if j not in set(kept)),
        )


def making_of(formula: Formula, seen: Survey, levels: Levels) -> Making:
    """The encodings of a formula's terms, from rows that show every level there is."""
    every = pd.concat([seen.sample, seen.examples], ignore_index=True)
    made: Mapping[tuple[bool, tuple[Term, ...]], Encoding] = {
        terms: encode(*terms, every)[0]
        for terms in {
            (formula.intercept, formula.terms),
            *((bar.intercept, bar.terms) for bar in formula.bars),
        }
    }
    return Making(
        formula=formula,
        encoding=made[formula.intercept, formula.terms],
        own=tuple(made[bar.intercept, bar.terms] for bar in formula.bars),
        levels=levels,
    )


def first_change(sample: Design) -> Change:
    """Origins and units as a sample suggests them; what all rows call for is left to ``settled``."""
    centred = centring(sample.X, 0)
    blocks = [centring(b.Z, 0 if b.encoding.intercept else None) for b in sample.blocks]
    centre = float(np.mean(sample.y))
    shift = np.zeros(len(centred))
    shift[0] = centre
    return Change(
        units=Units(
            W_x=centred,
            W_z=block_diag(*blocks),
            y_scale=power_of_two_near(root_mean_square(sample.y - centre)),
            y_shift=shift,
        ),
        centred=centred,
        straight=None,
        y_centre=centre,
        taken=None,
    )


def _factors(formula: Formula) -> set[str]:
    terms = [*formula.terms, *(term for bar in formula.bars for term in bar.terms)]
    return {factor for term in terms for factor in term}


def _functions(factor: str) -> set[str]:
    """The functions called in a factor's text."""
    words = tokenize(factor)
    following = [word for _, word, _ in words[1:]]
    return {
        word
        for (kind, word, _), after in zip(words, following, strict=False)
        if kind == "name" and after == "("
    }

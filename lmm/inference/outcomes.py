"""Many outcomes under one model: outcomes of the same rows share the design and what it sums up of its groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from lmm.errors import DataError, LmmError, ModelError, choice_of
from lmm.inference.fixed_effects.coefficients import FixedEffect, fixed_effects
from lmm.inference.variances.components import Component, variance_components
from lmm.inference.variances.variance_shares import point_shares
from lmm.model.batch import fits_of_responses
from lmm.model.fit import Fit, fit_design, fit_mixed
from lmm.model.formula import Formula
from lmm.model.weights import Weights, weighted_design
from lmm.numerics import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the model says of one outcome; of one that cannot be fitted nothing but why, in ``message``.

    ``shares`` are each grouping factor's of the variance that the fixed part leaves: of one its ICC.
    """

    name: str
    message: str = ""
    n: int | None = None
    converged: bool | None = None
    singular: bool | None = None
    criterion: float | None = None
    residual_variance: float | None = None
    coefficients: tuple[FixedEffect, ...] = ()
    components: tuple[Component, ...] = ()
    shares: Mapping[str, float] = field(default_factory=dict)


def fit_outcomes(
    formula: Formula,
    table: pd.DataFrame | Mapping[str, Any],
    outcomes: Sequence[str],
    *,
    reml: bool = True,
    weights: Weights | None = None,
    dof: str = "auto",
) -> tuple[Outcome, ...]:
    """The right side of ``formula`` fitted to each of the ``outcomes``, columns of the table, in their order.

    Each as if fitted alone, without the rows that lack it or a variable used; ``dof`` as in ``uncertainty``.
    Raises ``LmmError`` where none can be fitted.
    """
    if not outcomes:
        raise ModelError("no outcome is named", remedy="Name at least one column.")
    if not formula.bars:
        raise ModelError(
            "many outcomes are fitted with mixed models, and this formula has no random term",
            where="formula",
            remedy="Add a random term such as (1 | group).",
        )
    frame: pd.DataFrame = table if isinstance(table, pd.DataFrame) else pd.DataFrame(dict(table))
    absent = [name for name in outcomes if name not in frame]
    if absent:
        raise DataError(
            f"the outcome {absent[0]!r} is not in the table",
            remedy=choice_of(absent[0], map(str, frame), are="columns"),
        )
    found: dict[str, Outcome] = {}
    asked = _Asked(formula=formula, frame=frame, reml=reml, weights=weights, dof=dof)
    for names in _of_the_same_rows(frame, tuple(dict.fromkeys(outcomes))):
        found |= {outcome.name: outcome for outcome in asked.together(names)}
    if all(outcome.message for outcome in found.values()):
        asked.alone(outcomes[0])  # raises what is wrong with it, with place and remedy
    return tuple(found[name] for name in dict.fromkeys(outcomes))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    formula: Formula
    frame: pd.DataFrame
    reml: bool
    weights: Weights | None
    dof: str

    def together(self, names: Sequence[str]) -> Iterator[Outcome]:
        """Outcomes of the same rows. Where one of them cannot be fitted, halves are tried, down to that one."""
        try:
            yield from [_told(name, fit, self.dof) for name, fit in self._fits(names)]
        except LmmError as error:
            if len(names) == 1:
                yield Outcome(name=names[0], message=error.problems[0].message)
                return
            middle = len(names) // 2
            yield from self.together(names[:middle])
            yield from self.together(names[middle:])

    def alone(self, name: str) -> Outcome:
        """One by itself. Raises ``LmmError`` where it cannot be fitted."""
        formula = replace(self.formula, response=name)
        fit = fit_mixed(formula, self.frame, reml=self.reml, weights=self.weights)
        return _told(name, fit, self.dof)

    def _fits(self, names: Sequence[str]) -> Iterator[tuple[str, Fit]]:
        first = replace(self.formula, response=names[0])
        design = weighted_design(first, self.frame, self.weights)
        fit = fit_design(design, reml=self.reml)
        yield names[0], fit
        Y = [_measured(self.frame, name, design.rows) for name in names[1:]]
        formulas = [replace(self.formula, response=name) for name in names[1:]]
        if len(fit.factors) == 1 and Y:
            others: Iterator[Fit] = fits_of_responses(fit, np.column_stack(Y))
        else:
            others = (fit_design(replace(design, y=y), reml=self.reml) for y in Y)
        for formula, other in zip(formulas, others, strict=True):
            yield formula.response, replace(other, outline=replace(other.design, formula=formula))


def _of_the_same_rows(frame: pd.DataFrame, names: Sequence[str]) -> list[list[str]]:
    """The outcomes by which rows have no value; what is not numeric, or not there, by itself."""
    alike: dict[Any, list[str]] = {}
    once = Counter(frame.columns)
    for name in names:
        numeric = once[name] == 1 and frame[name].dtype.kind in "iuf"
        pattern = np.packbits(frame[name].isna()).tobytes() if numeric else name
        alike.setdefault(pattern, []).append(name)
    return list(alike.values())


def _measured(frame: pd.DataFrame, name: str, rows: np.ndarray) -> Array:
    """An outcome at the rows used. Raises ``ModelError`` where it does not vary: its own fit says so better."""
    y = frame[name].to_numpy(float, na_value=np.nan)[rows]
    if y.min() == y.max():
        raise ModelError(
            f"the outcome {name!r} is constant",
            remedy="Leave it out: there is nothing in it to be explained.",
        )
    return y


def _told(name: str, fit: Fit, dof: str) -> Outcome:
    variance = fit.sigma**2
    return Outcome(
        name=name,
        n=fit.n,
        converged=fit.converged,
        singular=fit.singular,
        criterion=fit.criterion,
        residual_variance=variance,
        coefficients=fixed_effects(fit, method=dof),
        components=variance_components(fit),
        shares=dict(
            zip((each.grouping.name for each in fit.factors), point_shares(fit), strict=True)
        ),
    )

"""All fits of a study on its clean table, each model once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from lmm.diagnostics.boundary import boundary_terms
from lmm.errors import LmmError, ModelError, Problem
from lmm.inference.fixed_effects.uncertainty import check_determined
from lmm.inference.structures.verdict import Verdict, verdict
from lmm.inference.variance_tests.comparison import (
    InformationCriteria,
    LikelihoodRatio,
    information_criteria,
    random_effect_test,
)
from lmm.model.design import Design
from lmm.model.fit import Fit, fit_mixed, refit
from lmm.model.formula import Formula, parse_formula
from lmm.model.ordinary import OrdinaryFit, fit_pooled, fit_stratified
from lmm.study.analysis.candidates import Candidates


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyFits:
    """The fits by name (mixed ones by REML), what compares them, and why a model is absent."""

    fits: Mapping[str, Fit | OrdinaryFit]
    criteria: tuple[InformationCriteria, ...]
    tests: tuple[LikelihoodRatio, ...]
    verdict: Verdict | None
    absent: Mapping[str, str]

    @property
    def used(self) -> str:
        """The model whose numbers answer the questions."""
        return self.verdict.used if self.verdict else "random_intercept"

    def mixed(self, name: str) -> Fit:
        """A mixed fit by name."""
        fit = self.fits[name]
        assert isinstance(fit, Fit)
        return fit


def fit_study(models: Candidates, table: pd.DataFrame, *, group: str) -> StudyFits:
    """Fit everything; a random slope that the data cannot carry is left out and says why.

    Raises ``LmmError`` where one of the basic models, or a configured further one, cannot be fitted.
    """
    fits: dict[str, Fit | OrdinaryFit] = {
        "pooled": fit_pooled(models.pooled, table),
        "stratified": fit_stratified(models.pooled, table, group=group),
        "random_intercept": _mixed(models.random_intercept, table, group),
    }
    absent: dict[str, str] = {}
    slopes = {
        "random_slope": models.random_slope,
        "random_slope_independent": models.random_slope_independent,
    }
    for name, formula in slopes.items():
        if formula is None:
            continue
        try:
            fits[name] = _mixed(formula, table, group)
        except ModelError as error:
            absent[name] = error.reason
    fits.update(_further(models.further, table, group))
    basis = fits["pooled"].design
    likelihood = {
        name: refit(fit, reml=False)
        for name, fit in fits.items()
        if isinstance(fit, Fit) and _same_outcomes(fit.design, basis)
    }
    ordinary = {name: fits[name] for name in ("pooled", "stratified")}
    criteria = tuple(
        information_criteria(name, fit) for name, fit in {**ordinary, **likelihood}.items()
    )
    return StudyFits(
        fits=fits,
        criteria=criteria,
        tests=_tests(likelihood),
        verdict=_verdict(criteria, likelihood),
        absent=absent,
    )


def _same_outcomes(design: Design, basis: Design) -> bool:
    """Whether two likelihoods are of the same measurements, so that they compare."""
    return np.array_equal(design.rows, basis.rows) and np.array_equal(design.y, basis.y)


def _mixed(formula: str | Formula, table: pd.DataFrame, group: str) -> Fit:
    """The fit, ``group`` the factor that is spoken of where there are several.

    Raises ``ModelError`` where the data do not tell how sure its coefficients are.
    """
    fit = replace(fit_mixed(formula, table), main=group)
    check_determined(fit)
    return fit


def _further(
    formulas: Mapping[str, str], table: pd.DataFrame, group: str
) -> dict[str, Fit | OrdinaryFit]:
    fits: dict[str, Fit | OrdinaryFit] = {}
    for name, text in formulas.items():
        try:
            formula = parse_formula(text)
            check_grouping(formula, group)
            fits[name] = (
                _mixed(formula, table, group) if formula.bars else fit_pooled(formula, table)
            )
        except LmmError as error:
            raise ModelError(
                Problem(message=problem.message, where=f"models.{name}", remedy=problem.remedy)
                for problem in error.problems
            ) from None
    return fits


def check_grouping(formula: Formula, group: str) -> None:
    """Raise ``ModelError`` for a formula with several grouping factors none of which is the study's main one."""
    names = sorted({bar.group_name for bar in formula.bars})
    if len(names) > 1 and group not in names:
        raise ModelError(
            f"several grouping factors ({', '.join(names)}), and {group!r} is none of them",
            remedy="Fit it by `lmm fit`, or with the study's own groups among them.",
        )


def _tests(fits: Mapping[str, Fit]) -> tuple[LikelihoodRatio, ...]:
    """The random slope against the random intercept, correlated and not."""
    small = ("random_intercept", fits["random_intercept"])
    return tuple(
        random_effect_test(small, (name, fits[name]))
        for name in ("random_slope", "random_slope_independent")
        if name in fits
    )


def _verdict(criteria: tuple[InformationCriteria, ...], fits: Mapping[str, Fit]) -> Verdict | None:
    if "random_slope" not in fits:
        return None
    by_name = {row.model: row for row in criteria}
    return verdict(
        by_name["random_intercept"],
        by_name["random_slope"],
        larger_on_boundary=bool(boundary_terms(fits["random_slope"])),
    )

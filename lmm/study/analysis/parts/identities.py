"""The identities of this run: of each mixed fit, of the one used as an optimum, and between the fits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lmm.inference.identities.between_fits import (
    NESTED,
    anova_f,
    balanced_slopes,
    least_squares,
    nested_order,
)
from lmm.inference.identities.found_again import found_again
from lmm.inference.identities.of_fits import Identity, fit_identities
from lmm.model.fit import Fit
from lmm.model.ordinary import OrdinaryFit
from lmm.study.analysis.parts.analysed import Analysed


def identities(analysed: Analysed) -> list[dict[str, Any]]:
    """A record an identity: the largest difference, of the fit (``model``) where most of what is allowed was used.

    ``checked`` counts the fits in which it was looked at; without any, the ``reason`` says why.
    """
    fits = analysed.fits
    mixed = {name: fit for name, fit in fits.fits.items() if isinstance(fit, Fit)}
    found: dict[str, list[tuple[str, Identity]]] = {}
    for name, fit in mixed.items():
        looked = fit_identities(fit)
        if name == fits.used:
            looked += found_again(fit)
        for identity in looked:
            found.setdefault(identity.id, []).append((name, identity))
    records = [_record(rows) for rows in found.values()]
    return records + [
        {**_record([("", identity)]), "checked": fits if identity.difference is not None else 0}
        for fits, identity in _between(analysed, mixed)
    ]


def _between(analysed: Analysed, mixed: dict[str, Fit]) -> Iterable[tuple[int, Identity]]:
    """Each with the number of fits that it holds beside each other."""
    fits = analysed.fits
    ordinary = [fit for fit in fits.fits.values() if isinstance(fit, OrdinaryFit)]
    pooled, stratified = (fits.fits[name] for name in ("pooled", "stratified"))
    assert isinstance(pooled, OrdinaryFit)
    assert isinstance(stratified, OrdinaryFit)
    converged = ["pooled", *(name for name, fit in mixed.items() if fit.converged)]
    level = fits.mixed("random_intercept")
    compared = sum(row.model in converged and row.model in NESTED for row in fits.criteria)
    yield len(ordinary), least_squares(ordinary)
    yield 1 + compared, nested_order(fits.criteria, converged)
    yield 3, balanced_slopes(pooled, stratified, level, analysed.slope)
    yield 3, anova_f(pooled, stratified, level)


def _record(rows: list[tuple[str, Identity]]) -> dict[str, Any]:
    seen = [row for row in rows if row[1].difference is not None]
    model, worst = max(seen or rows[:1], key=lambda row: _strain(row[1]))
    return {
        "id": worst.id,
        "difference": worst.difference,
        "allowed": worst.allowed,
        "holds": all(identity.holds for _, identity in rows),
        "checked": len(seen),
        "model": model,
        "reason": worst.reason,
    }


def _strain(identity: Identity) -> float:
    return 0.0 if identity.difference is None else identity.difference / identity.allowed

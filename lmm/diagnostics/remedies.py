"""What a remedy would change in the answers: the coefficients with and without it, from an exact refit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from lmm.diagnostics.conclusions import flips
from lmm.diagnostics.deletion import refit_rows
from lmm.diagnostics.linearity import polynomial, straightened
from lmm.errors import ModelError
from lmm.model.columns import independent_columns
from lmm.model.fit import Fit, fit_design
from lmm.numerics import Array, read_only


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """For the ``check`` of this id, the ``terms``' estimates and standard errors before and after, (p,) each.

    ``what`` names what was left out (rows, groups) or put in (a curve); ``rows`` used after; ``flips`` the terms
    whose conclusion changes. A term that the remedied fit cannot estimate is not a number.
    """

    check: str
    what: tuple[str, ...]
    rows: int
    terms: tuple[str, ...]
    before: Array
    se_before: Array
    after: Array
    se_after: Array
    flips: tuple[str, ...]


def without_groups(
    fit: Fit, levels: Sequence[str], *, check: str, dof: Sequence[float] | None = None
) -> Remedy | None:
    """The fit without all of these groups at once; None where the rest cannot carry the model."""
    places = [fit.grouping.levels.index(level) for level in levels]
    after = refit_rows(fit, ~np.isin(fit.grouping.codes, places))
    return _remedy(fit, after, check=check, what=tuple(levels), dof=dof)


def without_rows(
    fit: Fit,
    places: np.ndarray,
    *,
    check: str,
    what: Sequence[str],
    dof: Sequence[float] | None = None,
) -> Remedy | None:
    """The fit without the rows at ``places`` among those used; None where the rest cannot carry the model."""
    keep = np.ones(fit.n, bool)
    keep[places] = False
    return _remedy(fit, refit_rows(fit, keep), check=check, what=tuple(what), dof=dof)


def with_curve(
    fit: Fit, variable: str, x: Array, *, check: str, dof: Sequence[float] | None = None
) -> Remedy | None:
    """The fit with a quadratic and a cubic term along ``x`` (n,), straight line taken out: slopes stay average ones."""
    A = np.column_stack([straightened(x, column) for column in polynomial(x).T])
    return _remedy(fit, _with_columns(fit, A), check=check, what=(variable,), dof=dof)


def _with_columns(fit: Fit, A: Array) -> Fit | None:
    design = fit.design
    X = np.column_stack([design.X, A])
    columns = independent_columns(X)
    if columns[: fit.p] != list(range(fit.p)) or len(columns) == fit.p:
        return None
    encoding = design.encoding
    names = (*encoding.names, *(f"added {j + 1}" for j in range(A.shape[1])))
    places = (*encoding.kept, *range(len(encoding.names), len(names)))
    extended = replace(
        design,
        X=read_only(np.ascontiguousarray(X[:, columns])),
        encoding=replace(encoding, names=names, kept=tuple(places[j] for j in columns)),
    )
    try:
        return fit_design(extended, reml=fit.reml)
    except ModelError:
        return None


def _remedy(
    fit: Fit,
    after: Fit | None,
    *,
    check: str,
    what: tuple[str, ...],
    dof: Sequence[float] | None,
) -> Remedy | None:
    if after is None:
        return None
    beta, se = np.full(fit.p, np.nan), np.full(fit.p, np.nan)
    estimates = dict(
        zip(after.design.names, zip(after.beta, np.diag(after.vcov), strict=True), strict=True)
    )
    for j, name in enumerate(fit.design.names):
        if name in estimates:
            beta[j], se[j] = estimates[name][0], np.sqrt(estimates[name][1])
    full = np.sqrt(np.diag(fit.vcov))
    return Remedy(
        check=check,
        what=what,
        rows=after.n,
        terms=fit.design.names,
        before=fit.beta,
        se_before=read_only(full),
        after=read_only(beta),
        se_after=read_only(se),
        flips=flips(fit.design.names, (fit.beta, full), (beta, se), dof=dof),
    )

"""The same model fitted again and again: to other responses, or without each of its groups.

What the replicates share (design, units, sufficient statistics of X and Z) is computed once; the search
sets out from the full fit. Where the few numbers of a replicate leave a doubt, the ordinary search or
the rows themselves decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from lmm.errors import DataError, ModelError
from lmm.model.batch.points import Points
from lmm.model.batch.replicates import Replicates, of_deletions, of_responses
from lmm.model.batch.results import Refits, in_users_units, joined
from lmm.model.batch.rows import rows_of
from lmm.model.batch.search import settle
from lmm.model.batch.without import doubtful_without, from_rows
from lmm.model.columns import LARGEST
from lmm.model.determined import check_residual
from lmm.model.fit import Fit
from lmm.model.fitted import in_users_units as fit_in_users_units
from lmm.model.search.objective import FEW_GROUPS, OneFactor
from lmm.model.search.optimizer import minimise, places_to_set_out, stay
from lmm.numerics import Array, read_only

_NUMBERS_AT_ONCE = 5_000_000  # held in the statistics of one batch
_EXACT = 1e-14  # share of a response below which what is left of it is rounding


def refit_responses(fit: Fit, Y: Array) -> Refits:
    """The model of ``fit`` fitted to each column of Y (n, B), rows as in ``fit.design``.

    Exactly what a fresh fit gives, and far faster. Raises ``DataError`` where a response is not finite
    or leaves nothing to be estimated, ``ModelError`` for several grouping factors.
    """
    found = [in_users_units(fit, made, *_ends(fit, made)) for _, made in _of_all(fit, Y)]
    return joined(fit, found)


def fits_of_responses(fit: Fit, Y: Array) -> Iterator[Fit]:
    """The same as one ``Fit`` after the other, each with all that can be asked of a fresh one.

    Their encoding, columns and groups are those of ``fit``. Raises what ``refit_responses`` does.
    """
    for part, made in _of_all(fit, Y):
        points, converged = _ends(fit, made)
        for b, y in enumerate(part.T):
            statistics = made.one(b)
            theta = fit.template.theta(fit.template.standard(points.T[b]))
            objective = OneFactor(statistics=statistics, reml=fit.reml)
            optimum = stay(objective, fit.template, theta)
            yield fit_in_users_units(
                replace(fit.design, y=read_only(y.copy())),
                sufficient=statistics,
                units=replace(fit.units, y_scale=float(made.y_scale[b]), y_shift=made.y_shift[b]),
                optimum=replace(optimum, converged=bool(converged[b])),
                reml=fit.reml,
            )


def _of_all(fit: Fit, Y: Array) -> Iterator[tuple[Array, Replicates]]:
    """The responses, as many as one batch holds, with their statistics."""
    step = _chunk(fit)
    Y = np.asarray(Y, float)
    if Y.ndim != 2 or len(Y) != fit.n:
        raise DataError(
            f"the responses are {Y.shape}, and not {fit.n} rows by any number of columns",
            remedy="Give each response as a column, its rows in the order of fit.design.",
        )
    if not (np.abs(Y) < LARGEST).all():
        raise DataError(
            f"a response has values that are not finite, or beyond {LARGEST:g}",
            remedy="Leave such a response out, or give it in a larger unit.",
        )
    rows = rows_of(fit.design)
    for start in range(0, Y.shape[1], step):
        part = Y[:, start : start + step]
        made = of_responses(rows, part)
        exact = made.y_scale <= _EXACT * rows.size * np.abs(part).max(axis=0)
        if exact.any():
            place = start + int(np.argmax(exact))
            raise DataError(
                f"the fixed effects reproduce response {place} exactly",
                remedy="Leave it out: nothing of it is left to estimate a variance from.",
            )
        yield part, made


def refit_without(fit: Fit, groups: Sequence[int] | None = None) -> Refits:
    """The model of ``fit`` without each one of the ``groups`` (places of levels; all by default).

    Exactly what a fresh fit to the other rows gives. Where those no longer determine every fixed
    effect, or cannot carry the model, see ``Refits``. Raises ``ModelError`` for several grouping factors.
    """
    m = fit.only.m
    chosen = np.arange(m) if groups is None else np.asarray(groups, int)
    absent = chosen[(chosen < 0) | (chosen >= m)]
    if absent.size:
        raise ModelError(
            f"there is no group {absent[0]}",
            remedy=f"The groups are numbered from 0 to {m - 1}, in the order of fit.grouping.levels.",
        )
    if m < 3:
        raise ModelError(
            f"{fit.grouping.name!r} has {m} levels: without one of them there is nothing to compare",
            remedy="At least 3 groups are needed to leave one out.",
        )
    rows = rows_of(fit.design)
    # few groups may have several minima, and where a search sets out depends on the units: a fresh fit's are its own
    few = m - 1 <= FEW_GROUPS and fit.template.q > 1
    doubtful = few | doubtful_without(rows, widest=max(fit.template.sizes))[chosen]
    sure, step = chosen[~doubtful], _chunk(fit)
    parts = []
    for start in range(0, len(sure), step):
        part = sure[start : start + step]
        try:
            made = of_deletions(rows, part)
            parts.append(in_users_units(fit, made, *_ends(fit, made)))
        except ModelError:  # one of them has no residual left; its rows say so
            parts.extend(from_rows(fit, int(group)) for group in part)
    parts += [from_rows(fit, int(group)) for group in chosen[doubtful]]
    order = np.argsort(np.concatenate([np.flatnonzero(~doubtful), np.flatnonzero(doubtful)]))
    return joined(fit, parts, order)


def _chunk(fit: Fit) -> int:
    """Replicates in one batch."""
    held = fit.template.q * fit.only.m + fit.n + (fit.p + 1) ** 2
    return max(1, _NUMBERS_AT_ONCE // held)


def _ends(fit: Fit, replicates: Replicates) -> tuple[Points, np.ndarray]:
    """Where the searches end and whether each has proven it, (B,): from the full fit; in doubt, the ordinary one."""
    template, reml = fit.template, fit.reml
    groups = replicates.m - (replicates.deleted is not None)
    few = groups <= FEW_GROUPS
    ends = settle(replicates, template, _starts(fit, few=few), everyone=few, reml=reml)
    points, converged = ends.points, ends.proven
    for b in np.flatnonzero(~converged):
        statistics = replicates.one(int(b))
        check_residual(statistics)
        objective = OneFactor(statistics=statistics, reml=reml)
        afresh = minimise(objective, template)
        on = minimise(objective, template, start=template.theta(template.standard(points.T[b])))
        found = min(afresh, on, key=lambda end: end.at.value)
        points.T[b], points.value[b] = found.T, found.at.value
        points.beta[b], points.r2[b], points.Phi[b] = found.at.beta, found.at.r2, found.at.Phi
        converged[b] = found.converged
    return points, converged


def _starts(fit: Fit, *, few: bool) -> list[Array]:
    """T (q, q) of the full fit, moved off the boundary, and of the places that the ordinary search starts from."""
    template = fit.template
    T = np.array(fit.optimum.T)
    empty = np.diag(T) == 0.0
    T[np.diag_indices(template.q)] = np.where(empty, 0.1, np.diag(T))
    return [T, *map(template.factor, places_to_set_out(template, few=few))]

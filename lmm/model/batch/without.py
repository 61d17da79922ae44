"""A fit without one of its groups where the statistics leave a doubt: its rows are looked at again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lmm.errors import LmmError
from lmm.model.batch.replicates import squares_of_groups, sum_without
from lmm.model.batch.results import Refits
from lmm.model.batch.rows import Rows
from lmm.model.columns import independent_columns
from lmm.model.design import Design, check_estimable
from lmm.model.fit import Fit, fit_design
from lmm.model.groups import Grouping
from lmm.numerics import cholesky_of_groups, read_only

# Share of a column (of X, then y) that the columns before it leave; below it the rows decide.
_INDEPENDENT = 1e-3


def doubtful_without(rows: Rows, *, widest: int) -> np.ndarray:
    """Whether, without each group, a column of X or y might be made up by the others, or rows be too few, (m,).

    ``widest`` is the number of columns of the widest random block.
    """
    m = rows.sums.shape[0]
    n_left = len(rows.y) - np.diff(rows.sums.indptr)
    too_few = (n_left <= rows.X.shape[1]) | (n_left <= (m - 1) * widest)
    products = sum_without(squares_of_groups(rows.sums, np.column_stack([rows.X, rows.y])))
    size = np.sqrt(np.diagonal(products, axis1=1, axis2=2))
    with np.errstate(invalid="ignore", divide="ignore"):
        scaled = products / (size[:, :, None] * size[:, None, :])
        L = cholesky_of_groups(scaled.transpose(1, 2, 0))
        left = L[np.diag_indices(len(L))].min(axis=0)
        return too_few | ~(left > _INDEPENDENT)


def design_without(design: Design, group: int) -> Design:
    """The design without the rows of a level; fixed columns that the rest makes up are dropped.

    Raises ``ModelError`` where the rows left cannot carry the model.
    """
    rows = np.flatnonzero(design.blocks[0].grouping.codes != group)
    kept = independent_columns(design.X[rows])
    blocks = tuple(
        replace(
            block,
            Z=read_only(block.Z[rows]),
            grouping=_without_level(block.grouping, rows, group),
        )
        for block in design.blocks
    )
    check_estimable(len(rows), len(kept), blocks)
    names = design.names
    return replace(
        design,
        y=read_only(design.y[rows]),
        X=read_only(np.ascontiguousarray(design.X[rows][:, kept])),
        encoding=replace(design.encoding, kept=tuple(design.encoding.kept[j] for j in kept)),
        blocks=blocks,
        rows=read_only(design.rows[rows]),
        weights=None if design.weights is None else read_only(design.weights[rows]),
        columns_dropped=design.columns_dropped
        + tuple(name for j, name in enumerate(names) if j not in kept),
    )


def from_rows(fit: Fit, group: int) -> Refits:
    """One replicate by a fresh fit to the rows of all other groups."""
    level, name = fit.grouping.levels[group], fit.grouping.name
    p, q, k = fit.p, fit.template.q, len(fit.theta)
    try:
        found = fit_design(design_without(fit.design, group), reml=fit.reml)
    except LmmError as error:
        return Refits(
            criterion=np.full(1, np.nan),
            theta=np.full((1, k), np.nan),
            beta=np.full((1, p), np.nan),
            sigma=np.full(1, np.nan),
            Psi=np.full((1, q, q), np.nan),
            vcov=np.full((1, p, p), np.nan),
            converged=np.zeros(1, bool),
            singular=np.zeros(1, bool),
            messages=(f"without {level} of {name}: {error.problems[0].message}",),
        )
    kept = [fit.design.names.index(column) for column in found.design.names]
    gone = [column for column in fit.design.names if column not in found.design.names]
    beta, vcov = np.full((1, p), np.nan), np.full((1, p, p), np.nan)
    beta[0, kept] = found.beta
    vcov[0][np.ix_(kept, kept)] = found.vcov
    return Refits(
        criterion=np.array([found.criterion]),
        theta=found.theta[None],
        beta=beta,
        sigma=np.array([found.sigma]),
        Psi=found.Psi[None],
        vcov=vcov,
        converged=np.array([found.converged]),
        singular=np.array([found.singular]),
        messages=(
            f"without {level} of {name}, the other columns make up {', '.join(gone)}"
            if gone
            else "",
        ),
    )


def _without_level(grouping: Grouping, rows: np.ndarray, level: int) -> Grouping:
    codes = grouping.codes[rows]
    return replace(
        grouping,
        codes=read_only(codes - (codes > level)),
        levels=tuple(name for i, name in enumerate(grouping.levels) if i != level),
    )

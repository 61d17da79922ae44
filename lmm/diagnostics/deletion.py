"""Fits without some of the rows: exact refits, every parameter estimated anew, each from the full optimum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from lmm.errors import ModelError
from lmm.model.columns import independent_columns
from lmm.model.design import Design, RandomBlock
from lmm.model.fit import Fit, fit_design
from lmm.numerics import Array, read_only


@dataclass(frozen=True, slots=True, kw_only=True)
class Refits:
    """B refits of one model: ``criterion`` and ``sigma`` (B,), ``theta`` (B, k), ``beta`` (B, p), ``Psi``
    (B, q, q), ``vcov`` (B, p, p), ``converged`` and ``singular`` (B,). Not-a-number where nothing is estimable.
    """

    criterion: Array
    theta: Array
    beta: Array
    sigma: Array
    Psi: Array
    vcov: Array
    converged: np.ndarray
    singular: np.ndarray


def refit_without(fit: Fit, groups: Sequence[int] | None = None) -> Refits:
    """Without each one of ``groups`` (positions among the levels; all of them by default) in turn."""
    groups = range(fit.factor.m) if groups is None else groups
    B, p, q, k = len(groups), fit.p, fit.template.q, len(fit.theta)
    found = Refits(
        criterion=np.full(B, np.nan),
        theta=np.full((B, k), np.nan),
        beta=np.full((B, p), np.nan),
        sigma=np.full(B, np.nan),
        Psi=np.full((B, q, q), np.nan),
        vcov=np.full((B, p, p), np.nan),
        converged=np.zeros(B, bool),
        singular=np.zeros(B, bool),
    )
    for j, group in enumerate(groups):
        part = refit_rows(fit, fit.grouping.codes != group)
        if part is None:
            continue
        kept = [fit.design.names.index(name) for name in part.design.names]
        found.criterion[j], found.theta[j], found.sigma[j] = part.criterion, part.theta, part.sigma
        found.beta[j, kept], found.Psi[j] = part.beta, part.Psi
        found.vcov[j][np.ix_(kept, kept)] = part.vcov
        found.converged[j], found.singular[j] = part.converged, part.singular
    return found


def refit_rows(fit: Fit, keep: np.ndarray) -> Fit | None:
    """The model of ``fit`` on the rows where ``keep`` (n,) is true; None where they cannot carry it."""
    try:
        return fit_design(subset(fit.design, keep), reml=fit.reml, start=_start(fit))
    except ModelError:
        return None


def subset(design: Design, keep: np.ndarray) -> Design:
    """The design of some rows (its arrays all go by row); groups that are gone have no level there.

    Columns that the others make up in these rows are dropped. Raises ``ModelError`` where fewer than two
    groups, or no more rows than columns, are left.
    """
    by_row = {
        field.name: value[keep]
        for field in fields(design)
        if isinstance(value := getattr(design, field.name), np.ndarray)
    }
    X = by_row.pop("X")
    columns = independent_columns(X)
    if len(X) <= len(columns):
        raise ModelError(f"{len(X)} rows cannot determine {len(columns)} fixed effects")
    blocks = tuple(_subset_block(block, keep) for block in design.blocks)
    names = design.names
    kept = tuple(design.encoding.kept[j] for j in columns)
    return replace(
        design,
        **{name: read_only(value) for name, value in by_row.items()},
        X=read_only(np.ascontiguousarray(X[:, columns])),
        encoding=replace(design.encoding, kept=kept),
        blocks=blocks,
        columns_dropped=(
            *design.columns_dropped,
            *(names[j] for j in range(len(names)) if j not in columns),
        ),
    )


def _subset_block(block: RandomBlock, keep: np.ndarray) -> RandomBlock:
    seen, codes = np.unique(block.grouping.codes[keep], return_inverse=True)
    if len(seen) < 2:
        raise ModelError(f"fewer than 2 levels of {block.grouping.name} are left")
    levels = tuple(block.grouping.levels[i] for i in seen)
    grouping = replace(block.grouping, codes=read_only(codes), labels=levels)
    return replace(block, Z=read_only(block.Z[keep]), grouping=grouping)


def _start(fit: Fit) -> Array | None:
    """Where the search starts: near the full optimum; on the boundary it had better look around."""
    return None if fit.singular else fit.template.theta(fit.optimum.T)

"""Fits without some of the rows: exact refits, every parameter estimated anew, each from the full optimum."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np

from lmm.errors import ModelError
from lmm.model.columns import independent_columns
from lmm.model.design import Design, RandomBlock
from lmm.model.fit import Fit, fit_design
from lmm.numerics import Array, read_only


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
        raise ModelError(
            f"{len(X)} rows cannot determine {len(columns)} fixed effects",
            remedy="Leave out fewer rows.",
        )
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
        raise ModelError(
            f"fewer than 2 levels of {block.grouping.name} are left", remedy="Leave out fewer rows."
        )
    levels = tuple(block.grouping.levels[i] for i in seen)
    grouping = replace(block.grouping, codes=read_only(codes), labels=levels)
    return replace(block, Z=read_only(block.Z[keep]), grouping=grouping)


def _start(fit: Fit) -> Array | None:
    """Where the search starts: near the full optimum; on the boundary it had better look around."""
    return None if fit.singular else fit.template.theta(fit.optimum.T)

"""Studies of thousands of small groups, drawn from a known model."""

from __future__ import annotations

import numpy as np

from lmm.model.design import build_design
from lmm.model.formula import parse_formula
from lmm.model.statistics import group_statistics
from lmm.model.units import internal_units


def table_of(*, rows, x, groups, visits=6, seed=20):
    """``rows``: balanced, some left out, a few odd; ``x``: visits (0, 1, 2, …) or real numbers."""
    rng = np.random.default_rng(seed)
    g = np.repeat(np.arange(groups), visits)
    values = np.tile(np.arange(float(visits)), groups) if x == "visits" else rng.normal(size=len(g))
    if rows == "a few odd":
        values = values + np.where(g % 50 == 0, rng.normal(size=len(g)), 0.0)
    u = rng.normal(size=(2, groups))
    y = 5 + 2 * values + u[0, g] + 0.5 * u[1, g] * values + rng.normal(size=len(g))
    kept = rng.uniform(size=len(g)) < (0.8 if rows == "some left out" else 1.0)
    kept[::visits] = True
    return {"y": y[kept], "x": values[kept], "g": g[kept]}


def statistics_of(formula, **study):
    """The statistics of such a study, in internal units."""
    design = build_design(parse_formula(formula), table_of(**study))
    XY, Z, _ = internal_units(design)
    grouping = design.blocks[0].grouping
    return group_statistics(XY, Z, grouping.codes, grouping.m)

"""Recipes for what the slides draw of the children one by one: raw, shrunk and averaged estimates."""

from __future__ import annotations

import numpy as np

import lmm
from lmm.inference.groups.pooling import PooledLevel, PooledLine, pooled_levels, pooled_lines
from tests.reference.course.nepal import LINE, RANDOM_INTERCEPT_BY_AGE, RANDOM_SLOPE
from tests.reference.course.quantities import Quantities
from tests.reference.course.tables import CourseTables


def _levels(tables: CourseTables) -> tuple[PooledLevel, ...]:
    own = lmm.stratified(LINE, tables.nepal, group="id").fit
    shared = lmm.fit(RANDOM_INTERCEPT_BY_AGE, tables.nepal).fit
    return pooled_levels(own, shared, slope="age")


def lines(tables: CourseTables) -> tuple[PooledLine, ...]:
    """Each child's own line, where it has one, beside its line in the random-slope model."""
    fit = lmm.fit(RANDOM_SLOPE, tables.nepal).fit
    return pooled_lines(fit, slope="ageC", se=np.zeros(len(fit.b)))


def relative_shrinkage(tables: CourseTables) -> Quantities:
    """Slide 49: (raw - shrunk) / raw by number of visits, a share that depends on the origin of y."""
    rows = _levels(tables)
    found: Quantities = {}
    shares = {size: [] for size in range(1, 6)}
    for row in rows:
        shares[row.measurements].append((row.own - row.shared) / row.own)
    for size, values in shares.items():
        summary = {
            "min": np.min(values),
            "median": np.median(values),
            "mean": np.mean(values),
            "max": np.max(values),
            "mean size": np.mean(np.abs(values)),
        }
        found |= {f"size {size} {name}": value for name, value in summary.items()}
    everyone = np.concatenate(list(shares.values()))
    return found | {"all min": everyone.min(), "all max": everyone.max()}


def shrinkage_weight(tables: CourseTables) -> Quantities:
    """1 - r / (r + sigma^2 / tau^2) by number of visits r."""
    return {f"size {row.measurements}": row.pulled for row in _levels(tables)}


def pooled_slopes(tables: CourseTables) -> Quantities:
    """The script's last plot: three averages of the own slopes of children seen more than once.

    The lines share one residual variance; 1.96 is the script's.
    """
    own = {row.level: row.own_slope for row in lines(tables) if row.own_slope is not None}
    seen = tables.nepal_without(*(set(tables.nepal["id"]) - set(own)))
    by_child = [(own[level], rows) for level, rows in seen.groupby("id", observed=True)]
    slopes = np.array([slope for slope, _ in by_child])
    spread = np.array([np.var(rows["ageC"]) * len(rows) for _, rows in by_child])
    total = sum(np.var(rows["arm"]) * len(rows) for _, rows in by_child)
    sigma2 = (total - slopes**2 @ spread) / (len(seen) - 2 * len(slopes))
    se2 = sigma2 / spread
    tau2 = lmm.fit(RANDOM_SLOPE, seen).fit.Psi[1, 1]
    m = len(slopes)
    averages = {
        "simple average": (np.full(m, 1.0 / m), np.mean(se2)),
        "inverse variance average": (1.0 / se2 / np.sum(1.0 / se2), 1.0 / np.sum(1.0 / se2)),
        "normal random effect": (
            1.0 / (se2 + tau2) / np.sum(1.0 / (se2 + tau2)),
            1.0 / np.sum(1.0 / (se2 + tau2)),
        ),
    }
    found: Quantities = {"children": m}
    for name, (weights, variance) in averages.items():
        average, reach = weights @ slopes, 1.96 * np.sqrt(variance)
        found |= {name: average, f"{name} low": average - reach, f"{name} high": average + reach}
    return found

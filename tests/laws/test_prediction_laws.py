"""What is known of a group, against the dense conditional normal of all data at once (universal kriging)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmm.inference.predictions.knowledge import of_group, of_new_group
from lmm.inference.predictions.shared import shared_by_groups
from lmm.model.design import build_design
from lmm.model.factors import in_lme4s_order
from lmm.model.fit import fit_design
from tests.dense import relative_covariance
from tests.engine import objective_of
from tests.laws.random_designs import studies_with_theta

# Relative to the size of a measurement's error; rounding at theta of size 2 stays far below.
CLOSE = 1e-8


def dense(fit, X, Z, y, codes, target):
    """Value and error variances of x'beta + z'b of one ``target`` = (x, z, code), given all rows at once."""
    D = fit.Psi / fit.sigma**2
    V = fit.sigma**2 * relative_covariance(Z, codes, D)
    x, z, code = target
    shared = np.where((codes == code)[:, None], Z, 0.0) @ fit.Psi @ z
    Phi = np.linalg.inv(X.T @ np.linalg.solve(V, X))
    beta = Phi @ X.T @ np.linalg.solve(V, y)
    value = x @ beta + shared @ np.linalg.solve(V, y - X @ beta)
    left = x - X.T @ np.linalg.solve(V, shared)
    return value, z @ fit.Psi @ z - shared @ np.linalg.solve(V, shared) + left @ Phi @ left


def held(study, theta):
    """The study's fit at a theta of the engine, nothing searched."""
    return fit_design(in_lme4s_order(study.design), start=theta, search=False)


@given(studies_with_theta(), st.integers(0, 2**32 - 1))
def test_known_groups_and_new_ones(case, seed):
    study, theta = case
    fit = held(study, theta)
    rng = np.random.default_rng(seed)
    codes = fit.grouping.codes
    for code in range(fit.grouping.m + 1):
        known = (
            of_group(shared_by_groups(fit), code)
            if code < fit.grouping.m
            else of_new_group(shared_by_groups(fit))
        )
        row = int(rng.integers(fit.n))
        x, z = 1.5 * fit.design.X[row], 1.5 * fit.Z[row]
        value, variance = dense(fit, fit.design.X, fit.Z, fit.design.y, codes, (x, z, code))
        line = known.line(x[None], z[None])
        assert line.value[0] == pytest.approx(value, abs=CLOSE * fit.sigma, rel=CLOSE)
        assert line.sd_model[0] ** 2 == pytest.approx(variance, abs=CLOSE * fit.sigma**2, rel=CLOSE)
        if code < fit.grouping.m:
            assert known.b == pytest.approx(fit.b[code], abs=CLOSE * fit.sigma, rel=CLOSE)
            assert known.measurements == fit.grouping.sizes[code]


@given(studies_with_theta(), st.integers(0, 2**32 - 1), st.integers(1, 5))
def test_measurements_taken_in_are_measurements_fitted(case, seed, count):
    """At once, one by one, and as rows of the fit with the variances held: one answer."""
    study, theta = case
    fit = held(study, theta)
    rng = np.random.default_rng(seed)
    chosen = rng.integers(fit.n, size=count)
    X, Z = fit.design.X[chosen], fit.Z[chosen]
    y = fit.design.y[chosen] + np.round(rng.normal(size=count) * 1024) / 1024
    known = of_new_group(shared_by_groups(fit)).after(X, Z, y)
    by_one = of_new_group(shared_by_groups(fit))
    for i in range(count):
        by_one = by_one.after(X[i : i + 1], Z[i : i + 1], y[i : i + 1])
    assert known.measurements == by_one.measurements == count
    x, z = fit.design.X[:4], fit.Z[:4]
    line, other = known.line(x, z), by_one.line(x, z)
    assert other.value == pytest.approx(line.value, abs=CLOSE * fit.sigma, rel=CLOSE)
    assert other.sd_model == pytest.approx(line.sd_model, abs=CLOSE * fit.sigma, rel=CLOSE)
    m = fit.grouping.m
    everything = (
        np.vstack([fit.design.X, X]),
        np.vstack([fit.Z, Z]),
        np.append(fit.design.y, y),
        np.append(fit.grouping.codes, np.full(count, m)),
    )
    for k in range(4):
        value, variance = dense(fit, *everything, (x[k], z[k], m))
        assert line.value[k] == pytest.approx(value, abs=CLOSE * fit.sigma, rel=CLOSE)
        assert line.sd_model[k] ** 2 == pytest.approx(variance, abs=CLOSE * fit.sigma**2, rel=CLOSE)
    grown = _fitted_with(study, fit, chosen, y)
    size = CLOSE * (fit.sigma + np.abs(fit.beta).max())
    assert known.beta == pytest.approx(grown.beta, abs=10 * size)
    assert known.b == pytest.approx(grown.b[m], abs=10 * size)


def _fitted_with(study, fit, chosen, y):
    """The fit's formula and Psi / sigma² on its rows and the new group's, which comes last."""
    table = study.table
    rows = table.iloc[fit.design.rows[chosen]].assign(y=y, g=table["g"].max() + 1)
    grown = type(table)({name: [*table[name], *rows[name]] for name in table})
    design = in_lme4s_order(build_design(fit.design.formula, grown))
    _, template, units = objective_of(design, reml=True)
    start = template.theta(template.standard(np.linalg.solve(units.W_z, fit.T)))
    return fit_design(design, start=start, search=False)

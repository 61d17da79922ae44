"""Degrees of freedom by brute force, intervals for phi against nlme's log-likelihood with phi held."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.linalg import null_space

from lmm.inference.fixed_effects.satterthwaite import satterthwaite_dof
from lmm.inference.structures.serial import joint_hessian, serial_correlation, serial_fixed_effects
from lmm.model.fit import fit_mixed
from lmm.model.serial.fitting import fit_serial, refit_serial


@pytest.fixture(scope="module")
def orthodont(read):
    return fit_serial("distance ~ age * Sex + (1 | Subject)", read("Orthodont"), time="age")


def simulated(*, slope_sd: float) -> pd.DataFrame:
    """Thirty groups of two to six rows at unequal gaps, residuals correlated 0.4 per unit of time."""
    rng = np.random.default_rng(77)
    tables = []
    for group in range(30):
        t = np.cumsum(rng.uniform(0.5, 2.0, 2 + group % 5))
        R = 0.4 ** np.abs(t[:, None] - t)
        own = rng.normal(size=2) * [1.5, slope_sd]
        y = 2 + 0.5 * t + own[0] + own[1] * t + np.linalg.cholesky(R) @ rng.normal(size=len(t))
        tables.append(pd.DataFrame({"y": y, "t": t, "g": group, "x": rng.normal(size=len(t))}))
    return pd.concat(tables, ignore_index=True)


@pytest.fixture(scope="module")
def walks() -> pd.DataFrame:
    return simulated(slope_sd=0.0)


def dense_satterthwaite(fit, times):
    """2 f² / (g' A g) from the density of the error contrasts, sigma not profiled, all differences numerical.

    f = c' (X'V⁻¹X)⁻¹ c, A twice the inverse Hessian of −2 log density (Giesbrecht and Burns 1985).
    """
    design = fit.design
    X, Z, y = design.X, np.column_stack([b.Z for b in design.blocks]), design.y
    codes = design.blocks[0].grouping.codes
    same = codes[:, None] == codes
    apart = np.abs(times[:, None] - times)
    contrasts = null_space(X.T)

    def V(v):
        T = fit.given_phi.template.factor(v[:-2])
        return np.exp(v[-1]) * np.where(same, Z @ T @ T.T @ Z.T + np.exp(-np.exp(v[-2]) * apart), 0)

    def density(v):
        inner = contrasts.T @ V(v) @ contrasts
        own = contrasts.T @ y
        return np.linalg.slogdet(inner)[1] + own @ np.linalg.solve(inner, own)

    def variances(v):
        return np.diag(np.linalg.inv(X.T @ np.linalg.solve(V(v), X)))

    v = np.array([*fit.given_phi.theta, np.log(-np.log(fit.phi)), 2 * np.log(fit.sigma)])
    k, steps = len(v), np.eye(len(v))

    def hessian(h):
        return np.array(
            [
                [
                    sum(
                        a * b * density(v + h * (a * steps[i] + b * steps[j]))
                        for a in (1, -1)
                        for b in (1, -1)
                    )
                    / (4 * h * h)
                    for j in range(k)
                ]
                for i in range(k)
            ]
        )

    def slopes(h):
        return np.array([variances(v + h * s) - variances(v - h * s) for s in steps]) / (2 * h)

    H, g = (4 * hessian(1e-3) - hessian(2e-3)) / 3, (4 * slopes(1e-3) - slopes(2e-3)) / 3
    return 2 * variances(v) ** 2 / np.einsum("kp,kl,lp->p", g, 2 * np.linalg.inv(H), g)


@pytest.mark.parametrize(
    ("random", "slope_sd"), [("(1 | g)", 0.0), ("(t | g)", 0.7), ("(t || g)", 0.7)]
)
def test_degrees_of_freedom_are_those_of_the_density(random, slope_sd):
    walks = simulated(slope_sd=slope_sd)
    fit = fit_serial(f"y ~ t + x + {random}", walks, time="t")
    assert 0.1 < fit.phi < 0.99 and not fit.singular
    found = [row.dof for row in serial_fixed_effects(fit)]
    assert found == pytest.approx(dense_satterthwaite(fit, walks["t"].to_numpy()), rel=1e-5)


def test_rows_of_fixed_effects(walks):
    fit = fit_serial("y ~ t + (1 | g)", walks, time="t")
    row = serial_fixed_effects(fit)[1]
    assert (row.term, row.estimate, row.dof_method) == ("t", fit.beta[1], "Satterthwaite")
    assert row.se == pytest.approx(np.sqrt(fit.vcov[1, 1]), rel=1e-14)
    assert row.low < row.estimate < row.high


def test_the_joint_hessian_is_symmetric_and_positive():
    hessian = joint_hessian(fit_serial("y ~ t + (t | g)", simulated(slope_sd=0.7), time="t"))
    assert hessian.shape == (4, 4)
    assert hessian == pytest.approx(hessian.T, rel=1e-12)
    assert np.linalg.eigvalsh(hessian).min() > 0


def test_without_correlation_they_are_those_of_the_plain_fit(orthodont, read):
    plain = fit_mixed("distance ~ age * Sex + (1 | Subject)", read("Orthodont"))
    assert orthodont.uncorrelated
    dofs = [row.dof for row in serial_fixed_effects(orthodont)]
    assert dofs == pytest.approx(satterthwaite_dof(plain), rel=1e-6)


@pytest.mark.parametrize(
    ("reml", "low", "high"),
    [(True, 0.5395540672, 0.7548768224), (False, 0.5378751517, 0.7541495966)],
)
def test_interval_of_phi_for_nepal(reml, low, high, nepal):
    """Where nlme's log-likelihood with phi held has fallen by half the χ²(1) quantile."""
    row = serial_correlation(fit_serial("arm ~ ageC + (1 | id)", nepal, time="age", reml=reml))
    assert (row.low, row.high) == pytest.approx((low, high), rel=1e-8)
    assert not row.low_at_bound
    assert (row.time, row.typical_gap, row.criterion) == ("age", 4.0, "REML" if reml else "ML")
    assert row.typical == pytest.approx(row.phi**4)


@pytest.mark.parametrize(("reml", "high"), [(True, 0.5800826563), (False, 0.5459802853)])
def test_interval_from_zero(reml, high, orthodont):
    """The profile rises from its lowest at 0; nlme's meets the quantile at the same phi."""
    row = serial_correlation(orthodont if reml else refit_serial(orthodont, reml=False))
    assert (row.phi, row.low, row.low_at_bound) == (0.0, 0.0, True)
    assert row.high == pytest.approx(high, rel=1e-8)


def test_interval_up_to_a_random_walk():
    """Short, nearly unrelated series about a fixed level each: no phi is excluded."""
    rng = np.random.default_rng(3)
    g = np.repeat(np.arange(4), 3)
    table = {"y": rng.normal(size=12), "t": np.tile([0.0, 1.0, 3.0], 4), "g": g, "f": g.astype(str)}
    row = serial_correlation(fit_serial("y ~ 0 + f + (1 | g)", table, time="t"))
    assert (row.high, row.high_at_bound) == (1.0, True)


def test_interval_follows_the_unit_of_time(walks):
    per_unit = serial_correlation(fit_serial("y ~ t + (1 | g)", walks, time="t"))
    again = walks.assign(t12=12 * walks["t"])
    per_twelfth = serial_correlation(fit_serial("y ~ t + (1 | g)", again, time="t12"))
    assert (per_twelfth.low**12, per_twelfth.high**12) == pytest.approx(
        (per_unit.low, per_unit.high), rel=1e-6
    )

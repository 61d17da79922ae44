"""Profile curves against lme4's profile(), the closed form of a balanced layout, and a curve with two valleys."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.interpolate import CubicSpline

from lmm.inference.profiles.profiled import Profiled
from lmm.inference.profiles.zeta import _curve, profile_curves
from lmm.model.fit import fit_mixed

# (value, zeta) of profile(lmer(Reaction ~ Days + (Days | Subject), REML = FALSE)), lme4 1.1-31, bobyqa
SLEEP = {
    ("sd", "Intercept"): [
        (13.81825878, -2.089865),
        (18.66398434, -1.0038395),
        (29.40787628, 0.91120656),
        (36.46720764, 1.8207472),
    ],
    ("correlation", "Intercept"): [
        (-0.4784979454, -1.9470622),
        (-0.1727754943, -0.80861882),
        (0.3378561693, 0.79508489),
        (0.6610394061, 1.8747657),
    ],
    ("sd", "Days"): [
        (3.596761027, -2.2127724),
        (4.570566516, -1.0844683),
        (6.995736901, 0.95538024),
        (8.550533639, 1.8581649),
    ],
    ("residual_sd", ""): [
        (22.66441096, -2.1484963),
        (24.05925666, -1.0700028),
        (27.43254229, 1.1520607),
        (29.16805245, 2.127067),
    ],
    ("fixed_effect", "Intercept"): [
        (237.4614993, -1.9880873),
        (244.5818498, -1.0141351),
        (258.2159207, 1.012338),
        (265.3351931, 1.9863567),
    ],
    ("fixed_effect", "Days"): [
        (7.30900447, -1.9880873),
        (8.921791858, -1.0141351),
        (12.0099626, 1.012338),
        (13.6225058, 1.9863568),
    ],
}


def test_sleepstudy(sleep_slope):
    curves = profile_curves(sleep_slope, confidence=0.99, points=12)
    assert {(curve.kind, curve.term) for curve in curves} == set(SLEEP)
    for curve in curves:
        assert curve.monotone
        assert len(curve.values) == 25
        assert (np.diff(curve.values) > 0.0).all()
        assert (curve.zeta[0], curve.zeta[-1]) == pytest.approx((-2.5758293, 2.5758293), abs=1e-6)
        values, zeta = np.array(SLEEP[curve.kind, curve.term]).T
        assert CubicSpline(curve.values, curve.zeta)(values) == pytest.approx(zeta, abs=2e-3)


def test_the_mean_of_a_balanced_layout():
    """Its likelihood in closed form: SSB grows by N(v − ȳ)²; with τ > 0 both variances are free."""
    rng = np.random.default_rng(4)
    g = np.repeat(np.arange(12), 5)
    y = 2.0 + 2.0 * rng.normal(size=12)[g] + rng.normal(size=60)
    fit = fit_mixed("y ~ 1 + (1 | g)", pd.DataFrame({"y": y, "g": g}))
    curve = next(c for c in profile_curves(fit) if c.kind == "fixed_effect")
    means = y.reshape(12, 5).mean(axis=1)
    between = 5.0 * np.sum((means - y.mean()) ** 2)
    rise = 12.0 * np.log1p(60.0 * (curve.values - y.mean()) ** 2 / between)
    expected = np.sign(curve.values - y.mean()) * np.sqrt(rise)
    assert curve.zeta == pytest.approx(expected, abs=2e-5)


def test_an_estimate_at_its_bound_has_one_side(read):
    fit = fit_mixed("Yield ~ 1 + (1 | Batch)", read("Dyestuff2"))
    curve = next(c for c in profile_curves(fit, points=5) if c.kind == "sd")
    assert curve.values[0] == curve.zeta[0] == 0.0
    assert len(curve.values) == 6
    assert curve.monotone


def test_a_second_valley_shows():
    """A deviance that falls again beyond 0.5: the curve says that it does not rise throughout."""
    parameter = Profiled(
        kind="sd",
        deviance=lambda v: 9.0 * v**2 if v < 0.5 else 9.0 * 0.25 - 2.0 * (v - 0.5) + (v > 1.0) * 90,
        lowest=0.0,
        start=0.0,
        step=0.4,
        lower=-np.inf,
        upper=np.inf,
        out=float,
    )
    curve = _curve(parameter, 0.95, 16)
    assert not curve.monotone

"""What must hold of every mixed model with serially correlated residuals: one law a function."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmm.model.fit import fit_mixed
from lmm.model.serial.fitting import fit_serial, refit_serial
from tests import dense
from tests.engine import serial_criterion_of_engine, serial_parts
from tests.laws.random_designs import Study, studies

reml_or_ml = pytest.mark.parametrize("reml", [True, False])
# A fit to few groups takes a tenth of a second and more: a tenth of what other laws get.
few = settings(max_examples=settings.default.max_examples // 10)
FORMULAS = ["y ~ 1 + (1 | g)", "y ~ x + (1 | g)", "y ~ x + (x | g)", "y ~ x * f + (x || g)"]


@dataclass(frozen=True)
class Timed:
    study: Study
    table: pd.DataFrame

    @property
    def time(self):
        return self.table["t"]

    @property
    def arrays(self):
        design = self.study.design
        Z = np.column_stack([block.Z for block in design.blocks])
        return design.y, design.X, Z, design.blocks[0].grouping.codes

    def R(self, phi):
        return dense.serial_correlation(self.arrays[-1], np.asarray(self.time), phi)

    def D(self, theta):
        T = serial_parts(self.study.design, self.time, reml=True)[0].template.factor(theta)
        return T @ T.T

    def fit(self, *, reml, **columns):
        table = self.table.assign(**columns)
        return fit_serial(self.study.formula, table, time="t", reml=reml)


@st.composite
def timed_studies(draw):
    """A study with unequal gaps between its rows, whose residuals are more or less correlated over time."""
    study = draw(studies(FORMULAS))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    phi = draw(st.sampled_from([0.0, 0.3, 0.7, 0.95]))
    design = study.design
    t = np.empty(len(design.y))
    codes = design.blocks[0].grouping.codes
    for level in range(codes.max() + 1):
        own = np.flatnonzero(codes == level)
        t[own] = rng.permutation(np.cumsum(rng.integers(1, 200, len(own)) / 64))
    noise = np.linalg.cholesky(dense.serial_correlation(codes, t, phi)) @ rng.normal(size=len(t))
    table = study.table.assign(t=t, y=study.table["y"] + np.round(2048 * noise) / 1024)
    return Timed(Study(study.formula, table), table)


@st.composite
def timed_studies_with_parameters(draw):
    timed = draw(timed_studies())
    entry = st.floats(-2, 2).map(lambda value: round(value, 3))
    length = timed.study.theta_length
    theta = draw(st.lists(entry, min_size=length, max_size=length))
    return timed, np.array(theta), draw(st.sampled_from([0.001, 0.2, 0.6, 0.9, 0.999]))


# ------------------------------------------------------------------------ the density itself


@reml_or_ml
@given(timed_studies_with_parameters())
def test_criterion_is_the_dense_density(reml, drawn):
    timed, theta, phi = drawn
    truth = dense.criterion(*timed.arrays, timed.D(theta), reml=reml, R=timed.R(phi))
    ours, _ = serial_criterion_of_engine(timed.study.design, timed.time, theta, phi, reml=reml)
    assert ours == pytest.approx(truth, rel=1e-10, abs=1e-9)


@reml_or_ml
@given(timed_studies_with_parameters())
def test_slope_in_log_rate_is_that_of_the_dense_density(reml, drawn):
    """The rate is −log phi, so that phi moves by phi·log phi; by a complex step, to rounding."""
    timed, theta, phi = drawn
    _, ours = serial_criterion_of_engine(timed.study.design, timed.time, theta, phi, reml=reml)
    step = 1e-30
    R = timed.R(phi + 1j * step * phi * np.log(phi))
    truth = dense.criterion(*timed.arrays, timed.D(theta), reml=reml, R=R).imag / step
    assert ours == pytest.approx(truth, rel=1e-8, abs=1e-8)


@reml_or_ml
@few
@given(timed_studies_with_parameters())
def test_without_correlation_it_is_the_plain_density_and_flat(reml, drawn):
    timed, theta, _ = drawn
    design = timed.study.design
    value, slope = serial_criterion_of_engine(design, timed.time, theta, 0.0, reml=reml)
    plain = dense.criterion(*timed.arrays, timed.D(theta), reml=reml)
    assert value == pytest.approx(plain, rel=1e-11, abs=1e-9)
    assert slope == 0.0


@reml_or_ml
@few
@given(timed_studies())
def test_estimates_are_those_of_the_dense_density(reml, timed):
    fit = timed.fit(reml=reml)
    assert fit.converged
    D, R = fit.given_phi.T @ fit.given_phi.T.T, timed.R(fit.phi)
    assert fit.criterion == pytest.approx(
        dense.criterion(*timed.arrays, D, reml=reml, R=R), rel=1e-10, abs=1e-9
    )
    beta, vcov, sigma, b, _ = dense.estimates(*timed.arrays, D, reml=reml, R=R)
    se = np.sqrt(np.diag(vcov))
    assert fit.beta / se == pytest.approx(beta / se, rel=1e-8, abs=1e-8)
    assert fit.vcov / np.outer(se, se) == pytest.approx(vcov / np.outer(se, se), abs=1e-8)
    assert fit.sigma == pytest.approx(sigma, rel=1e-9)
    assert fit.b == pytest.approx(b, rel=1e-7, abs=1e-8 * sigma)


@few
@given(timed_studies())
def test_normalised_residuals_are_uncorrelated_by_the_dense_correlation(timed):
    """They are r'R⁻¹r / sigma² in length, whatever the square root."""
    fit = timed.fit(reml=True)
    R = timed.R(fit.phi)
    length = fit.residuals @ np.linalg.solve(R, fit.residuals) / fit.sigma**2
    assert np.sum(fit.normalised_residuals**2) == pytest.approx(length, rel=1e-9)


# ---------------------------------------------------------------------------- the optimum


@reml_or_ml
@few
@given(timed_studies(), st.integers(0, 2**32 - 1))
def test_no_theta_and_phi_are_better_than_the_optimum(reml, timed, seed):
    fit = timed.fit(reml=reml)
    rng = np.random.default_rng(seed)
    length = len(fit.given_phi.theta)
    near = fit.given_phi.theta + 0.03 * rng.normal(size=(15, length))
    phis = [*rng.uniform(0, 1, 30), *np.clip(fit.phi + 0.03 * rng.normal(size=15), 0, 0.9999)]
    tried = zip([*rng.normal(size=(30, length)), *near], phis, strict=True)
    best = min(
        serial_criterion_of_engine(fit.design, timed.time, theta, phi, reml=reml)[0]
        for theta, phi in tried
    )
    assert fit.criterion <= best + 1e-9


@reml_or_ml
@few
@given(timed_studies())
def test_correlation_never_fits_worse_than_none(reml, timed):
    fit = timed.fit(reml=reml)
    plain = fit_mixed(timed.study.formula, timed.table, reml=reml)
    assert fit.criterion <= plain.criterion + 1e-9
    assert fit.parameters == plain.parameters + 1
    if fit.uncorrelated:
        assert fit.criterion == pytest.approx(plain.criterion, rel=1e-12, abs=1e-9)
        assert fit.beta == pytest.approx(plain.beta, rel=1e-6, abs=1e-8)


@few
@given(timed_studies())
def test_refit_by_the_other_criterion_is_the_fit_by_it(timed):
    there, direct = refit_serial(timed.fit(reml=True), reml=False), timed.fit(reml=False)
    assert (there.reml, there.criterion) == (False, direct.criterion)


# ------------------------------------------------------------------------------- invariance


@reml_or_ml
@few
@given(timed_studies(), st.sampled_from([1 / 30, 12.0, 2.0**20]))
def test_unit_of_time(reml, timed, c):
    """t → c·t: the correlation over one new unit is phi^(1/c), all else stays."""
    fit, again = timed.fit(reml=reml), timed.fit(reml=reml, t=c * timed.time)
    assert again.criterion == pytest.approx(fit.criterion, rel=1e-11, abs=1e-8)
    assert again.phi**c == pytest.approx(fit.phi, rel=1e-6, abs=1e-8)
    assert again.beta == pytest.approx(fit.beta, rel=1e-6, abs=1e-7)


@few
@given(timed_studies(), st.sampled_from([-7.0, 2000.0, 2.0**30]))
def test_origin_of_time(timed, c):
    fit, again = timed.fit(reml=True), timed.fit(reml=True, t=c + timed.time)
    assert (again.criterion, again.phi) == (fit.criterion, fit.phi)


@few
@given(timed_studies())
def test_direction_of_time(timed):
    fit, again = timed.fit(reml=True), timed.fit(reml=True, t=-timed.time)
    assert again.criterion == pytest.approx(fit.criterion, rel=1e-11, abs=1e-8)
    assert again.phi == pytest.approx(fit.phi, rel=1e-6, abs=1e-8)


@few
@given(timed_studies(), st.randoms(use_true_random=False))
def test_row_order_does_not_matter(timed, random):
    fit = timed.fit(reml=True)
    order = list(range(len(timed.table)))
    random.shuffle(order)
    again = fit_serial(timed.study.formula, timed.table.iloc[order], time="t")
    assert again.criterion == pytest.approx(fit.criterion, rel=1e-11, abs=1e-9)
    assert again.phi == pytest.approx(fit.phi, rel=1e-6, abs=1e-8)
    assert again.fitted_values == pytest.approx(fit.fitted_values[order], rel=1e-6, abs=1e-6)
    assert again.normalised_residuals == pytest.approx(
        fit.normalised_residuals[order], rel=1e-6, abs=1e-6
    )


@few
@given(timed_studies(), st.sampled_from([-1e6, 2.0**30]))
def test_origin_of_outcome_and_covariate(timed, c):
    """Centred before they are whitened, large means cost no digits."""
    fit = timed.fit(reml=True)
    again = timed.fit(reml=True, y=timed.table["y"] + c)
    assert again.criterion == pytest.approx(fit.criterion, rel=1e-10, abs=1e-8)
    if timed.study.formula in ("y ~ x + (1 | g)", "y ~ x + (x | g)"):
        moved = timed.fit(reml=True, x=timed.table["x"] + c)
        assert moved.criterion == pytest.approx(fit.criterion, rel=1e-10, abs=1e-8)
        assert moved.phi == pytest.approx(fit.phi, rel=1e-5, abs=1e-7)

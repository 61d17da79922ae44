"""Awkward units: the criterion must not change with the origin or the unit of a measurement."""

import numpy as np
import pytest

from lmm.model.design import build_design
from lmm.model.fit import fit_mixed
from lmm.model.formula import parse_formula
from lmm.model.units import internal_units
from tests import dense

FORMULA = "y ~ x + (x | g)"


@pytest.fixture(scope="module")
def study():
    """1000 rows whose numbers are multiples of 2^-10: adding 2^30 to them is exact."""
    rng = np.random.default_rng(1000)
    g = np.repeat(np.arange(100), rng.multinomial(800, np.full(100, 0.01)) + 2)
    x = rng.integers(0, 8, size=len(g)).astype(float)
    u = rng.normal(size=(2, 100))
    y = 20 + 3 * x + 2 * u[0, g] + 0.5 * u[1, g] * x + rng.normal(size=len(g))
    return {"y": np.round(y * 1024) / 1024, "x": x, "g": g}


@pytest.fixture(scope="module")
def plain(study):
    return fit_mixed(FORMULA, study)


AWKWARD = {
    "calendar year": (lambda x: x + 1990, lambda y: y, 1.0, 1.0),
    "x times 2^20": (lambda x: x * 2.0**20, lambda y: y, 2.0**20, 1.0),
    "x times 2^-20": (lambda x: x / 2.0**20, lambda y: y, 2.0**-20, 1.0),
    "y plus a milliard": (lambda x: x, lambda y: y + 1e9, 1.0, 1.0),
    "Unix seconds": (lambda x: 1.6e9 + 86400 * x, lambda y: y, 86400.0, 1.0),
    "seconds within minutes": (lambda x: 1.6e9 + x, lambda y: y, 1.0, 1.0),
    "day number": (lambda x: 738_000 + x, lambda y: y, 1.0, 1.0),
    "y in nanometres": (lambda x: x, lambda y: y * 2.0**30, 1.0, 2.0**30),
    "y near the largest": (lambda x: x, lambda y: y * 2.0**450, 1.0, 2.0**450),
    "all at once": (
        lambda x: 2.0**31 + x * 2.0**12,
        lambda y: y * 2.0**-20 + 2.0**10,
        2.0**12,
        2.0**-20,
    ),
}


@pytest.mark.parametrize(("x_to", "y_to", "x_unit", "y_unit"), AWKWARD.values(), ids=AWKWARD)
@pytest.mark.parametrize("reml", [True, False])
def test_awkward_units(x_to, y_to, x_unit, y_unit, reml, study):
    plain = fit_mixed(FORMULA, study, reml=reml)
    fit = fit_mixed(FORMULA, {**study, "x": x_to(study["x"]), "y": y_to(study["y"])}, reml=reml)
    shift = 2 * fit.dof * np.log(y_unit) + (2 * np.log(x_unit) if reml else 0.0)
    assert fit.converged
    assert fit.criterion - shift == pytest.approx(plain.criterion, rel=1e-12)
    assert fit.sigma / y_unit == pytest.approx(plain.sigma, rel=1e-9)
    assert fit.beta[1] * x_unit / y_unit == pytest.approx(plain.beta[1], rel=1e-9)
    slope_sd = np.sqrt(fit.Psi[1, 1]) * x_unit / y_unit
    assert slope_sd == pytest.approx(np.sqrt(plain.Psi[1, 1]), rel=1e-8)


def test_the_plain_study_is_the_dense_density(study, plain):
    few = study["g"] < 12
    small = {name: column[few] for name, column in study.items()}
    fit = fit_mixed(FORMULA, small)
    Z = np.column_stack([np.ones(few.sum()), small["x"]])
    truth = dense.criterion(small["y"], Z, Z, small["g"], fit.T @ fit.T.T, reml=True)
    assert fit.criterion == pytest.approx(truth, rel=1e-12)
    assert plain.n == 1000


@pytest.mark.parametrize(
    "formula", ["y ~ 0 + f + (1 | g)", "y ~ 0 + f + x + (x | g)", "y ~ f * x + (x | g)"]
)
def test_large_outcome_where_a_factor_is_the_intercept(formula, study):
    table = {**study, "f": np.array(["a", "b", "c"])[np.arange(1000) % 3]}
    plain = fit_mixed(formula, table)
    shifted = fit_mixed(formula, {**table, "y": study["y"] + 2.0**30})
    assert shifted.criterion == pytest.approx(plain.criterion, rel=1e-11)
    assert shifted.sigma == pytest.approx(plain.sigma, rel=1e-8)


@pytest.mark.parametrize("distance", [1e-3, 1e-5, 1e-6])
def test_two_covariates_that_all_but_agree(distance, study):
    """x and x + d·w span what x and w span: REML moves by 2·log d, ML not at all."""
    w = np.random.default_rng(3).normal(size=1000)
    apart = fit_mixed("y ~ x + w + (x | g)", {**study, "w": w})
    near = fit_mixed("y ~ x + w + (x | g)", {**study, "w": study["x"] + distance * w})
    assert near.converged
    assert near.criterion - 2 * np.log(distance) == pytest.approx(
        apart.criterion, rel=1e-12 / distance
    )
    assert near.beta[2] * distance == pytest.approx(apart.beta[2], rel=1e-10 / distance)


def test_square_of_a_calendar_year(study):
    plain = fit_mixed("y ~ x + I(x^2) + (x | g)", study)
    year = fit_mixed("y ~ x + I(x^2) + (x | g)", {**study, "x": study["x"] + 2000})
    assert year.criterion == pytest.approx(plain.criterion, rel=1e-11)
    assert year.beta[2] == pytest.approx(plain.beta[2], rel=1e-7)


def test_outcome_all_but_explained_by_its_covariate(study):
    """The residual is a millionth of the trend; the trend has no part in it.

    A rounding of the trend is 2^20 times one of the residual, and n times that is what n·log(residual) may
    move by: 2e-7 of 3458. How much of it does depends on the processor's order of additions (2e-9 to 5e-9).
    """
    plain = fit_mixed(FORMULA, study)
    steep = fit_mixed(FORMULA, {**study, "y": study["y"] + 2.0**20 * study["x"]})
    assert steep.criterion == pytest.approx(plain.criterion, rel=1e-11)
    assert steep.beta[1] - 2.0**20 == pytest.approx(plain.beta[1], rel=1e-9)


@pytest.mark.parametrize("exponent", [0, 20, 30, 40])
def test_one_way_set_far_from_zero(exponent):
    """Numbers that are multiples of 1/8: at 2^40 they are still stored exactly, so nothing may be lost."""
    rng = np.random.default_rng(12)
    deviations = np.round(8 * (4 * rng.normal(size=(25, 1)) + rng.normal(size=(25, 6)))) / 8
    table = {"y": deviations.ravel() + 2.0**exponent, "g": np.repeat(np.arange(25), 6)}
    within = np.sum((deviations - deviations.mean(axis=1, keepdims=True)) ** 2) / 125
    between = 6 * np.var(deviations.mean(axis=1), ddof=1)
    fit = fit_mixed("y ~ 1 + (1 | g)", table)
    assert fit.sigma**2 == pytest.approx(within, rel=1e-10)
    assert fit.theta[0] ** 2 == pytest.approx((between / within - 1) / 6, rel=1e-9)
    assert fit.beta[0] - 2.0**exponent == pytest.approx(
        deviations.mean(), abs=2.0 ** (exponent - 51) + 1e-12
    )


def test_internal_columns_are_the_users_columns_in_other_units(study):
    table = {**study, "x": study["x"] + 2000, "y": study["y"] * 1000}
    design = build_design(parse_formula("y ~ x + I(x^2) + (x | g)"), table)
    XY, Z, units = internal_units(design)
    assert XY[:, :-1] == pytest.approx(design.X @ units.W_x, abs=1e-5)
    assert pytest.approx(design.blocks[0].Z @ units.W_z, abs=1e-10) == Z
    y = units.y_scale * XY[:, -1] + design.X @ units.y_shift
    assert y == pytest.approx(design.y, rel=1e-12)
    assert np.abs(np.sqrt(np.mean(XY**2, axis=0)) - 1).max() < 1
    assert np.linalg.cond(XY[:, :-1]) < 100


@pytest.mark.parametrize(
    "formula", ["y ~ 0 + x + (1 | g)", "y ~ x + (0 + x | g)", "y ~ x + (x || g)"]
)
def test_what_must_not_be_centred_is_not(formula, study):
    """Without an intercept of its own to take it up, a slope's origin is part of the model."""
    here = fit_mixed(formula, study)
    moved = fit_mixed(formula, {**study, "x": study["x"] + 1})
    assert abs(here.criterion - moved.criterion) > 0.1

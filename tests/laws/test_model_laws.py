"""What must hold of every mixed model, whatever the data: one law a function."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lmm.model.covariance import CovarianceTemplate
from lmm.model.criterion import evaluate, gradient_in_D, hessian_in_D
from lmm.model.fit import fit_design, fit_mixed, refit
from lmm.model.statistics import group_statistics
from lmm.model.units import internal_units
from tests import dense
from tests.engine import criterion_of_engine
from tests.laws.random_designs import FORMULAS, WITH_OWN_INTERCEPT, studies, studies_with_theta

reml_or_ml = pytest.mark.parametrize("reml", [True, False])
# An eighth of a second an example: a quarter of what other laws get.
few = settings(max_examples=settings.default.max_examples // 4)


def arrays(design):
    """What the oracle takes: y, X, Z and the group of every row, in the user's units."""
    Z = np.column_stack([block.Z for block in design.blocks])
    return design.y, design.X, Z, design.blocks[0].grouping.codes


def template_of(design):
    return CovarianceTemplate(sizes=tuple(block.Z.shape[1] for block in design.blocks))


def D_of(design, theta):
    T = template_of(design).factor(theta)
    return T @ T.T


def fitted(study, *, reml, **columns):
    fit = fit_mixed(study.formula, study.table.assign(**columns), reml=reml)
    assert fit.converged
    return fit


# ------------------------------------------------------------------------ the density itself


@reml_or_ml
@given(studies_with_theta())
def test_criterion_is_the_dense_density(reml, drawn):
    study, theta = drawn
    design = study.design
    truth = dense.criterion(*arrays(design), D_of(design, theta), reml=reml)
    assert criterion_of_engine(design, theta, reml=reml) == pytest.approx(
        truth, rel=1e-11, abs=1e-9
    )


@reml_or_ml
@few
@given(studies())
def test_estimates_are_those_of_the_dense_density(reml, study):
    fit = fitted(study, reml=reml)
    D = fit.T @ fit.T.T
    beta, vcov, sigma, b, _ = dense.estimates(*arrays(fit.design), D, reml=reml)
    assert fit.criterion == pytest.approx(
        dense.criterion(*arrays(fit.design), D, reml=reml), rel=1e-11, abs=1e-9
    )
    se = np.sqrt(np.diag(vcov))
    assert fit.beta / se == pytest.approx(beta / se, rel=1e-9, abs=1e-9)
    assert fit.vcov / np.outer(se, se) == pytest.approx(vcov / np.outer(se, se), abs=1e-9)
    assert fit.sigma == pytest.approx(sigma, rel=1e-10)
    assert fit.b == pytest.approx(b, rel=1e-8, abs=1e-9 * sigma)


@few
@given(studies())
def test_conditional_variance_in_the_statistics_is_the_dense_one(study):
    fit = fitted(study, reml=True)
    *_, conditional = dense.estimates(*arrays(fit.design), fit.T @ fit.T.T, reml=True)
    W, T, B = fit.units.W_z, fit.optimum.T, fit.optimum.at.B
    D = T @ T.T
    internal = D[:, :, None] - np.einsum("ab,bcm,cd->adm", D, B, D)
    ours = fit.sigma**2 * np.einsum("ab,bcm,dc->mad", W, internal, W)
    assert ours == pytest.approx(conditional, rel=1e-7, abs=1e-9 * fit.sigma**2)


@few
@given(studies())
def test_estimating_equations_hold(study):
    """X'V⁻¹(y − Xβ) = 0, and Z'(residual) = σ²Ψ⁻¹b written without the inverse."""
    fit = fitted(study, reml=True)
    y, X, Z, codes = arrays(fit.design)
    V = dense.relative_covariance(Z, codes, fit.T @ fit.T.T)
    score = X.T @ np.linalg.solve(V, y - X @ fit.beta)
    assert score == pytest.approx(np.zeros(fit.p), abs=1e-8 * np.abs(X.T @ y).max())
    pulled = np.array([Z[codes == i].T @ fit.residuals[codes == i] for i in range(len(fit.b))])
    assert fit.b == pytest.approx(pulled @ fit.T @ fit.T.T, rel=1e-8, abs=1e-8 * fit.sigma)


# ------------------------------------------------------------------------------ derivatives


def internal(design):
    """The statistics and what the oracle needs of the same rows, both in internal units."""
    XY, Z, _ = internal_units(design)
    y, X = XY[:, -1].copy(), XY[:, :-1].copy()
    grouping = design.blocks[0].grouping
    statistics = group_statistics(XY, Z, grouping.codes, len(grouping.levels))
    return statistics, (y, X, Z, grouping.codes)


def complex_step(rows, D, change, *, reml):
    """The derivative of the dense criterion along ``change``, to rounding (Squire and Trapp 1998)."""
    step = 1e-30
    return dense.criterion(*rows, D + 1j * step * change, reml=reml).imag / step


@reml_or_ml
@few
@given(studies_with_theta(), st.integers(0, 2**32 - 1))
def test_gradient_in_D_is_that_of_the_dense_density(reml, drawn, seed):
    study, theta = drawn
    statistics, rows = internal(study.design)
    D = D_of(study.design, theta)
    change = np.random.default_rng(seed).normal(size=D.shape)
    change += change.T
    dof = statistics.n - statistics.p if reml else statistics.n
    at = evaluate(statistics, template_of(study.design).factor(theta), reml=reml)
    ours = np.sum(gradient_in_D(at, dof=dof, reml=reml) * change)
    assert ours == pytest.approx(complex_step(rows, D, change, reml=reml), rel=1e-8, abs=1e-8)


@reml_or_ml
@few
@given(studies_with_theta(), st.integers(0, 2**32 - 1))
def test_hessian_in_D_is_that_of_the_dense_density(reml, drawn, seed):
    study, theta = drawn
    statistics, rows = internal(study.design)
    D = D_of(study.design, theta)
    first, second = np.random.default_rng(seed).normal(size=(2, *D.shape))
    first, second = first + first.T, second + second.T
    dof = statistics.n - statistics.p if reml else statistics.n
    at = evaluate(statistics, template_of(study.design).factor(theta), reml=reml)
    ours = np.einsum("ab,abcd,cd->", first, hessian_in_D(at, dof=dof, reml=reml), second)
    steps = [
        (
            complex_step(rows, D + h * second, first, reml=reml)
            - complex_step(rows, D - h * second, first, reml=reml)
        )
        / (2 * h)
        for h in (2e-4, 1e-4)
    ]
    truth = (4 * steps[1] - steps[0]) / 3
    assert ours == pytest.approx(truth, rel=1e-4, abs=1e-4)


@reml_or_ml
@few
@given(studies())
def test_reported_gradient_in_theta_is_zero_at_an_inner_optimum(reml, study):
    fit = fitted(study, reml=reml)
    scale = 1.0 + np.abs(np.diag(fit.optimum.hessian)).max()
    assert np.abs(fit.optimum.gradient).max() < 1e-5 * scale


# ------------------------------------------------------------------------------- invariance


@reml_or_ml
@few
@given(studies(), st.randoms(use_true_random=False))
def test_row_order_does_not_matter(reml, study, random):
    fit = fitted(study, reml=reml)
    order = list(range(len(study.table)))
    random.shuffle(order)
    again = fit_mixed(study.formula, study.table.iloc[order], reml=reml)
    assert again.criterion == pytest.approx(fit.criterion, rel=1e-12, abs=1e-9)
    assert again.beta == pytest.approx(fit.beta, rel=1e-6, abs=1e-7)
    assert again.grouping.levels == fit.grouping.levels
    assert again.b == pytest.approx(fit.b, rel=1e-5, abs=1e-6)
    assert again.fitted_values == pytest.approx(fit.fitted_values[order], rel=1e-6, abs=1e-6)


@few
@given(studies(), st.permutations(["north", "south", "7", "10", "b:c", "été", "x"]))
def test_level_names_do_not_matter(study, names):
    fit = fitted(study, reml=True)
    renamed = study.table.assign(g=[names[code] for code in study.table["g"]])
    again = fit_mixed(study.formula, renamed)
    assert again.criterion == pytest.approx(fit.criterion, rel=1e-12, abs=1e-9)
    at = [again.grouping.levels.index(names[int(level)]) for level in fit.grouping.levels]
    assert again.b[at] == pytest.approx(fit.b, rel=1e-5, abs=1e-6)


@reml_or_ml
@few
@given(studies(), st.sampled_from([-40, -3, 5, 60]))
def test_unit_of_the_outcome(reml, study, exponent):
    """y → c·y adds 2·dof·log c; theta stays, beta, sigma and b are multiplied."""
    fit = fitted(study, reml=reml)
    c = 2.0**exponent
    again = fitted(study, reml=reml, y=study.table["y"] * c)
    assert again.criterion - 2 * fit.dof * np.log(c) == pytest.approx(
        fit.criterion, rel=1e-11, abs=1e-8
    )
    assert again.theta == pytest.approx(fit.theta, rel=1e-9, abs=1e-9)
    assert again.beta / c == pytest.approx(fit.beta, rel=1e-9)
    assert again.sigma / c == pytest.approx(fit.sigma, rel=1e-9)
    assert again.b / c == pytest.approx(fit.b, rel=1e-9, abs=1e-9)


@reml_or_ml
@few
@given(studies([f for f in FORMULAS if "~ 0 + x" not in f]), st.sampled_from([-1e6, 2.0, 2.0**30]))
def test_origin_of_the_outcome(reml, study, c):
    """Where the constant is among the columns or in their span, only it moves."""
    fit = fitted(study, reml=reml)
    again = fitted(study, reml=reml, y=study.table["y"] + c)
    assert again.criterion == pytest.approx(fit.criterion, rel=1e-10, abs=1e-8)
    moved = np.array(
        [c if name in ("Intercept", "f[a]", "f[b]", "f[c]") else 0.0 for name in fit.design.names]
    )
    assert again.beta - moved == pytest.approx(fit.beta, rel=1e-6, abs=1e-6 + 1e-14 * abs(c))
    assert again.sigma == pytest.approx(fit.sigma, rel=1e-6)


@reml_or_ml
@few
@given(studies([f for f in FORMULAS if "~ x" in f]), st.sampled_from([-40, -1, 20]))
def test_unit_of_a_covariate(reml, study, exponent):
    """x → c·x: REML loses 2·log|X'X|'s share, once for every fixed column with x; ML loses nothing."""
    fit = fitted(study, reml=reml)
    c = 2.0**exponent
    again = fitted(study, reml=reml, x=study.table["x"] * c)
    with_x = np.array(["x" in name for name in fit.design.names])
    shift = 2 * with_x.sum() * np.log(c) if reml else 0.0
    assert again.criterion - shift == pytest.approx(fit.criterion, rel=1e-11, abs=1e-8)
    assert again.beta * np.where(with_x, c, 1.0) == pytest.approx(fit.beta, rel=1e-8, abs=1e-10)
    assert again.fitted_values == pytest.approx(fit.fitted_values, rel=1e-8, abs=1e-8)


@reml_or_ml
@few
@given(studies(WITH_OWN_INTERCEPT), st.sampled_from([-3.0, 2000.0, 2.0**30]))
def test_origin_of_a_slope_that_may_correlate(reml, study, c):
    assume(c < 1e6 or "*" not in study.formula)  # x:f is then f but for rounding, and is dropped
    fit = fitted(study, reml=reml)
    again = fitted(study, reml=reml, x=study.table["x"] + c)
    assert again.criterion == pytest.approx(fit.criterion, rel=1e-10, abs=1e-8)
    slope = fit.design.names.index("x")
    assert again.beta[slope] == pytest.approx(fit.beta[slope], rel=1e-6, abs=1e-6)
    at = fit.random_names.index("x")
    assert again.Psi[at, at] == pytest.approx(fit.Psi[at, at], rel=1e-5, abs=1e-6)


@few
@given(studies())
def test_a_copy_of_a_fixed_column_is_dropped_and_changes_nothing(study):
    fit = fitted(study, reml=True)
    copy = (
        study.table["x"]
        if "x" in fit.design.names
        else 2.0 * study.table["z"] + 0 * study.table["x"]
    )
    assume("x" in fit.design.names or "z" in fit.design.names)
    table = study.table.assign(copy=copy)
    again = fit_mixed(study.formula.replace(" + (", " + copy + (", 1), table)
    assert again.design.columns_dropped == ("copy",)
    assert again.criterion == pytest.approx(fit.criterion, rel=1e-11)


@few
@given(studies())
def test_rows_with_a_missing_value_are_as_if_never_there(study):
    fit = fitted(study, reml=True)
    hole = study.table.iloc[[0, 1, 2]].assign(y=np.nan)
    again = fit_mixed(study.formula, pd.concat([hole, study.table]))
    assert again.design.rows_dropped == 3
    assert list(again.design.rows) == list(range(3, 3 + fit.n))
    assert again.criterion == fit.criterion


# ---------------------------------------------------------------------------- the optimum


@reml_or_ml
@few
@given(studies(), st.integers(0, 2**32 - 1))
def test_no_theta_is_better_than_the_optimum(reml, study, seed):
    fit = fitted(study, reml=reml)
    rng = np.random.default_rng(seed)
    tried = [
        *rng.normal(size=(25, len(fit.theta))),
        *(fit.theta + 0.02 * rng.normal(size=(25, len(fit.theta)))),
    ]
    best = min(criterion_of_engine(fit.design, theta, reml=reml) for theta in tried)
    assert fit.criterion <= best + 1e-9


@reml_or_ml
@few
@given(studies())
def test_no_start_ends_lower(reml, study):
    fit = fitted(study, reml=reml)
    for start in (0.1, 3.0):
        theta = fit.template.theta(start * np.eye(fit.template.q))
        again = fit_design(fit.design, reml=reml, start=theta)
        assert fit.criterion <= again.criterion + 1e-8


@few
@given(studies())
def test_refit_by_the_other_criterion_is_the_fit_by_it(study):
    there = refit(fitted(study, reml=True), reml=False)
    direct = fitted(study, reml=False)
    assert there.criterion == pytest.approx(direct.criterion, rel=1e-11, abs=1e-8)


@given(
    st.integers(0, 2**32 - 1),
    st.integers(2, 9),
    st.integers(2, 6),
    st.sampled_from([0.0, 0.2, 1.0, 5.0]),
)
def test_balanced_one_way_has_its_closed_form(seed, m, r, spread):
    """theta² = max((F − 1)/r, 0), F the analysis of variance's mean squares' ratio."""
    rng = np.random.default_rng(seed)
    y = spread * rng.normal(size=(m, 1)) + rng.normal(size=(m, r))
    between = r * np.var(y.mean(axis=1), ddof=1)
    within = np.sum((y - y.mean(axis=1, keepdims=True)) ** 2) / (m * (r - 1))
    fit = fit_mixed("y ~ 1 + (1 | g)", {"y": y.ravel(), "g": np.repeat(np.arange(m), r)})
    assert fit.converged
    expected = max((between / within - 1) / r, 0.0)
    assert fit.theta[0] ** 2 == pytest.approx(expected, rel=1e-7, abs=1e-7)
    if expected > 0:
        assert fit.sigma**2 == pytest.approx(within, rel=1e-8)
    assert fit.singular == (fit.theta[0] == 0.0)


@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from(["y ~ x + (x | g)", "y ~ x + (x || g)", "y ~ 1 + (1 | g)"]),
)
def test_on_the_boundary_no_small_variance_would_help(seed, formula):
    """Karush, Kuhn and Tucker: T'GT = 0 for every block, and its G has no downward direction."""
    rng = np.random.default_rng(seed)
    g, x = np.repeat(np.arange(8), 4), np.tile(np.arange(4.0), 8)
    y = rng.normal(size=32)
    y -= 0.7 * (np.array([y[g == i].mean() for i in range(8)]))[g]
    fit = fit_mixed(formula, {"y": y, "x": x, "g": g})
    assert fit.converged and fit.singular
    assert any(fit.T[j, j] == 0.0 for j in range(fit.template.q))
    T, G = fit.optimum.T, fit.optimum.gradient_D
    for block in fit.template.slices:
        part = G[block, block]
        assert np.linalg.eigvalsh(part).min() >= -2e-6
        assert np.abs(part @ T[block, block]).max() < 1e-5

"""What must hold of models with several grouping factors, nested or crossed: one law a function."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmm.inference.groups.blups import conditional_covariances
from lmm.inference.structures.degrees import hat_trace
from lmm.model.curvature import theta_hessian
from lmm.model.factors import factors_of, in_lme4s_order
from lmm.model.fit import fit_design, fit_mixed, refit
from lmm.model.search.objective import FEW_GROUPS
from lmm.model.search.optimizer import hessian_in_theta
from lmm.model.units import internal_units
from tests import dense
from tests.engine import criterion_of_engine, objective_of
from tests.laws.several_designs import several_studies, several_studies_with_theta

reml_or_ml = pytest.mark.parametrize("reml", [True, False])
few = settings(max_examples=max(1, settings.default.max_examples // 4))


def codes_of(design):
    """The level of every row for every random column, (n, q): what the oracle takes."""
    return np.column_stack([b.grouping.codes for b in design.blocks for _ in range(b.Z.shape[1])])


def arrays(design):
    Z = np.column_stack([block.Z for block in design.blocks])
    return design.y, design.X, Z, codes_of(design)


def internal(design):
    XY, Z, _ = internal_units(design)
    return XY[:, -1].copy(), XY[:, :-1].copy(), Z, codes_of(design)


def fitted(study, *, reml, **columns):
    fit = fit_mixed(study.formula, study.table.assign(**columns), reml=reml)
    assert fit.converged
    return fit


@reml_or_ml
@given(several_studies_with_theta())
def test_criterion_is_the_dense_density(reml, drawn):
    study, theta = drawn
    design = in_lme4s_order(study.design)
    _, template, _ = objective_of(design, reml=reml)
    T = template.factor(theta)
    truth = dense.criterion(*arrays(design), T @ T.T, reml=reml)
    ours = criterion_of_engine(study.design, theta, reml=reml)
    assert ours == pytest.approx(truth, rel=1e-11, abs=1e-9)


@reml_or_ml
@few
@given(several_studies_with_theta(), st.integers(0, 2**32 - 1), st.booleans())
def test_gradient_in_D_is_that_of_the_dense_density(reml, drawn, seed, on_the_bound):
    study, theta = drawn
    design = in_lme4s_order(study.design)
    objective, template, _ = objective_of(design, reml=reml)
    T = template.factor(0.0 * theta if on_the_bound else theta)
    change = np.random.default_rng(seed).normal(size=T.shape)
    change = np.where(template.factor(np.ones(len(theta))) != 0, change, 0.0)
    change = change + change.T
    step = 1e-30
    truth = dense.criterion(*internal(design), T @ T.T + 1j * step * change, reml=reml).imag / step
    ours = np.sum(objective.derivatives(T).gradient * change)
    assert ours == pytest.approx(truth, rel=1e-7, abs=1e-7)


@reml_or_ml
@few
@given(several_studies_with_theta())
def test_curvature_is_the_average_information_of_the_dense_density(reml, drawn):
    study, theta = drawn
    design = in_lme4s_order(study.design)
    objective, template, _ = objective_of(design, reml=reml)
    T = template.factor(theta)
    y, X, Z, codes = internal(design)
    inverse = np.linalg.inv(dense.relative_covariance(Z, codes, T @ T.T))
    P = inverse - inverse @ X @ np.linalg.solve(X.T @ inverse @ X, X.T @ inverse)
    dof, r2 = len(y) - reml * X.shape[1], y @ P @ y
    zero = np.zeros_like(T)
    curvature = objective.derivatives(T).curvature
    changes = []
    for i, j in template.entries:
        E = zero.copy()
        E[i, j] = E[j, i] = 1.0
        changes.append(E)
    eye = np.eye(len(y))
    w = [(dense.relative_covariance(Z, codes, E) - eye) @ P @ y for E in changes]
    for E, w_E in zip(changes, w, strict=True):
        for F, w_F in zip(changes, w, strict=True):
            truth = dof * (w_E @ P @ w_F / r2 - (w_E @ P @ y) * (w_F @ P @ y) / r2**2)
            ours = np.einsum("ab,abcd,cd->", E, curvature, F)
            assert ours == pytest.approx(truth, rel=1e-7, abs=1e-7)


@reml_or_ml
@few
@given(several_studies())
def test_estimates_are_those_of_the_dense_density(reml, study):
    fit = fitted(study, reml=reml)
    y, X, Z, codes = arrays(fit.design)
    D = fit.T @ fit.T.T
    assert fit.criterion == pytest.approx(
        dense.criterion(y, X, Z, codes, D, reml=reml), rel=1e-11, abs=1e-9
    )
    V = dense.relative_covariance(Z, codes, D)
    Phi = np.linalg.inv(X.T @ np.linalg.solve(V, X))
    beta = Phi @ X.T @ np.linalg.solve(V, y)
    rest = y - X @ beta
    sigma2 = rest @ np.linalg.solve(V, rest) / fit.dof
    se = np.sqrt(sigma2 * np.diag(Phi))
    assert fit.sigma**2 == pytest.approx(sigma2, rel=1e-9)
    assert fit.beta / se == pytest.approx(beta / se, rel=1e-8, abs=1e-8)
    assert fit.vcov / np.outer(se, se) == pytest.approx(sigma2 * Phi / np.outer(se, se), abs=1e-8)
    P = np.linalg.inv(V) - np.linalg.solve(V, X) @ Phi @ np.linalg.solve(V, X).T
    assert hat_trace(fit) == pytest.approx(fit.n - np.trace(P), rel=1e-9)
    for factor, b, C in zip(fit.factors, fit.effects, conditional_covariances(fit), strict=True):
        for level in range(factor.m):
            mine = (factor.grouping.codes == level)[:, None]
            ZD = np.where(mine, Z[:, factor.columns], 0.0) @ factor.own(D)
            assert b[level] == pytest.approx(
                ZD.T @ np.linalg.solve(V, rest), rel=1e-7, abs=1e-8 * fit.sigma
            )
            assert C[level] == pytest.approx(
                sigma2 * (factor.own(D) - ZD.T @ np.linalg.solve(V, ZD)),
                rel=1e-7,
                abs=1e-9 * sigma2 * (1 + np.abs(D).max()),
            )


@few
@given(several_studies())
def test_the_hessian_is_the_change_of_the_dense_gradient(study):
    fit = fitted(study, reml=True)
    design, template, T = fit.design, fit.template, fit.optimum.T
    rows, theta, step = internal(design), template.theta(fit.optimum.T), 1e-30

    def gradient(theta):
        T = template.factor(theta)
        found = []
        for i, j in template.entries:
            dT = np.zeros_like(T)
            dT[i, j] = 1.0
            D = T @ T.T + 1j * step * (dT @ T.T + T @ dT.T)
            found.append(dense.criterion(*rows, D, reml=True).imag / step)
        return np.array(found)

    size = 1.0 + np.abs(theta_hessian(fit)).max()
    for k in range(len(theta)):
        h = 1e-4 * np.eye(len(theta))[k]
        slope = (gradient(theta + h) - gradient(theta - h)) / 2e-4
        assert theta_hessian(fit)[k] / size == pytest.approx(slope / size, abs=1e-5)
    objective, *_ = objective_of(design, reml=True)
    again = hessian_in_theta(objective, template, T)
    assert again / size == pytest.approx(theta_hessian(fit) / size, abs=1e-5)


@reml_or_ml
@few
@given(several_studies(), st.integers(0, 2**32 - 1))
def test_no_theta_is_better_than_the_optimum(reml, study, seed):
    fit = fitted(study, reml=reml)
    rng = np.random.default_rng(seed)
    k = len(fit.theta)
    tried = [*rng.normal(size=(15, k)), *(fit.theta + 0.02 * rng.normal(size=(15, k)))]
    best = min(criterion_of_engine(fit.design, theta, reml=reml) for theta in tried)
    assert fit.criterion <= best + 1e-9


@few
@given(several_studies())
def test_on_the_boundary_no_small_variance_would_help(study):
    """Karush, Kuhn and Tucker: T'GT = 0 for every block, and its G has no downward direction."""
    fit = fitted(study, reml=True)
    assert fit.singular == (np.diag(fit.T) == 0.0).any()
    T, G = fit.optimum.T, fit.optimum.gradient_D
    for block in fit.template.slices:
        assert np.abs(G[block, block] @ T[block, block]).max() < 1e-5 * (1 + np.abs(T).max())
        if (np.diag(T[block, block]) == 0.0).any():
            assert np.linalg.eigvalsh(G[block, block]).min() >= -2e-6


@few
@given(several_studies(), st.randoms(use_true_random=False))
def test_row_order_and_level_names_do_not_matter(study, random):
    fit = fitted(study, reml=True)
    order = list(range(len(study.table)))
    random.shuffle(order)
    table = study.table.iloc[order].assign(h=lambda t: [f"level {9 - code}" for code in t["h"]])
    again = fit_mixed(study.formula, table)
    assert again.criterion == pytest.approx(fit.criterion, rel=1e-11, abs=1e-9)
    assert again.fitted_values == pytest.approx(fit.fitted_values[order], rel=1e-5, abs=1e-5)


@few
@given(several_studies(), st.sampled_from([-40, -3, 5, 60]))
def test_unit_of_the_outcome(study, exponent):
    fit = fitted(study, reml=True)
    c = 2.0**exponent
    again = fitted(study, reml=True, y=study.table["y"] * c)
    assert again.criterion - 2 * fit.dof * np.log(c) == pytest.approx(
        fit.criterion, rel=1e-11, abs=1e-8
    )
    assert again.theta == pytest.approx(fit.theta, rel=1e-8, abs=1e-8)
    assert again.sigma / c == pytest.approx(fit.sigma, rel=1e-9)


@few
@given(several_studies(["y ~ x + (x | g) + (1 | h)", "y ~ x + (1 | h / g)"]))
def test_origin_of_a_slope_that_may_correlate(study):
    fit = fitted(study, reml=True)
    again = fitted(study, reml=True, x=study.table["x"] + 2.0**21)
    assert again.criterion == pytest.approx(fit.criterion, rel=1e-10, abs=1e-8)


@few
@given(several_studies())
def test_no_start_leads_lower_and_refit_leads_to_the_same_place(study):
    """Factors with few levels can have several minima: a start may end in a higher one, proven, never lower."""
    fit = fitted(study, reml=True)
    for start in (0.1, 3.0):
        theta = fit.template.theta(start * np.eye(fit.template.q))
        again = fit_design(fit.design, reml=True, start=theta)
        if again.criterion > fit.criterion + 1e-6 and again.converged:
            assert min(factor.m for factor in fit.factors) <= FEW_GROUPS
            continue
        assert again.criterion == pytest.approx(fit.criterion, rel=1e-10, abs=1e-8)
    direct, warm = fitted(study, reml=False), refit(fit, reml=False)
    assert warm.criterion == pytest.approx(direct.criterion, rel=1e-10, abs=1e-8)


@given(several_studies(["y ~ x + (1 | g) + (1 | h)", "y ~ x + (x | g) + (x | h)"]))
def test_a_factor_without_variance_is_as_if_it_were_not_there(study):
    """At theta = 0 for h the criterion is that of the model without h, which another path evaluates."""
    names = [factor.grouping.name for factor in factors_of(in_lme4s_order(study.design))]
    own = [0.7, -0.2, 0.4] if "(x" in study.formula else [0.7]
    theta = [value for name in names for value in (own if name == "g" else [0.0] * len(own))]
    alone = fit_mixed(study.formula[: study.formula.rindex(" + ")], study.table).design
    assert criterion_of_engine(study.design, theta, reml=True) == pytest.approx(
        criterion_of_engine(alone, own, reml=True), rel=1e-12
    )

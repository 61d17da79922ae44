"""Models with several grouping factors: known truths, bounds, refusals, a large crossed design."""

import json
import tracemalloc

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

import lmm
from lmm.errors import ModelError
from lmm.inference.fixed_effects.satterthwaite import satterthwaite_dof
from lmm.inference.groups.blups import conditional_covariance
from lmm.inference.profiles.intervals import coefficient_profile
from lmm.inference.structures.degrees import intercept_degrees
from lmm.inference.variance_tests.comparison import random_effect_test
from lmm.inference.variances.icc import intraclass_correlation
from lmm.model.curvature import theta_hessian
from lmm.model.fit import fit_mixed
from lmm.model.search import objective
from lmm.model.several.blocks import CrossedStatistics
from lmm.model.several.crossed import evaluate_crossed
from lmm.model.several.memory import COPIES
from lmm.report.fit_record import fit_record


@pytest.fixture(scope="module")
def crossed():
    """Every one of 12 raters scores each of 20 texts once."""
    rng = np.random.default_rng(11)
    text, rater = np.repeat(np.arange(20), 12), np.tile(np.arange(12), 20)
    length = rng.normal(size=20)[text]
    y = 5 + length + 2 * rng.normal(size=20)[text] + rng.normal(size=12)[rater]
    table = {"y": y + 0.5 * rng.normal(size=240), "length": length, "text": text, "rater": rater}
    return pd.DataFrame(table)


@pytest.fixture(scope="module")
def fit(crossed):
    return fit_mixed("y ~ length + (1 | rater) + (1 | text)", crossed)


def test_balanced_two_way_has_its_closed_form(crossed):
    """Each variance by mean squares of the analysis of variance without interaction."""
    fit = fit_mixed("y ~ 1 + (1 | text) + (1 | rater)", crossed)
    y = crossed["y"].to_numpy().reshape(20, 12)
    by_text, by_rater = y.mean(axis=1, keepdims=True), y.mean(axis=0, keepdims=True)
    rest = np.sum((y - by_text - by_rater + y.mean()) ** 2) / (19 * 11)
    texts, raters = 12 * np.var(by_text, ddof=1), 20 * np.var(by_rater, ddof=1)
    assert fit.sigma**2 == pytest.approx(rest, rel=1e-9)
    assert np.diag(fit.Psi) == pytest.approx([(texts - rest) / 12, (raters - rest) / 20], rel=1e-9)


def test_truth_is_within_its_error(fit):
    assert [factor.grouping.name for factor in fit.factors] == ["text", "rater"]
    assert np.sqrt(np.diag(fit.Psi)) == pytest.approx([2.0, 1.0], rel=0.5)
    assert fit.sigma == pytest.approx(0.5, abs=0.1)
    assert fit.converged and not fit.singular


def test_a_covariate_of_texts_has_the_degrees_of_texts(fit):
    """Balanced: 20 texts less two coefficients."""
    assert satterthwaite_dof(fit)[1] == pytest.approx(18.0, rel=1e-6)


def test_blups_of_each_factor_sum_to_zero(fit):
    for effects in fit.effects:
        assert effects.sum(axis=0) == pytest.approx(0.0, abs=1e-9)


def test_results_cannot_be_changed(fit):
    for array in (fit.theta, fit.T, fit.beta, fit.vcov, *fit.effects):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0.0


def test_the_record_names_every_factor(fit):
    record = json.loads(json.dumps(fit_record(fit, with_blups=True)))
    assert record["n_groups"] == {"text": 20, "rater": 12}
    assert [row["group"] for row in record["random_effects"]] == ["text", "rater"]
    assert [row["group"] for row in record["blups"]] == ["text"] * 20 + ["rater"] * 12
    assert all(0 < row["se"] < 1 for row in record["blups"])


def test_prediction_adds_the_effects_of_the_groups_it_knows(crossed):
    results = lmm.fit("y ~ length + (1 | rater) + (1 | text)", crossed)
    fit = results.fit
    rows = {"length": [0.0] * 4, "text": [3, 99, 3, None], "rater": [5, 5, 77, None]}
    text, rater = fit.effects[0][3, 0], fit.effects[1][5, 0]
    wanted = fit.beta[0] + np.array([text + rater, rater, text, 0.0])
    assert results.predict(rows, level="group") == pytest.approx(wanted)
    assert results.predict({"length": [0.0]}) == pytest.approx(fit.beta[:1])
    assert results.fittedvalues.to_numpy() == pytest.approx(results.predict(crossed, level="group"))
    assert "20 groups of text, 12 groups of rater" in results.summary()


def test_what_is_for_one_factor_says_so(fit, crossed):
    for asked in (
        lambda: intraclass_correlation(fit),
        lambda: coefficient_profile(fit),
        lambda: intercept_degrees(fit),
        lambda: conditional_covariance(fit),
        lambda: lmm.fit("y ~ 1 + (1 | text) + (1 | rater)", crossed).random_effects,
        lambda: fit.b,
        lambda: fit.statistics,
        lambda: fit.at,
    ):
        with pytest.raises(ModelError, match="only"):
            asked()
    one = fit_mixed("y ~ length + (1 | text)", crossed)
    with pytest.raises(ModelError, match="that both models have"):
        random_effect_test(("one", one), ("both", fit))


def test_zero_variances_are_exactly_zero():
    """Means of both factors pulled together, as no independent groups would be."""
    rng = np.random.default_rng(1)
    a, b = np.repeat(np.arange(8), 10), np.tile(np.arange(10), 8)
    y = rng.normal(size=(8, 10))
    y -= 0.7 * y.mean(axis=1, keepdims=True) + 0.7 * y.mean(axis=0, keepdims=True)
    fit = fit_mixed("y ~ 1 + (1 | a) + (1 | b)", {"y": y.ravel(), "a": a, "b": b})
    assert fit.converged and fit.singular
    assert not fit.theta.any() and not any(effects.any() for effects in fit.effects)
    assert (np.diag(fit.optimum.gradient_D) > 0).all()


def test_one_of_two_variances_is_exactly_zero():
    rng = np.random.default_rng(1)
    a, c, y = np.repeat(np.arange(8), 10), np.arange(80) % 5, rng.normal(size=80)
    y = y - 0.8 * np.array([y[a == i].mean() for i in range(8)])[a] + 2 * rng.normal(size=5)[c]
    fit = fit_mixed("y ~ 1 + (1 | a) + (1 | c)", {"y": y, "a": a, "c": c})
    assert fit.converged and fit.singular
    assert fit.theta[0] == 0.0 and fit.theta[1] > 0.5
    messages = fit_record(fit)["messages"]
    assert (
        len(messages) == 1
        and "the variance of Intercept over a is estimated as zero" in messages[0]
    )


@pytest.mark.parametrize("seed", [0, 2])
def test_perfect_correlation_is_exactly_singular(seed):
    rng = np.random.default_rng(seed)
    g, h, x = np.repeat(np.arange(15), 8), np.tile(np.arange(8), 15), rng.normal(size=120)
    own = rng.normal(size=15)[g]
    y = own + 0.3 * own * x + rng.normal(size=8)[h] + rng.normal(size=120)
    fit = fit_mixed("y ~ x + (x | g) + (1 | h)", {"y": y, "x": x, "g": g, "h": h})
    assert fit.converged and fit.singular
    assert fit.T[1, 1] == 0.0 and fit.T[1, 0] > 0.0


def test_a_factor_said_twice_under_two_names_shares_one_variance(crossed):
    table = crossed.assign(same=[f"text {code}" for code in crossed["text"]])
    once = fit_mixed("y ~ 1 + (1 | text)", table)
    twice = fit_mixed("y ~ 1 + (1 | text) + (1 | same)", table)
    assert twice.criterion == pytest.approx(once.criterion, rel=1e-12)
    assert np.sum(twice.theta**2) == pytest.approx(np.sum(once.theta**2), rel=1e-6)


@pytest.mark.parametrize("texts", [3.0, 300.0], ids=["raters differ more", "texts differ more"])
def test_an_outcome_without_residual_is_refused(crossed, texts):
    exact = crossed.assign(y=texts * crossed["text"] - crossed["rater"] ** 2)
    with pytest.raises(ModelError, match="no residual is left"):
        fit_mixed("y ~ length + (1 | text) + (1 | rater)", exact)
    nearly = exact.assign(y=exact["y"] + 1e-3 * np.random.default_rng(0).normal(size=240))
    fit = fit_mixed("y ~ length + (1 | text) + (1 | rater)", nearly)
    assert fit.sigma == pytest.approx(1e-3, rel=0.2)


def test_a_large_model_keeps_the_average_information(crossed, monkeypatch):
    """There the Hessian is made on demand; estimates and degrees of freedom stay."""
    small = fit_mixed("y ~ length + (1 | text) + (1 | rater)", crossed)
    monkeypatch.setattr(objective, "_MANY_EFFECTS", 0)
    large = fit_mixed("y ~ length + (1 | text) + (1 | rater)", crossed)
    assert small.optimum.exact and not large.optimum.exact
    assert large.criterion == pytest.approx(small.criterion, rel=1e-11)
    assert large.theta == pytest.approx(small.theta, rel=1e-5)
    assert theta_hessian(large) == pytest.approx(theta_hessian(small), rel=1e-3)
    assert satterthwaite_dof(large) == pytest.approx(satterthwaite_dof(small), rel=1e-4)


@pytest.mark.slow
def test_students_lecturers_and_departments():
    """The shape of lme4's InstEval: 73,421 rows, 2972 × 1128 × 14 levels."""
    rng = np.random.default_rng(1)
    n, levels, spread = 73_421, (2972, 1128, 14), np.array([0.33, 0.52, 0.3])
    codes = [rng.integers(0, m, n) for m in levels]
    y = 3 + 1.2 * rng.normal(size=n)
    for code, m, sd in zip(codes, levels, spread, strict=True):
        y += sd * rng.normal(size=m)[code]
    table = dict(zip("ysde", [y, *codes], strict=True))
    fit = fit_mixed("y ~ 1 + (1 | s) + (1 | d) + (1 | e)", table)
    assert fit.converged and fit.optimum.evaluations <= 10
    assert fit.sigma == pytest.approx(1.2, rel=0.01)
    assert np.sqrt(np.diag(fit.Psi))[:2] == pytest.approx(spread[:2], rel=0.1)
    assert isinstance(fit.sufficient, CrossedStatistics)
    tracemalloc.start()
    evaluate_crossed(fit.sufficient, fit.optimum.T, reml=True)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < COPIES * 8 * (1128 + 14) ** 2


def test_statistics_of_one_factor_are_not_those_of_several(fit):
    with pytest.raises(ModelError, match="one grouping factor only"):
        _ = fit.statistics


def test_the_lower_of_two_minima_where_little_is_left():
    """Seven rows of three pupils and markers: with the markers' variance zero there is a minimum, too."""
    table = pd.DataFrame(
        {
            "score": [44.2024, 42.8835, 43.7475, 72.6526, 73.572, 65.4075, 66.2131],
            "month": [1.0, 0, 1, 0, 1, 0, 1],
            "pupil": ["p1", "p2", "p2", "p4", "p4", "p5", "p5"],
            "marker": ["m1", "m3", "m1", "m2", "m2", "m3", "m1"],
        }
    )
    y, n = table["score"].to_numpy(), len(table)
    X = np.column_stack([np.ones(n), table["month"]])
    labels = [table[name].to_numpy() for name in ("pupil", "marker")]
    alike = [each[:, None] == each for each in labels]

    def deviance(log_sd):
        V = np.eye(n) + sum(np.exp(2 * s) * same for s, same in zip(log_sd, alike, strict=True))
        half = np.linalg.inv(np.linalg.cholesky(V))
        left = np.linalg.lstsq(half @ X, half @ y, rcond=None)[1][0]
        return np.linalg.slogdet(V)[1] + n * (1 + np.log(2 * np.pi * left / n))

    inside = minimize(
        deviance, [6.0, 1.0], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12}
    )
    on_the_bound = minimize(lambda s: deviance([s[0], -20.0]), [6.0], method="Nelder-Mead")
    assert inside.fun < on_the_bound.fun - 0.1
    fit = fit_mixed("score ~ month + (1 | pupil) + (1 | marker)", table, reml=False)
    assert fit.converged and not fit.singular
    assert fit.criterion == pytest.approx(inside.fun, abs=1e-8)

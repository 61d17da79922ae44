import numpy as np
import pandas as pd
import pytest

from lmm.errors import ModelError
from lmm.model.fit import fit_mixed, refit
from tests.engine import criterion_of_engine


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(40)
    g, x = np.repeat(np.arange(30), 5), np.tile(np.arange(5.0), 30)
    u = rng.normal(size=(2, 30))
    y = 4 + 2 * x + u[0, g] + 0.5 * u[1, g] * x + rng.normal(size=150)
    return pd.DataFrame({"y": y, "x": x, "g": [f"child {i}" for i in g], "h": g % 3})


@pytest.fixture(scope="module")
def fit(table):
    return fit_mixed("y ~ x + (x | g)", table)


def test_counts(fit):
    assert (fit.n, fit.p, fit.dof, fit.parameters) == (150, 2, 148, 6)
    assert fit.random_names == ("Intercept", "x")
    assert fit.b.shape == (30, 2)
    assert fit.log_likelihood == -0.5 * fit.criterion
    assert refit(fit, reml=False).dof == 150


def test_fitted_and_residuals_make_the_outcome(fit, table):
    assert fit.fitted_values + fit.residuals == pytest.approx(table["y"].to_numpy())
    child = fit.grouping.levels.index("child 7")
    lines = fit.beta + fit.b[child]
    rows = (table["g"] == "child 7").to_numpy()
    assert fit.fitted_values[rows] == pytest.approx(lines[0] + lines[1] * np.arange(5.0))


def test_covariances(fit):
    assert fit.Psi == pytest.approx(fit.sigma**2 * fit.T @ fit.T.T)
    assert fit.vcov == pytest.approx(fit.vcov.T)
    assert np.linalg.eigvalsh(fit.vcov).min() > 0
    assert list(fit.theta) == [fit.T[0, 0], fit.T[1, 0], fit.T[1, 1]]
    assert fit.T[0, 1] == 0.0


def test_theta_is_where_the_criterion_is(fit):
    assert criterion_of_engine(fit.design, fit.theta, reml=True) == pytest.approx(
        fit.criterion, rel=1e-13
    )


def test_balanced_slope_is_the_mean_of_the_groups_own_slopes(fit, table):
    """Complete, balanced data: generalised and ordinary least squares agree."""
    slope = np.mean([np.polyfit(rows["x"], rows["y"], 1)[0] for _, rows in table.groupby("g")])
    assert fit.beta[1] == pytest.approx(slope, rel=1e-10)


def test_predicted_intercepts_sum_to_zero(fit):
    assert fit.b.sum(axis=0) == pytest.approx([0, 0], abs=1e-9)


def test_truth_is_within_its_error(fit):
    """The data were drawn with beta (4, 2), sigma 1, standard deviations 1 and 0.5."""
    assert np.abs(fit.beta - [4, 2]).max() < 4 * np.sqrt(np.diag(fit.vcov)).max()
    assert fit.sigma == pytest.approx(1.0, abs=0.2)
    assert np.sqrt(np.diag(fit.Psi)) == pytest.approx([1.0, 0.5], abs=0.35)


def test_same_by_hand_from_a_parsed_formula_or_plain_lists(fit, table):
    lists = {name: list(table[name]) for name in table}
    again = fit_mixed(fit.design.formula, lists)
    assert again.criterion == fit.criterion
    assert (again.b == fit.b).all()


def test_warm_refit_is_the_cold_one(fit, table):
    cold, warm = fit_mixed("y ~ x + (x | g)", table, reml=False), refit(fit, reml=False)
    assert warm.criterion == pytest.approx(cold.criterion, rel=1e-12)
    assert warm.theta == pytest.approx(cold.theta, rel=1e-7)
    assert warm.optimum.evaluations <= cold.optimum.evaluations


def test_results_cannot_be_changed(fit):
    for array in (fit.theta, fit.T, fit.beta, fit.vcov, fit.b):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0.0
    with pytest.raises(AttributeError):
        fit.sigma = 1.0


@pytest.mark.parametrize(
    ("formula", "change", "message"),
    [
        ("y ~ x", {}, "has no random term"),
        ("y ~ y + (1 | g)", {}, "the fixed effects reproduce the outcome 'y' exactly"),
        ("y ~ x + (1 | g)", {"y": lambda t: 3 * t["x"] + 1}, "reproduce the outcome 'y' exactly"),
        (
            "y ~ x + (1 | g)",
            {"y": lambda t: t["g"].str[6:].astype(int) ** 2},
            "no residual is left",
        ),
        (
            "y ~ x + (x | g)",
            {"y": lambda t: t["g"].str[6:].astype(int) * (t["x"] + 1)},
            "no residual is left",
        ),
    ],
)
def test_refusals(formula, change, message, table):
    with pytest.raises(ModelError, match=message):
        fit_mixed(formula, table.assign(**change))

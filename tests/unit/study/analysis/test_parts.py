"""The parts of a study's numbers, against formulas of their own."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest

from lmm.study.analysis.analyse import analyse
from lmm.study.analysis.parts.forecast import round_values
from lmm.study.configuration.settings import Covariate, Period, Time
from tests.unit.study.simulated import rows, study


@pytest.fixture(scope="module")
def numbers(tmp_path_factory):
    table = rows(slope_sd=0.8)
    kept = [row for i, row in enumerate(table) if i % 7]
    return analyse(study(kept, tmp_path_factory.mktemp("study"), confidence=0.9))[0]


def test_the_middle_share_of_a_normal_distribution(numbers):
    reach = NormalDist().inv_cdf(0.95)
    assert numbers["spread"]["share"] == 0.9
    model = numbers["models"][numbers["used"]]
    for key, term in (("level", "Intercept"), ("slope", "t")):
        found = numbers["spread"][key]
        mean = next(r["estimate"] for r in model["fixed_effects"] if r["term"] == term)
        sd = next(
            r["sd_or_correlation"]
            for r in model["random_effects"]
            if r["term"] == term and r["other"] is None
        )
        assert [found[k] for k in ("mean", "sd", "low", "high")] == pytest.approx(
            [mean, sd, mean - reach * sd, mean + reach * sd]
        )


def test_the_pull_by_size(numbers):
    model = numbers["models"]["random_intercept"]
    ratio = model["sigma"] ** 2 / model["random_effects"][0]["variance_or_covariance"]
    assert numbers["shrinkage"]["ratio"] == pytest.approx(ratio)
    sizes = numbers["shrinkage"]["by_size"]
    assert [row["measurements"] for row in sizes] == [4, 5]
    for row in sizes:
        assert row["kept"] == pytest.approx(row["measurements"] / (row["measurements"] + ratio))
        assert row["kept"] + row["pulled"] == pytest.approx(1.0)
    assert sum(row["groups"] for row in sizes) == 20


def test_the_conditional_spread_of_levels_by_size_is_that_of_the_blups(numbers):
    """σ/√(r + σ²/τ²) is the square root of τ² − τ⁴1'V⁻¹1, V written out."""
    model = numbers["models"]["random_intercept"]
    tau2, sigma2 = model["random_effects"][0]["variance_or_covariance"], model["sigma"] ** 2
    for row in numbers["shrinkage"]["by_size"]:
        r = row["measurements"]
        V = tau2 * np.ones((r, r)) + sigma2 * np.eye(r)
        left = tau2 - tau2**2 * np.linalg.inv(V).sum()
        assert row["shared_se"] == pytest.approx(np.sqrt(left), rel=1e-9)


def test_the_pull_under_other_noise_and_the_identity_are_there(numbers):
    found = numbers["shrinkage"]
    (now,) = [each for each in found["noise"]["settings"] if each["times"] == 1.0]
    assert now["pulled_least"] == pytest.approx(found["by_size"][0]["pulled"])
    assert now["pulled_most"] == pytest.approx(found["by_size"][-1]["pulled"])
    assert found["digits"] == 10
    terms = [row["term"] for row in found["spreads"]["random_slope"]]
    assert terms == ["Intercept", "t"]


def test_effective_degrees_lie_between_the_models_at_either_end(numbers):
    degrees = numbers["shrinkage"]["effective_degrees"]
    assert 2 < degrees["random_intercept"] < 21
    assert degrees["random_intercept"] < degrees["random_slope"] < 40
    assert 1 <= numbers["shrinkage"]["level_degrees"] < 20


def test_an_own_line_is_least_squares_of_the_groups_rows(numbers):
    table = [row for i, row in enumerate(rows(slope_sd=0.8)) if i % 7]
    for line in numbers["shrinkage"]["lines"]:
        mine = [row for row in table if row["id"] == line["level"]]
        slope, level = np.polyfit([row["t"] for row in mine], [row["y"] for row in mine], 1)
        assert (line["own_slope"], line["own_level"]) == pytest.approx((slope, level), rel=1e-8)


def test_the_forecast_of_the_mean_is_the_average_line(numbers):
    level, slope = (row["estimate"] for row in numbers["models"][numbers["used"]]["fixed_effects"])
    assert [row["at"] for row in numbers["forecast"]["table"]] == [0, 1, 2, 3, 4]
    for row in numbers["forecast"]["grid"]:
        assert row["mean"] == pytest.approx(level + slope * row["at"])
        assert row["observation_low"] < row["group_low"] < row["mean_low"] < row["mean"]
        sigma = numbers["models"][numbers["used"]]["sigma"]
        assert row["observation_sd"] ** 2 - row["group_sd"] ** 2 == pytest.approx(sigma**2)


def test_a_forecast_holds_covariates_at_their_mean_and_factors_at_the_first_level(tmp_path):
    covariates = (Covariate(column="sex", kind="factor"), Covariate(column="dose", kind="numeric"))
    table = rows(sex_effect=5.0)
    found, _ = analyse(study(table, tmp_path, covariates=covariates))
    beta = {r["term"]: r["estimate"] for r in found["models"][found["used"]]["fixed_effects"]}
    dose = np.mean([row["dose"] for row in table])
    at = found["forecast"]["grid"][10]
    expected = beta["Intercept"] + beta["t"] * at["at"] + beta["dose"] * dose
    assert at["mean"] == pytest.approx(expected)


def test_the_headline_repeats_the_model_used(numbers):
    headline, model = numbers["headline"], numbers["models"][numbers["used"]]
    assert headline["model"] == numbers["used"]
    assert (headline["measurements"], headline["groups"]) == (model["n_obs"], 20)
    assert [headline["level"], headline["slope"]] == [r["estimate"] for r in model["fixed_effects"]]


@pytest.mark.parametrize(
    ("low", "high", "period", "values"),
    [
        (0, 8, 1, [0, 2, 4, 6, 8]),
        (1, 76, 12, [12, 24, 36, 48, 60, 72]),
        (0.1, 0.52, 1, [0.1, 0.2, 0.3, 0.4, 0.5]),
        (-3, 3, 1, [-3, -2, -1, 0, 1, 2, 3]),
        (1990, 2024, 1, [1990, 1995, 2000, 2005, 2010, 2015, 2020]),
    ],
)
def test_round_values_lie_inside_the_span(low, high, period, values):
    assert round_values(low, high, period) == pytest.approx(values)


@pytest.mark.parametrize("span", [1e-12, 1e-7, 0.37, 3.0, 17.3, 1e6])
def test_there_are_always_a_handful_of_values(span):
    for low in (0.0, -span / 3, 1.7 * span):
        found = round_values(low, low + span, 1.0)
        assert 4 <= len(found) <= 8
        assert low - 1e-9 * span <= found[0]
        assert found[-1] <= low + span * (1 + 1e-9)


def test_a_period_gives_the_table_its_steps(tmp_path):
    table = [{**row, "t": 12 * row["t"]} for row in rows()]
    time = Time(
        column="t", label="age", unit="month", units="months", per=Period(count=12, name="year")
    )
    found, _ = analyse(study(table, tmp_path, time=time))
    assert [row["at"] for row in found["forecast"]["table"]] == [0, 12, 24, 36, 48]

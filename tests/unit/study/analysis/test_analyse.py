"""A study's table to its numbers: closed forms, a known truth, the same bytes at every run."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from lmm.errors import LmmError
from lmm.study.analysis.analyse import analyse, write_analysis
from lmm.study.configuration.load import load_configuration
from lmm.study.configuration.settings import Covariate, Source, Time
from tests.unit.study.simulated import GROUPS, VISITS, column, rows, study


def test_the_balanced_one_way_layout_has_its_closed_form(tmp_path):
    table = rows()
    numbers, _ = analyse(study(table, tmp_path, time=None))
    y = column(table, "y").reshape(GROUPS, VISITS)
    within = ((y - y.mean(axis=1, keepdims=True)) ** 2).sum() / (GROUPS * (VISITS - 1))
    between = VISITS * y.mean(axis=1).var(ddof=1)
    tau2 = (between - within) / VISITS
    model = numbers["models"]["random_intercept"]
    assert model["sigma"] == pytest.approx(math.sqrt(within), rel=1e-6)
    assert model["random_effects"][0]["variance_or_covariance"] == pytest.approx(tau2, rel=1e-6)
    (mean,) = model["fixed_effects"]
    assert mean["estimate"] == pytest.approx(y.mean(), rel=1e-12)
    assert mean["se"] == pytest.approx(math.sqrt(between / y.size), rel=1e-6)
    assert mean["dof"] == pytest.approx(GROUPS - 1, rel=1e-4)
    assert numbers["icc"]["random_intercept"]["value"] == pytest.approx(
        tau2 / (tau2 + within), rel=1e-6
    )
    kept = tau2 / (tau2 + within / VISITS)
    for row, own in zip(numbers["shrinkage"]["levels"], y.mean(axis=1), strict=True):
        assert row["own"] == pytest.approx(own, rel=1e-12)
        assert row["kept"] == pytest.approx(kept, rel=1e-6)
        assert row["shared"] == pytest.approx(y.mean() + kept * (own - y.mean()), rel=1e-9)
    assert numbers["forecast"] is None
    assert numbers["verdict"] is None
    assert set(numbers["models"]) == {"pooled", "stratified", "random_intercept"}


def test_pooled_and_stratified_are_least_squares(tmp_path):
    table = rows()
    numbers, _ = analyse(study(table, tmp_path))
    y, t = column(table, "y"), column(table, "t")
    groups = np.repeat(np.eye(GROUPS), VISITS, axis=0)
    for name, X in (
        ("pooled", np.column_stack([np.ones_like(t), t])),
        ("stratified", np.column_stack([groups, t])),
    ):
        beta, squares, *_ = np.linalg.lstsq(X, y, rcond=None)
        sigma2 = squares[0] / (len(y) - X.shape[1])
        se = np.sqrt(sigma2 * np.linalg.inv(X.T @ X)[-1, -1])
        slope = next(row for row in numbers["models"][name]["fixed_effects"] if row["term"] == "t")
        assert slope["estimate"] == pytest.approx(beta[-1], rel=1e-10)
        assert slope["se"] == pytest.approx(se, rel=1e-10)
        assert numbers["models"][name]["sigma"] == pytest.approx(math.sqrt(sigma2), rel=1e-10)
        log_likelihood = -0.5 * len(y) * (1 + np.log(2 * np.pi * squares[0] / len(y)))
        assert numbers["models"][name]["log_likelihood"] == pytest.approx(log_likelihood, rel=1e-12)


def test_the_simulated_truth_is_inside_the_intervals(tmp_path):
    numbers, _ = analyse(study(rows(slope_sd=0.8), tmp_path, confidence=0.999))
    assert numbers["used"] == "random_slope"
    level, slope = numbers["models"]["random_slope"]["fixed_effects"]
    assert level["low"] < 10 < level["high"]
    assert slope["low"] < 0.5 < slope["high"]
    (spread,) = [
        row
        for row in numbers["profiles"]["random_slope"]
        if row["kind"] == "sd" and row["term"] == "t"
    ]
    assert spread["low"] < 0.8 < spread["high"]


def test_a_level_moves_by_its_weight_of_the_way_also_with_a_covariate_of_the_group(tmp_path):
    table = rows(sex_effect=3.0)
    sexes = (Covariate(column="sex", kind="factor", level="group"),)
    numbers, _ = analyse(study(table, tmp_path, covariates=sexes))
    model = numbers["models"]["random_intercept"]
    beta = {row["term"]: row["estimate"] for row in model["fixed_effects"]}
    y = column(table, "y").reshape(GROUPS, VISITS)
    tau2 = model["random_effects"][0]["variance_or_covariance"]
    kept = tau2 / (tau2 + model["sigma"] ** 2 / VISITS)
    assert "left out" in numbers["models"]["stratified"]["messages"][0]
    for i, row in enumerate(numbers["shrinkage"]["levels"]):
        own = y[i].mean() - beta["t"] * np.arange(VISITS).mean()
        expected = beta["Intercept"] + beta["sex[T.m]"] * (i % 2)
        assert row["level"] == f"c{i + 1}"
        assert row["own"] == pytest.approx(own, rel=1e-9)  # balanced: one slope in both models
        assert row["expected"] == pytest.approx(expected, rel=1e-9)
        assert row["kept"] == pytest.approx(kept, rel=1e-6)
        assert row["shared"] - expected == pytest.approx(
            kept * (own - expected), rel=1e-6, abs=1e-9
        )


def test_two_runs_give_the_same_bytes(tmp_path):
    made = study(rows(slope_sd=0.5), tmp_path)
    runs = []
    for name in ("first", "second"):
        paths = tmp_path / f"{name}.json", tmp_path / f"{name}-rows.json"
        write_analysis(made, analysis_path=paths[0], measurements_path=paths[1])
        runs.append([path.read_bytes() for path in paths])
    assert runs[0] == runs[1]


def test_the_order_of_the_rows_does_not_matter(tmp_path):
    table = rows(slope_sd=0.5)
    shuffled = [table[i] for i in np.random.default_rng(1).permutation(len(table))]
    numbers = []
    for name, each in (("a", table), ("b", shuffled)):
        (tmp_path / name).mkdir()
        numbers.append(analyse(study(each, tmp_path / name))[0])
    a, b = (each["models"]["random_slope"] for each in numbers)
    assert a["criterion"] == pytest.approx(b["criterion"], rel=1e-11)
    levels = [[row["level"] for row in each["shrinkage"]["levels"]] for each in numbers]
    assert levels[0] == levels[1] == [f"c{i + 1}" for i in range(GROUPS)]


def test_a_derived_time_is_told_on_its_original_scale(tmp_path):
    table = [{**row, "t": row["t"] + 30} for row in rows()]
    made = study(
        table,
        tmp_path,
        derived={"tc": {"column": "t", "centre": 32}},
        time=Time(column="tc", label="age", origin=32),
    )
    numbers, clean = analyse(made)
    assert (numbers["data"]["time"]["min"], numbers["data"]["time"]["max"]) == (30, 34)
    assert numbers["forecast"]["grid"][0]["at"] == 30
    y = column(table, "y").reshape(GROUPS, VISITS)
    level = numbers["models"]["pooled"]["fixed_effects"][0]["estimate"]
    assert level == pytest.approx(y.mean(), rel=1e-12)  # 32 is the middle of the times
    assert sorted(clean.frame["tc"].unique()) == [-2, -1, 0, 1, 2]


def test_a_covariate_without_a_kind_is_a_factor_where_its_cells_are_text(tmp_path):
    covariates = (Covariate(column="sex"), Covariate(column="dose"))
    numbers, _ = analyse(study(rows(sex_effect=1.0), tmp_path, covariates=covariates))
    terms = [row["term"] for row in numbers["models"]["pooled"]["fixed_effects"]]
    assert terms == ["Intercept", "t", "sex[T.m]", "dose"]


def test_a_time_that_never_varies_within_a_group_is_refused(tmp_path):
    table = [{**row, "t": row["dose"]} for row in rows()]
    with pytest.raises(LmmError, match="one time for each group"):
        analyse(study(table, tmp_path))


def test_a_file_that_is_not_there(tmp_path):
    made = study(rows(), tmp_path, source=Source(file=Path("absent.csv")))
    with pytest.raises(LmmError, match=r"absent\.csv"):
        analyse(made)


def test_the_numbers_are_json_without_a_clock(tmp_path):
    numbers, _ = analyse(study(rows(), tmp_path))
    text = json.dumps(numbers, allow_nan=False)
    assert str(tmp_path) not in text
    assert numbers["provenance"]["data_file"] == "table.csv"


def test_the_origin_of_a_scaled_time_is_in_its_own_unit(tmp_path):
    """Years made from months, centred at 36 months: zero is 3 years."""
    table = [{**row, "t": 12 * row["t"]} for row in rows()]
    made = study(table, tmp_path)
    (tmp_path / "config.yaml").write_text(
        f"""\
studies:
  made:
    data: {{file: {made.source.file}}}
    derived: {{age: {{column: t, centre: 36, scale: 12}}}}
    outcome: {{column: y}}
    group: {{column: id}}
    time: {{column: age, unit: year}}
"""
    )
    configured = load_configuration(tmp_path / "config.yaml").studies["made"]
    assert configured.time is not None
    assert configured.time.origin == 3
    numbers, _ = analyse(configured)
    assert (numbers["data"]["time"]["min"], numbers["data"]["time"]["max"]) == (0, 4)

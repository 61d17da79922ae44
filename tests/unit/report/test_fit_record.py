"""A fit as JSON: the contract's keys, and what a reader should know."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lmm.model.fit import fit_mixed
from lmm.model.ordinary import fit_pooled, fit_stratified
from lmm.model.serial.fitting import fit_serial
from lmm.report.fit_record import fit_messages, fit_record

KEYS = {
    "schema",
    "formula",
    "method",
    "n_obs",
    "n_groups",
    "rows_dropped",
    "converged",
    "singular",
    "messages",
    "criterion",
    "log_likelihood",
    "aic",
    "bic",
    "sigma",
    "fixed_effects",
    "random_effects",
}
EFFECT = {"term", "estimate", "se", "se_model", "dof", "t", "p", "low", "high", "dof_method"}
COMPONENT = {"group", "term", "other", "variance_or_covariance", "sd_or_correlation"}


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(3)
    group, x = np.repeat(np.arange(10), 5), np.tile(np.arange(5.0), 10)
    y = 4.0 + 0.5 * x + rng.normal(0, 1, 10)[group] + rng.normal(0, 0.5, 50)
    y[7] = np.nan
    return {"y": y, "x": x, "g": [f"g{i}" for i in group]}


def test_the_keys_are_the_contracts(table):
    record = fit_record(fit_mixed("y ~ x + (x | g)", table), with_blups=True)
    assert set(record) == KEYS | {"parameters", "blups"}
    assert all(set(row) == EFFECT for row in record["fixed_effects"])
    assert all(set(row) == COMPONENT for row in record["random_effects"])
    assert all(set(row) == {"group", "level", "term", "value", "se"} for row in record["blups"])
    assert [(row["term"], row["other"]) for row in record["random_effects"][:3]] == [
        ("Intercept", None),
        ("x", None),
        ("Intercept", "x"),
    ]
    assert len(record["blups"]) == 20
    json.dumps(record, allow_nan=False)


def test_what_was_fitted(table):
    record = fit_record(fit_mixed("y ~ x + (1 | g)", table, reml=False))
    assert (record["method"], record["n_obs"], record["rows_dropped"]) == ("ML", 49, 1)
    assert record["n_groups"] == {"g": 10}
    assert record["formula"] == "y ~ x + (1 | g)"
    assert record["parameters"] == 4
    assert record["criterion"] == pytest.approx(-2 * record["log_likelihood"])
    assert record["aic"] == pytest.approx(record["criterion"] + 8)
    assert record["bic"] == pytest.approx(record["criterion"] + 4 * math.log(49))
    assert "blups" not in record


def test_ordinary_fits_have_the_same_keys_and_no_random_effects(table):
    pooled = fit_record(fit_pooled("y ~ x", table))
    stratified = fit_record(fit_stratified("y ~ x", table, group="g"))
    assert set(pooled) == set(stratified) == KEYS | {"parameters"}
    assert pooled["method"] == stratified["method"] == "OLS"
    assert pooled["random_effects"] == stratified["random_effects"] == []
    assert (pooled["n_groups"], stratified["n_groups"]) == ({}, {"g": 10})
    assert stratified["parameters"] == 10 + 1 + 1


def test_messages_name_what_was_left_out_and_the_boundary(table):
    doubled = {**table, "z": 2 * np.asarray(table["x"])}
    assert any("z" in text for text in fit_messages(fit_pooled("y ~ x + z", doubled)))
    alike = {**table, "y": np.tile([1.0, 2.5, 2.0, 4.0, 4.5], 10)}
    record = fit_record(fit_mixed("y ~ x + (1 | g)", alike))
    assert record["singular"]
    assert any("boundary" in text and "Intercept" in text for text in record["messages"])


def test_confidence_widens_the_intervals(table):
    fit = fit_mixed("y ~ x + (1 | g)", table)
    narrow, wide = (fit_record(fit, confidence=c)["fixed_effects"][1] for c in (0.9, 0.99))
    assert wide["low"] < narrow["low"] < narrow["estimate"] < narrow["high"] < wide["high"]


def test_a_correlation_of_zero_is_said():
    table = pd.read_csv(
        Path(__file__).resolve().parents[2] / "reference" / "data" / "Orthodont.csv"
    )
    fit = fit_serial("distance ~ age * Sex + (1 | Subject)", table, time="age")
    record = fit_record(fit)
    assert record["serial_correlation"]["phi"] == 0.0
    assert record["converged"] and len(record["messages"]) == 1
    assert record["messages"][0].startswith("boundary fit: the correlation of residuals over age")
    assert record["parameters"] == 7

"""What only a mixed model answers: predictions, effects, components, serial correlation."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import lmm
from lmm.errors import LmmError

SLEEP = Path(__file__).resolve().parents[2] / "reference" / "data" / "sleepstudy.csv"


def test_predictions_for_rows_fitted_new_groups_and_the_population(ours, table):
    np.testing.assert_allclose(ours.predict(level="group"), ours.fittedvalues)
    new = pd.DataFrame({"x": [2.0, 2.0], "g": ["s03", "unseen"]})
    line = ours.params["Intercept"] + 2 * ours.params["x"]
    np.testing.assert_allclose(ours.predict(new), [line, line])
    own = ours.random_effects["s03"]
    np.testing.assert_allclose(
        ours.predict(new, level="group"), [line + own["Intercept"] + 2 * own["x"], line]
    )
    np.testing.assert_allclose(ours.predict({"x": [2.0]}), [line])


def test_predictions_with_intervals(ours):
    new = pd.DataFrame({"x": [2.0, 2.0, 7.0], "g": ["s03", "unseen", "s03"]})
    told = ours.predictions(new, confidence=0.9)
    assert told["kind"].tolist() == ["known group", "new group", "known group"]
    assert told["value"].to_numpy() == pytest.approx(ours.predict(new, level="group"))
    wider = ours.predictions(new, confidence=0.99)
    assert (wider["low"] < told["low"]).all() and (told["low"] < told["value"]).all()
    assert (told["observation_low"] < told["low"]).all()
    average = ours.predictions({"x": [0.0]}, level="population")
    assert average.loc[0, "low"] == pytest.approx(ours.conf_int().loc["Intercept", 0])


def test_tables_of_effects_and_components(ours):
    assert list(ours.blups.columns) == ["group", "level", "term", "value", "se"]
    assert len(ours.blups) == 30
    assert set(ours.variance_components["term"]) >= {"Intercept", "x"}


def test_serial_correlation():
    """nlme: lme(Reaction ~ Days, random = ~ 1 | Subject, correlation = corCAR1(form = ~ Days | Subject))."""
    table = pd.read_csv(SLEEP)
    results = lmm.fit("Reaction ~ Days + (1 | Subject)", table, serial="Days")
    assert results.llf == pytest.approx(-868.09553177994, abs=1e-7)
    assert results.aic == pytest.approx(2 * 868.09553177994 + 2 * 5, abs=1e-6)
    assert results.criterion == pytest.approx(-2 * results.llf)
    assert results.params.to_numpy() == pytest.approx([252.8414457006, 10.4668736947], rel=1e-7)
    assert results.bse.to_numpy() == pytest.approx([10.940931924, 1.344080554], rel=1e-6)
    row = results.serial_correlation
    assert row.phi == pytest.approx(0.653133537, rel=1e-6)
    assert row.low < row.phi < row.high
    assert f"Residuals one unit of Days apart correlate {row.phi:.5g}" in results.summary()
    assert results.converged and not results.singular
    assert results.predict(level="group") == pytest.approx(results.fittedvalues.to_numpy())
    with pytest.raises(LmmError, match="serial correlation"):
        results.predictions(table)

"""Codes kept and codes missing: the study that was published with them, and simulated ones."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmm.diagnostics.missing_codes import missing_codes, missing_codes_check
from lmm.model.fit import fit_mixed
from lmm.model.ordinary import fit_pooled
from tests.reference.course.nepal import GROWTH
from tests.reference.course.tables import CourseTables
from tests.unit.diagnostics.conftest import study

TABLE = study(np.random.default_rng(4))


def test_the_published_slide_unaided(course_data):
    """``lmer(arm ~ factor(sex) * ageC + lit * ageC + wt + (ageC | id), nepal)`` with wt's codes kept, and missing.

    lme4 1.1-31. Slide 81 prints the first: its text draws conclusions from five weights of 99.9.
    """
    table = CourseTables(course_data).nepal
    fit = fit_mixed(GROWTH, table)
    found = missing_codes(fit, table)
    assert found is not None
    assert [(d.column, d.value, len(d.rows), d.reason) for d in found.found] == [
        ("wt", 99.9, 5, "code")
    ]
    assert (table["wt"].to_numpy()[found.found[0].rows] == 99.9).all()
    assert (found.rows_kept, found.rows_dropped) == (882, 877)
    wt, sex, age = (found.terms.index(name) for name in ("wt", "C(sex)[T.2]", "ageC"))
    assert [found.kept[wt], found.dropped[wt]] == pytest.approx([0.00987, 0.71067], abs=5e-6)
    assert [found.kept[sex], found.dropped[sex]] == pytest.approx([0.02405, 0.29890], abs=5e-6)
    assert [found.kept[age], found.dropped[age]] == pytest.approx([0.029, -0.069], abs=5e-4)
    assert found.sigma == pytest.approx((0.474, 0.339), abs=5e-4)
    assert [found.sd_kept[0], found.sd_dropped[0]] == pytest.approx([0.830, 0.579], abs=5e-4)
    check = missing_codes_check(found)
    assert (check.statistic, check.verdict, check.where) == (5.0, "concern", ("wt = 99.9",))


def test_a_model_of_sound_columns_has_nothing_to_doubt(course_data):
    table = CourseTables(course_data).nepal_without_codes
    assert missing_codes(fit_mixed(GROWTH, table), table) is None
    assert missing_codes_check(None).verdict == "fine"


def test_the_refit_is_the_fit_of_the_table_with_the_codes_missing():
    w = np.where(np.isin(np.arange(len(TABLE["y"])), [4, 30, 31]), -99.0, TABLE["w"])
    fit = fit_mixed("y ~ x + w + (x | g)", TABLE | {"w": w})
    found = missing_codes(fit, TABLE | {"w": w})
    keep = w != -99.0
    expected = fit_mixed("y ~ x + w + (x | g)", {name: c[keep] for name, c in TABLE.items()})
    assert found is not None
    assert found.dropped == pytest.approx(expected.beta, abs=1e-7)
    assert found.dropped_se == pytest.approx(np.sqrt(np.diag(expected.vcov)), rel=1e-6)
    assert found.moved == pytest.approx(
        np.abs(found.dropped - fit.beta) / np.maximum(found.kept_se, found.dropped_se)
    )
    assert missing_codes_check(found).where == ("w = -99",)


def test_a_range_declared_impossible():
    fit = fit_mixed("y ~ x + w + (x | g)", TABLE)
    assert missing_codes(fit, TABLE) is None
    lowest = float(TABLE["w"].min())
    found = missing_codes(fit, TABLE, ranges={"w": (lowest + 1e-9, 10.0)})
    assert found is not None and found.found[0].reason == "range"
    assert found.found[0].value == lowest


def test_rows_that_cannot_do_without_the_values_give_no_numbers():
    fit = fit_mixed("y ~ x + w + (x | g)", TABLE)
    found = missing_codes(fit, TABLE, ranges={"w": (1e6, 2e6)})
    assert found is not None and np.isnan(found.dropped).all()
    assert missing_codes_check(found).verdict == "concern"


def test_an_ordinary_regression_is_looked_over_too():
    """Its refit is least squares without the rows: the normal equations give the same coefficients."""
    w = np.where(np.isin(np.arange(len(TABLE["y"])), [4, 30, 31]), -99.0, TABLE["w"])
    found = missing_codes(fit_pooled("y ~ x + w", pd.DataFrame(TABLE | {"w": w})), TABLE | {"w": w})
    assert found is not None
    keep = w != -99.0
    for kept, rows in ((found.kept, np.full(len(w), True)), (found.dropped, keep)):
        X = np.column_stack([np.ones(rows.sum()), TABLE["x"][rows], w[rows]])
        assert kept == pytest.approx(np.linalg.solve(X.T @ X, X.T @ TABLE["y"][rows]), rel=1e-9)
    assert (found.rows_kept, found.rows_dropped) == (len(w), len(w) - 3)
    assert found.sd_kept.size == found.sd_dropped.size == 0

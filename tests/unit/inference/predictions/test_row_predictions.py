"""Rows of a table predicted by what is known of their group."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import stdtrit

from lmm.errors import DataError, ModelError
from lmm.inference.predictions.bands import forecast, predict_rows
from lmm.inference.predictions.knowledge import of_group, of_new_group
from lmm.inference.predictions.row_predictions import predict_table
from lmm.inference.predictions.shared import shared_by_groups
from lmm.model.fit import fit_mixed

NEW = {
    "x": [5.0, 0.0, 2.0, 5.0, 3.0, 6.0],
    "g": [8, 99, 77, 1, 77, None],
    "y": [1.0, None, 4.0, None, None, 5.0],
}


@pytest.fixture(scope="module")
def predicted(small_slope):
    return predict_table(small_slope, NEW)


def test_whose_prediction_each_row_is(predicted):
    assert [row.kind for row in predicted] == [
        "known group",
        "new group",
        "measured group",
        "known group",
        "measured group",
        "new group",
    ]
    assert [row.measurements for row in predicted] == [6, 0, 1, 2, 1, 0]


def test_values_are_those_of_predict_rows_but_for_measured_groups(small_slope, predicted):
    plain = predict_rows(small_slope, {"x": NEW["x"], "g": NEW["g"]}, level="group")
    for row, value in zip(predicted, plain, strict=True):
        if row.kind != "measured group":
            assert row.value == pytest.approx(value, rel=1e-12)


def test_intervals_are_those_of_the_groups_line(small_slope, predicted):
    shared = shared_by_groups(small_slope)

    def rows(x):
        return np.column_stack([np.ones(len(x)), x])

    seen = rows([2.0])
    expected = {
        0: of_group(shared, 8).line(rows([5.0]), rows([5.0])),
        2: of_new_group(shared).after(seen, seen, np.array([4.0])).line(seen, seen),
        5: of_new_group(shared).line(rows([6.0]), rows([6.0])),
    }
    for i, line in expected.items():
        row = predicted[i]
        reach = stdtrit(line.dof[0], 0.975) * line.sd[0]
        wide = stdtrit(line.observation_dof[0], 0.975) * np.hypot(line.sd[0], small_slope.sigma)
        found = (row.value, row.se, row.low, row.high, row.observation_low, row.observation_high)
        value = line.value[0]
        assert found == pytest.approx(
            (value, line.sd[0], value - reach, value + reach, value - wide, value + wide)
        )


def test_a_new_group_is_the_forecasts(small_slope):
    rows = np.array([[1.0, 3.0]])
    (band,) = forecast(small_slope, at=np.zeros(1), X=rows, Z=rows, confidence=0.8)
    (row,) = predict_table(small_slope, {"x": [3.0], "g": ["never"]}, confidence=0.8)
    assert (row.value, row.low, row.high) == pytest.approx(
        (band.mean, band.group_low, band.group_high)
    )
    assert row.observation_high == pytest.approx(band.observation_high)
    (row,) = predict_table(small_slope, {"x": [3.0]}, level="population", confidence=0.8)
    assert (row.kind, row.se) == ("population", pytest.approx(band.mean_se))
    assert (row.low, row.high) == pytest.approx((band.mean_low, band.mean_high))
    assert row.observation_low == pytest.approx(band.observation_low)


def test_the_order_and_the_company_of_rows_do_not_matter(small_slope, predicted):
    frame = pd.DataFrame(NEW).iloc[[4, 0, 2, 5, 1, 3]]
    again = predict_table(small_slope, frame)
    for place, row in zip([4, 0, 2, 5, 1, 3], again, strict=True):
        assert row.value == pytest.approx(predicted[place].value)
        assert row.high == pytest.approx(predicted[place].high)


def test_factors_labels_and_integers(sleep):
    table = sleep.assign(half=np.where(sleep["Days"] < 5, "early", "late"))
    fit = fit_mixed("Reaction ~ Days + half + (Days | Subject)", table)
    new = {"Days": [3, 7], "half": ["early", "late"], "Subject": ["308", "999"]}
    rows = predict_table(fit, new)
    assert [row.kind for row in rows] == ["known group", "new group"]
    kept = table[(table["Subject"] == 308) & (table["Days"] == 3)].index[0]
    assert rows[0].value == pytest.approx(fit.fitted_values[kept])


def test_a_row_without_its_numbers_has_no_prediction_and_spoils_no_other(small_slope):
    new = {"x": [np.nan, 2.0], "g": [77, 77], "y": [3.0, 4.0]}
    lacking, whole = predict_table(small_slope, new)
    (alone,) = predict_table(small_slope, {"x": [2.0], "g": [77], "y": [4.0]})
    assert np.isnan(lacking.value) and np.isnan(lacking.low)
    assert (whole.kind, whole.measurements) == (alone.kind, 1)
    assert (whole.value, whole.high) == pytest.approx((alone.value, alone.high))


def test_what_cannot_be_predicted(small_slope):
    with pytest.raises(
        ModelError, match=r"(?s)there is no level .*The levels are: population, group"
    ):
        predict_table(small_slope, NEW, level="pig")
    with pytest.raises(ModelError, match="lack the columns x, g"):
        predict_table(small_slope, {"y": [1.0]})
    with pytest.raises(ModelError, match=r"lack the column x\n  The columns given are: g\.$"):
        predict_table(small_slope, {"g": [1]}, level="population")
    with pytest.raises(DataError, match="must hold numbers"):
        predict_table(small_slope, {"x": [1.0], "g": [77], "y": ["tall"]})
    with pytest.raises(DataError, match="not finite"):
        predict_table(small_slope, {"x": [1.0], "g": [77], "y": [np.inf]})

"""Order, gaps and the refusal of times that cannot order a group's measurements."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmm.errors import DataError, ModelError
from lmm.model.groups import group_rows
from lmm.model.serial.series import series_of, whiten


def made(groups, times):
    frame = pd.DataFrame({"child": groups, "age": times})
    return series_of(group_rows(("child",), frame), frame["age"])


def test_order_and_gaps():
    series = made(["b", "a", "b", "a", "b", "c"], [7.0, 1.0, 3.0, 3.0, 4.0, 9.0])
    assert list(series.order) == [1, 3, 2, 4, 0, 5]
    assert series.unit == 2.0  # of the gaps 2, 1 and 3
    inf = np.inf
    assert series.gaps.tolist() == [inf, 1.0, inf, 0.5, 1.5, inf]


def test_phi_is_per_unit_of_the_users_time():
    series = made(["a", "a", "b", "b"], [0, 4, 10, 14])
    assert series.rate(0.5) == pytest.approx(4 * np.log(2))
    assert series.phi(series.rate(0.3)) == pytest.approx(0.3)
    assert (series.phi(np.inf), series.rate(0.0)) == (0.0, np.inf)


@pytest.mark.parametrize("phi", [0.001, 0.5, 0.9, 1 - 1e-9])
def test_whitened_rows_have_the_metric_of_the_correlation(phi):
    """rows' R⁻¹ rows and log|R| against R written out; near 1 only differences keep their digits."""
    rng = np.random.default_rng(4)
    times = np.array([0.0, 1.0, 3.5, 4.0, 9.0])
    series = made(["a"] * 5, times)
    rows = np.column_stack([np.ones(5), rng.normal(size=5)])
    apart = np.abs(times[:, None] - times)
    R = phi**apart
    white = whiten(series, rows, series.rate(phi))
    if phi < 0.99:
        assert white.rows.T @ white.rows == pytest.approx(rows.T @ np.linalg.solve(R, rows))
        assert white.log_det == pytest.approx(np.linalg.slogdet(R)[1])
    else:  # Brownian motion: independent increments of variance 2(1 − phi)·gap
        increments = np.diff(rows[:, 1]) ** 2 / (2 * (1 - phi) * np.diff(times))
        assert white.rows[1:, 1] @ white.rows[1:, 1] == pytest.approx(increments.sum(), rel=1e-6)
        assert white.rows[1:, 0] == pytest.approx(np.sqrt((1 - phi) * np.diff(times) / 2), rel=1e-6)
        assert white.log_det == pytest.approx(np.log(2 * (1 - phi) * np.diff(times)).sum())


def test_without_correlation_rows_stay():
    rows = np.random.default_rng(1).normal(size=(4, 3))
    white = whiten(made(["a", "a", "b", "b"], [1, 2, 1, 5]), rows, np.inf)
    assert white.rows == pytest.approx(rows, rel=1e-15)
    assert (white.log_det, white.log_det_change) == (0.0, 0.0)
    assert not white.change.any()


def test_a_time_met_twice_in_a_group_is_refused():
    with pytest.raises(DataError, match="child a has more than one measurement at age 3") as error:
        made(["a", "b", "a", "a", "a"], [3.0, 3.0, 3.0, 4.0, 3.0])
    assert "1 more rows likewise" in str(error.value) and "column 'age'" in str(error.value)


def test_a_missing_time_is_refused():
    with pytest.raises(DataError, match="child b has a measurement whose age is missing"):
        made(["a", "a", "b"], [1.0, 2.0, np.nan])


def test_a_time_that_is_no_number_is_refused():
    with pytest.raises(DataError, match="'age' is not numeric: it holds, for example, 'June'"):
        made(["a", "a"], ["June", "July"])
    with pytest.raises(DataError, match="not numeric"):
        made(["a", "a"], pd.to_datetime(["2020-01-01", "2020-02-01"]))


def test_groups_measured_once_are_refused():
    with pytest.raises(ModelError, match="no level of 'child' has two measurements"):
        made(["a", "b", "c"], [1.0, 2.0, 3.0])

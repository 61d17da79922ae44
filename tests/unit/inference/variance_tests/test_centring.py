"""The slope's test at several origins, against the fits of a table in which the column was shifted."""

from __future__ import annotations

import numpy as np
import pytest

from lmm.errors import ModelError
from lmm.inference.variance_tests.centring import CentringRow, centring_rows, conclusion_moves
from lmm.inference.variance_tests.comparison import random_effect_test
from lmm.model.fit import fit_mixed


def test_nepals_slope_at_four_ages(nepal_slope):
    """exactRLRT's statistic in R is 1.6, 7.2, 8.7 and 4.8 with age counted from 0, 24, 36 and 48 months."""
    rows = centring_rows(nepal_slope, "ageC", np.array([-36.0, -12.0, 0.0, 12.0]))
    assert [row.statistic for row in rows] == pytest.approx([1.6, 7.2, 8.7, 4.8], abs=0.05)
    assert rows[2].statistic == pytest.approx(8.664487798410449, rel=1e-7)
    expected = (0.103, 0.0037, 0.0016, 0.0145)
    assert [row.p_mixture for row in rows] == pytest.approx(expected, abs=5e-4, rel=0.02)
    assert [row.correlated_statistic for row in rows] == pytest.approx([9.03109687] * 4, rel=1e-7)


@pytest.mark.parametrize("form", ["x | g", "x || g"])
def test_a_shifted_table(small, form):
    rows = centring_rows(fit_mixed(f"y ~ x + ({form})", small), "x", np.array([0.0, 4.0]))
    for row in rows:
        moved = small.assign(x=small["x"] - row.centre)
        level = fit_mixed("y ~ x + (1 | g)", moved)
        both = [fit_mixed(f"y ~ x + ({bar})", moved) for bar in ("x || g", "x | g")]
        tests = [random_effect_test(("1", level), ("2", fit)) for fit in both]
        found = (row.statistic, row.correlated_statistic)
        assert found == pytest.approx([test.statistic for test in tests], abs=1e-6)
        assert row.p_mixture == pytest.approx(tests[0].p_mixture, rel=1e-5)


def test_more_than_one_slope(sleep):
    fit = fit_mixed("Reaction ~ Days + (1 | Subject)", sleep)
    with pytest.raises(ModelError, match="one slope"):
        centring_rows(fit, "Days", np.array([0.0]))


@pytest.mark.parametrize(
    ("ps", "moves"),
    [([0.001, 0.2], True), ([0.001, 0.0499], False), ([0.0499, 0.05], True), ([0.05, 0.2], False)],
)
def test_whether_the_conclusion_depends_on_the_centre(ps, moves):
    rows = [
        CentringRow(centre=0.0, statistic=1.0, p_mixture=p, correlated_statistic=1.0) for p in ps
    ]
    assert conclusion_moves(rows, level=0.05) is moves

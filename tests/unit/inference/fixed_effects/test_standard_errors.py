"""The panel's rows against R's (clubSandwich 0.5.8, lmerTest 3.1-3, pbkrtest 0.5.2) and by counting."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from lmm.inference.fixed_effects.standard_errors import standard_errors
from lmm.model.fit import fit_mixed


def test_nine_literate_mothers(nepal):
    """Nepal's literacy: 9 of 197 groups; p .0036 by the model, .040 by what the groups themselves say."""
    row = standard_errors(fit_mixed("arm ~ age + lit + (1 | id)", nepal))[2]
    assert row.term == "lit"
    assert row.rarer_groups == 9
    assert row.se_model == pytest.approx(0.316309344655, rel=1e-8)
    assert row.se_kenward_roger == pytest.approx(0.316340110645, rel=1e-8)
    assert row.se_robust == pytest.approx(0.385421068677, rel=1e-8)
    assert (row.dof_satterthwaite, row.dof_kenward_roger, row.dof_robust) == pytest.approx(
        (210.09259067, 215.83791965, 8.64461075), rel=1e-6
    )
    assert row.dof_between_within == 195.0
    assert row.ratio == pytest.approx(0.385421068677 / 0.316309344655, rel=1e-8)
    assert row.p_kenward_roger == pytest.approx(0.0036, abs=5e-5)
    assert row.p_robust == pytest.approx(0.040, abs=5e-4)
    # with equal groups it would be (1/9 + 1/188)² / (1/9³ + 1/188³)
    assert row.effective_groups == pytest.approx(9.88, rel=0.03)


def test_pigs_grow_at_their_own_rates(pig):
    """A random intercept alone: the standard error of the slope is 2.36 times too small."""
    row = standard_errors(fit_mixed("weight ~ weeks + (1 | id)", pig))[1]
    assert row.ratio == pytest.approx(0.09203820587 / 0.03906328973, rel=1e-7)
    assert row.dof_robust == pytest.approx(47.0, rel=1e-9)
    assert row.effective_groups == pytest.approx(48.0, rel=1e-9)
    assert row.p_ratio < 1e-6
    assert row.rarer_groups is None


def test_p_is_that_of_t(small_slope):
    for row in standard_errors(small_slope):
        for se, dof, p in [
            (row.se_model, np.inf, row.p_wald),
            (row.se_model, row.dof_satterthwaite, row.p_satterthwaite),
            (row.se_model, row.dof_between_within, row.p_between_within),
            (row.se_kenward_roger, row.dof_kenward_roger, row.p_kenward_roger),
            (row.se_robust, row.dof_robust, row.p_robust),
        ]:
            assert p == pytest.approx(2.0 * stats.t(dof).sf(abs(row.estimate / se)), rel=1e-9)
        below = stats.chi2(row.dof_robust).cdf(row.dof_robust * row.ratio**2)
        assert row.p_ratio == pytest.approx(2.0 * min(below, 1.0 - below))


def test_how_often_chance_gives_such_a_ratio(sleep):
    """Balanced and with the model's own slopes, robust and model agree: nothing is rarer than that."""
    rows = standard_errors(fit_mixed("Reaction ~ Days + (Days | Subject)", sleep))
    assert [row.ratio for row in rows] == pytest.approx([1.0, 1.0], rel=1e-7)
    assert all(row.p_ratio > 0.9 for row in rows)


def test_maximum_likelihood_has_no_kenward_roger(small):
    rows = standard_errors(fit_mixed("y ~ x + (1 | g)", small, reml=False))
    assert {(row.se_kenward_roger, row.dof_kenward_roger, row.p_kenward_roger) for row in rows} == {
        (None, None, None)
    }


def test_a_group_with_a_value_to_itself_has_no_robust_error(sleep):
    """Its residuals are zero by the fit, and a sandwich of the others' would call the coefficient sure."""
    one = sleep.assign(one=(sleep["Subject"] == 308).astype(float))
    level, slope, alone = standard_errors(fit_mixed("Reaction ~ Days + one + (1 | Subject)", one))
    assert (alone.se_robust, alone.p_robust, alone.low_robust, alone.ratio) == (None,) * 4
    assert alone.rarer_groups == 1
    assert level.se_robust is not None
    assert slope.se_robust is not None


def test_a_row_with_a_value_to_itself_has_no_robust_error():
    """The only row of its arm: rounding is all that is left of its residual."""
    table = {
        "y": [49.0, 49.0, 51.0, 51.0, 50.0, 48.0, 51.0],
        "x": [0.0, 1.0, 2.0, 3.0, 2.0, 1.0, 2.0],
        "arm": [0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0],
        "g": [1, 1, 1, 1, 2, 3, 3],
    }
    frame = pd.DataFrame(table)
    rows = standard_errors(fit_mixed("y ~ x + arm + (1 | g)", frame))
    assert rows[2].se_robust is None
    # beside that row the others' errors are those of the model without it and its arm
    others = standard_errors(fit_mixed("y ~ x + (1 | g)", frame[frame["arm"] == 0.0]))
    for row, other in zip(rows, others, strict=False):
        assert row.se_model == pytest.approx(other.se_model, rel=1e-6)
        assert row.se_robust == pytest.approx(other.se_robust, rel=1e-6)
        assert row.dof_robust == pytest.approx(other.dof_robust, rel=1e-6)


def test_the_robust_interval_is_the_t_interval(sleep):
    rows = standard_errors(fit_mixed("Reaction ~ Days + (Days | Subject)", sleep), confidence=0.9)
    for row in rows:
        ends = stats.t(row.dof_robust, row.estimate, row.se_robust).interval(0.9)
        assert (row.low_robust, row.high_robust) == pytest.approx(ends, rel=1e-10)

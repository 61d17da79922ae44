"""When standard errors are judged: the thresholds themselves, and the course's two cases."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from lmm.diagnostics.standard_errors import few_groups, may_be_chance, model_and_robust_errors
from lmm.inference.fixed_effects.standard_errors import standard_errors
from lmm.model.fit import fit_mixed


@dataclass
class Row:
    term: str = "x"
    ratio: float | None = 1.0
    p_ratio: float | None = 0.01
    effective_groups: float = 100.0


@pytest.mark.parametrize(
    ("ratio", "p", "verdict"),
    [
        (1.0, 1.0, "fine"),
        (1.25, 0.001, "fine"),
        (1.2501, 0.9, "note"),
        (0.8, 0.001, "fine"),
        (0.7999, 0.001, "note"),
        (1.51, 0.049, "concern"),
        (1.51, 0.051, "note"),
        (0.66, 0.001, "concern"),
    ],
)
def test_how_far_the_errors_may_differ(ratio, p, verdict):
    check = model_and_robust_errors([Row(), Row(term="z", ratio=ratio, p_ratio=p)])
    assert check.verdict == verdict
    assert check.where == (() if verdict == "fine" else ("z",))
    assert check.statistic == pytest.approx(max(ratio, 1 / ratio))


@pytest.mark.parametrize(
    ("groups", "verdict"),
    [(20.0, "fine"), (19.9, "note"), (5.0, "note"), (4.9, "concern")],
)
def test_how_few_groups_are_few(groups, verdict):
    check = few_groups([Row(), Row(term="lit", effective_groups=groups)])
    assert (check.verdict, check.statistic) == (verdict, groups)
    assert check.where == (() if verdict == "fine" else ("lit",))


def test_the_worst_comes_first():
    rows = [
        Row(term="a", ratio=1.3, effective_groups=15),
        Row(term="b", ratio=0.5, effective_groups=8),
    ]
    assert model_and_robust_errors(rows).where == ("b", "a")
    assert few_groups(rows).where == ("b", "a")


def test_no_coefficient_no_check():
    for check in (model_and_robust_errors([]), few_groups([])):
        assert (check.statistic, check.verdict, check.where) == (None, "fine", ())


def test_a_coefficient_without_a_robust_error_takes_no_part():
    rows = [Row(term="z", ratio=None, p_ratio=None), Row(ratio=1.3)]
    assert model_and_robust_errors(rows).where == ("x",)
    assert model_and_robust_errors(rows[:1]).statistic is None
    assert not may_be_chance(rows[0])


def test_a_coverage_that_is_said():
    """The source's own arithmetic."""
    assert [2 * stats.norm.cdf(stats.norm.ppf(0.975) / f) - 1 for f in (1.25, 1.5)] == (
        pytest.approx([0.883, 0.809], abs=5e-4)
    )


def grown(slopes):
    rng = np.random.default_rng(6)
    group, x = np.repeat(np.arange(40), 8), np.tile(np.arange(8.0), 40)
    y = rng.normal(size=40)[group] + slopes * rng.normal(size=40)[group] * x + rng.normal(size=320)
    return pd.DataFrame({"y": y, "x": x, "g": group})


def test_slopes_left_out_of_the_model_are_found():
    rows = standard_errors(fit_mixed("y ~ x + (1 | g)", grown(1.0)))
    assert model_and_robust_errors(rows).verdict == "concern"
    assert (
        model_and_robust_errors(rows).where == ("x",) or "x" in model_and_robust_errors(rows).where
    )


def test_a_model_that_holds_passes():
    rows = standard_errors(fit_mixed("y ~ x + (1 | g)", grown(0.0)))
    assert model_and_robust_errors(rows).verdict == "fine"
    assert few_groups(rows).verdict == "fine"


def test_a_treatment_of_four_clinics_is_seen():
    """40 groups, of which 4 are treated."""
    table = grown(0.0)
    table["treated"] = (table["g"] < 4).astype(float)
    rows = standard_errors(fit_mixed("y ~ x + treated + (1 | g)", table))
    check = few_groups(rows)
    assert (check.verdict, check.where) == ("concern", ("treated",))
    assert 4.0 < (check.statistic or 0.0) < 5.0

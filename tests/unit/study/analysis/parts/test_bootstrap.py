"""The bootstrap intervals of a study: beside those of the profiles, seeded, counted, left out of large tables."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest
from scipy import stats

from lmm.report.reading import Reading
from lmm.report.tables.bootstrap import bootstrap_table
from lmm.study.analysis.analyse import analyse
from tests.unit.study.simulated import GROUPS, VISITS, column, rows, study


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """Slopes that do not differ: the random intercept answers, and all is balanced."""
    table = rows(seed=3)
    made = study(table, tmp_path_factory.mktemp("study"), seed=11)
    return table, analyse(made)[0]


def by_name(numbers):
    return {(row["kind"], row["term"]): row for row in numbers["bootstrap"]["intervals"]}


def test_a_balanced_study_has_its_distributions_in_closed_form(found):
    """σ̂² is a χ² of the rows within, the slope is normal, 1 + r·ICC/(1 − ICC) a multiple of an F."""
    table, numbers = found
    assert numbers["used"] == "random_intercept"
    assert (numbers["bootstrap"]["draws"], numbers["bootstrap"]["seed"]) == (1999, 11)
    assert (numbers["bootstrap"]["failed"], numbers["bootstrap"]["boundary"]) == (0, 0)
    y, t = column(table, "y").reshape(GROUPS, VISITS), np.arange(VISITS) - (VISITS - 1) / 2
    about = y - y.mean(axis=1, keepdims=True)
    slope = (about * t).sum() / (GROUPS * (t**2).sum())
    within = GROUPS * (VISITS - 1) - 1
    sigma2 = ((about - slope * t) ** 2).sum() / within
    bound = by_name(numbers)
    row = bound["residual_sd", ""]
    ends = np.sqrt(sigma2 * stats.chi2(within).ppf([0.025, 0.975]) / within)
    assert (row["low"], row["high"]) == pytest.approx(ends, rel=0.015)
    row = bound["fixed_effect", "t"]
    se = np.sqrt(sigma2 / (GROUPS * (t**2).sum()))
    assert (row["low"], row["high"]) == pytest.approx(
        slope + stats.norm.ppf([0.025, 0.975]) * se, abs=0.15 * se
    )
    f = VISITS * y.mean(axis=1).var(ddof=1) / sigma2
    ratios = f * stats.f(GROUPS - 1, within).ppf([0.025, 0.975])
    row = bound["icc", ""]
    ends = (ratios - 1.0) / (ratios + VISITS - 1.0)
    assert (row["low"], row["high"]) == pytest.approx(ends, abs=0.02)


def test_profile_and_bootstrap_agree_where_estimates_are_nearly_normal(found):
    """20 groups: both ends of the spreads within a fifth of the interval's width."""
    _, numbers = found
    bound = by_name(numbers)
    for profile in numbers["profiles"][numbers["used"]]:
        row = bound[profile["kind"], profile["term"]]
        width = profile["high"] - profile["low"]
        assert (row["low"], row["high"]) == pytest.approx(
            (profile["low"], profile["high"]), abs=0.2 * width
        )


def test_the_table_has_both_intervals_and_says_how_many_were_drawn(found):
    _, numbers = found
    reading = Reading({**numbers, "study": _WORDS})
    table = bootstrap_table(reading, number=3)
    cells = {row.cells[0].text: [cell.text for cell in row.cells[1:]] for row in table.rows}
    assert set(cells) >= {"Average slope, cm a year", "Spread of errors, cm", "Marginal R²"}
    assert cells["Marginal R²"][1] == "–"
    assert " to " in cells["Spread of errors, cm"][1]
    assert " to " in cells["Spread of errors, cm"][2]
    assert "1999 new outcomes" in table.notes[0]
    assert "seed 11" in table.notes[0]
    assert table.notes[0].endswith("Every refit found its optimum; none ended on the boundary.")


def test_refits_that_failed_or_ended_on_the_boundary_are_told(found):
    made = {**found[1]["bootstrap"], "failed": 2, "boundary": 400}
    reading = Reading({**found[1], "bootstrap": made, "study": _WORDS})
    (note,) = bootstrap_table(reading, number=3).notes
    assert "2 (0.1%) of the refits found no optimum and are left out" in note
    assert note.endswith("400 (20.0%) ended on the boundary.")


def test_it_is_left_out_of_large_tables(tmp_path, monkeypatch):
    monkeypatch.setattr(import_module("lmm.study.analysis.parts.bootstrap"), "_ROWS", 10)
    made = study(rows(seed=3), tmp_path)
    numbers = analyse(made)[0]
    assert numbers["bootstrap"]["intervals"] == []
    assert numbers["bootstrap"]["reason"] == "more than 10 rows"


_WORDS = {
    "confidence": 0.95,
    "outcome": {"column": "y", "label": "height", "unit": "cm"},
    "group": {"column": "id", "singular": "child", "plural": "children"},
    "also_grouped_by": [],
    "time": {
        **{"column": "t", "label": "time", "unit": "year", "units": "years"},
        **{"origin": 0.0, "origin_label": "", "per": None},
    },
}

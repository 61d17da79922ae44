"""What the report finds in the course's own data that the course's slides do not say."""

from __future__ import annotations

from pathlib import Path

import pytest

from lmm.study.analysis.analyse import analyse
from lmm.study.configuration.load import load_configuration
from lmm.study.publishing.reporting import complete_results

CONFIGURATION = Path(__file__).parents[2] / "config" / "course.yaml"


@pytest.fixture(scope="module")
def said(course_data):
    """The sentences of both studies by their ids."""
    for name in ("Nepal.csv", "pig.csv"):
        course_data(name)
    found = {}
    for name, study in load_configuration(CONFIGURATION).studies.items():
        numbers, _ = analyse(study)
        results = complete_results(study, numbers, configuration=CONFIGURATION)
        found[name] = {finding["id"]: finding["text"] for finding in results["findings"]}
    return found


def test_the_random_intercept_is_too_sure_of_the_pigs(said):
    """The slides give 0.0391; clubSandwich's CR2 is 0.0920, 2.36 times as much."""
    text = said["pigs_course"]["errors_disagree"]
    assert "The random intercept model alone puts" in text
    for number in ("at 0.0391", "0.0920", "2.36 times"):
        assert number in text


def test_the_test_of_slopes_depends_on_where_age_is_counted_from(said):
    """RLRsim: p .0016 at 36 months, where the slides centre; elsewhere it is above .05."""
    text = said["nepal_course"]["centring"]
    assert "8.7 (p\u00a0=\u00a00.0016) with time counted from 36 months" in text
    assert "would depend on that choice" in text
    assert "they get 9.0 wherever" in text
    assert "the conclusion is the same" in said["pigs_course"]["centring"]


def test_literacy_rests_on_nine_mothers(said):
    """The slides' t of 2.94; clubSandwich: p .040 on 8.6 degrees of freedom."""
    text = said["nepal_course"]["few_groups_literacy"]
    assert "rests on 9 of 197 children" in text
    assert "p\u00a0=\u00a00.040 instead of p\u00a0=\u00a00.0036" in text


def test_change_and_difference_are_told_apart_or_not(said):
    """lme4: the group mean beside age has .00083, p .863; plm's within slope is .0314. Pigs came together."""
    text = said["nepal_course"]["within_or_between"]
    assert "is 0.0314 cm a month" in text
    assert "differ by 0.0008" in text
    assert "p\u00a0=\u00a00.86" in text
    assert "earlier or later" in said["pigs_course"]["within_or_between"]


def test_hausmans_test_is_that_of_plm(said):
    assert (
        "χ² = 0.03 on 1 degree of freedom (p\u00a0=\u00a00.86)" in said["nepal_course"]["hausman"]
    )


def test_how_children_differ_is_not_read_off_predicted_slopes(said):
    """The slides count predicted slopes; the model: 6.0 %, SD .0209, predicted .0113.

    Over the interval of the SD alone the share runs from 0.2 % to 13 %; what is unknown of the mean adds to it.
    """
    text = said["nepal_course"]["slope_signs"]
    assert text.startswith(
        "The model puts 6% of children below zero (95% interval 0.2% to 14%), yet 0 of the 197 predicted slopes:"
    )
    assert (
        "18% for levels and 70% for slopes (standard deviation 0.77 of 0.85 and 0.011 of 0.021)"
        in (said["nepal_course"]["pooling"])
    )
    assert "less than 1% of pigs below zero" in said["pigs_course"]["slope_signs"]

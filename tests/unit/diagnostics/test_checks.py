"""All checks together: their order, clean data, and the two studies of the course as they are."""

from __future__ import annotations

import numpy as np
import pytest

from lmm.diagnostics.checks import IDS, all_checks, checks_of, remedies_of
from lmm.diagnostics.examination import examine
from lmm.errors import ModelError
from lmm.model.fit import fit_mixed
from tests.reference.course.nepal import GROWTH, RANDOM_SLOPE
from tests.reference.course.tables import CourseTables
from tests.unit.diagnostics.conftest import study


def clean_table():
    table = study(np.random.default_rng(22), m=60, visits=(4, 9))
    return table | {"half": (table["g"] % 2).astype(float)}


def test_clean_data_pass_every_check_in_the_order_of_the_page():
    table = clean_table()
    checks = all_checks(fit_mixed("y ~ x + w + half + (x | g)", table), table, time="x")
    assert tuple(check.id for check in checks) == IDS
    assert {check.id: check.where for check in checks if check.verdict != "fine"} == {}
    assert all(check.source for check in checks)


def test_the_same_at_every_run():
    table = clean_table()
    fit = fit_mixed("y ~ x + w + (x | g)", table)
    assert all_checks(fit, table, time="x") == all_checks(fit, table, time="x")


def test_without_a_time_nothing_is_said_of_it():
    table = clean_table()
    checks = {check.id: check for check in all_checks(fit_mixed("y ~ w + (1 | g)", table), table)}
    assert "repeats" not in checks
    assert checks["serial"].statistic is None and checks["serial"].verdict == "fine"


def test_several_grouping_factors_are_refused():
    table = clean_table()
    table["h"] = np.arange(len(table["y"])) % 7
    fit = fit_mixed("y ~ x + (1 | g) + (1 | h)", table)
    with pytest.raises(ModelError, match="one grouping factor"):
        all_checks(fit, table, time="x")


def test_remedies_are_those_of_the_checks_that_spoke():
    table = clean_table()
    y = table["y"] + 8.0 * (table["g"] == 7)
    y[100] += 7.0
    fit = fit_mixed("y ~ x + w + (x | g)", table | {"y": y})
    found = examine(fit, table | {"y": y}, time="x")
    checks = checks_of(found)
    spoken = {check.id for check in checks if check.verdict != "fine"}
    remedies = {remedy.check: remedy for remedy in remedies_of(found, checks)}
    assert {"far-rows", "far-groups"} <= spoken
    assert set(remedies) == spoken & {"linearity", "far-rows", "far-groups", "influence"}
    assert "7" in remedies["far-groups"].what
    assert remedies["far-rows"].rows == fit.n - len(remedies["far-rows"].what)


def test_nepal_as_it_is(course_data):
    """What the course looks at by eye, and what it does not: slides 70 to 73 and 81."""
    table = CourseTables(course_data).nepal
    line = all_checks(fit_mixed(RANDOM_SLOPE, table), table, time="ageC")
    spoken = {check.id: check.where for check in line if check.verdict != "fine"}
    assert spoken["far-groups"] == ("57", "105", "14") and spoken["influence"] == ("57", "14")
    assert spoken["linearity"] == spoken["spread"] == ("ageC",)
    assert "missing-codes" not in spoken and "conclusions" not in spoken

    growth = all_checks(fit_mixed(GROWTH, table), table, time="ageC")
    spoken = {check.id: (check.verdict, check.where) for check in growth if check.verdict != "fine"}
    assert spoken["missing-codes"] == ("concern", ("wt = 99.9",))
    assert spoken["cells"] == ("note", ("lit",))


def test_pigs_as_they_are(course_data):
    table = CourseTables(course_data).pigs
    checks = all_checks(fit_mixed("weight ~ weeks + (weeks | id)", table), table, time="weeks")
    verdicts = {check.id: check.verdict for check in checks}
    assert (verdicts["serial"], verdicts["linearity"]) == ("concern", "note")
    assert verdicts["spread"] == verdicts["far-groups"] == verdicts["influence"] == "fine"

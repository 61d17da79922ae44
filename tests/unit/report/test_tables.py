"""Every number in a table is the number of the results, at the decimals shown."""

from __future__ import annotations

import re

import pytest

from lmm.report.tables import comparison
from lmm.report.tables.centring import centring_table
from lmm.report.tables.certainty import certainty_table
from lmm.report.tables.groups import forecast_table, groups_table
from lmm.report.tables.ladder import ladder_table
from lmm.report.tables.models import models_table
from lmm.report.tables.within_between import within_between_table
from tests.told import PATTERN, last_digit, told

CASES = ["rising", "falling", "unsettled", "below_zero", "tiny_numbers", "hostile_labels"]
NUMBER = re.compile(rf"^\u2212?{PATTERN}$")


def is_shown(value, text):
    """Whether ``text`` is the rounding of ``value`` to its own decimals."""
    if value is None:
        return not NUMBER.match(text)
    assert NUMBER.match(text), text
    return abs(told(text) - value) <= 0.5000001 * last_digit(text)


def interval_is_shown(low, high, text):
    left, right = text.split(" to ")
    return is_shown(low, left) and is_shown(high, right)


@pytest.mark.parametrize("case", CASES)
def test_the_ladder(case, canvas):
    reading = canvas(case).reading
    table = ladder_table(reading, number=1)
    keys = ("parameters", "log_likelihood", "aic", "bic", "estimate", "se")
    for row, record in zip(table.rows, reading.at("/ladder/rungs"), strict=True):
        for cell, key in zip(row.cells[1:], keys, strict=True):
            assert is_shown(record[key], cell.text)


@pytest.mark.parametrize("case", CASES)
def test_tests_of_differences(case, canvas):
    reading = canvas(case).reading
    table = comparison.tests_table(reading, number=1)
    records = [test for panel in reading.at("/boundary").values() for test in panel["tests"]]
    rows = [row for row in table.rows if not row.group]
    for row, record in zip(rows, records, strict=True):
        assert is_shown(record["statistic"], row.cells[1].text)
        shown = row.cells[2].text
        if shown.startswith("<"):
            limit = float(shown.lstrip("<\u00a0"))
            assert record["p"] < limit
            assert limit == (1 / record["draws"] if record["hits"] == 0 else 1e-4)
        else:
            assert is_shown(record["p"], shown)
        reference = row.cells[3].text
        if record["method"] == "exact" and record["hits"]:
            assert is_shown(record["mc_error"], reference.split()[-1])
        elif record["method"] == "exact":
            assert reference.startswith("none of 100\u202f000 draws")
        elif record["method"] == "bootstrap":
            assert reference.startswith(f"{record['hits']} of {record['draws']} studies")


@pytest.mark.parametrize("case", ["two_visits", "without_time"])
def test_a_test_that_is_not_there_says_why(case, canvas):
    """Also where no model is to be chosen, the differences of levels are tested."""
    table = comparison.tests_table(canvas(case).reading, number=1)
    assert [row.group for row in table.rows if row.group] == ["Do levels of pupils differ?"]
    said = [note for note in table.notes if "Not tested" in note]
    assert len(said) == (1 if case == "two_visits" else 0)
    assert all("48 rows cannot carry 2" in note for note in said)


@pytest.mark.parametrize("case", ["rising", "starters", "mostly_once", "entwined", "two_visits"])
def test_within_and_between(case, canvas):
    reading = canvas(case).reading
    table = within_between_table(reading, number=1)
    records = reading.at("/within_between/covariates")
    for row, record in zip(table.rows, records, strict=True):
        share, *slopes, p = row.cells[1:]
        assert is_shown(100 * record["between_share"], share.text.rstrip("%"))
        for cell, key in zip(slopes, ("within", "between", "contextual"), strict=True):
            slope = record[key]
            assert is_shown(slope and slope["estimate"], cell.text)
            assert slope is None or interval_is_shown(slope["low"], slope["high"], cell.under)
        known = record["contextual"]
        if p.text.startswith("<"):
            assert known["p"] < 1e-4
        else:
            assert is_shown(known and known["p"], p.text)


@pytest.mark.parametrize("case", CASES)
def test_what_the_test_of_slopes_depends_on(case, canvas):
    reading = canvas(case).reading
    table = centring_table(reading, number=1)
    for row, record in zip(table.rows, reading.at("/centring/rows"), strict=True):
        centre, statistic, p, correlated = (cell.text for cell in row.cells)
        assert is_shown(record["centre"], centre)
        assert is_shown(record["statistic"], statistic)
        assert record["p_mixture"] < 1e-4 if p[0] == "<" else is_shown(record["p_mixture"], p)
        assert is_shown(record["correlated_statistic"], correlated)


@pytest.mark.parametrize("case", [*CASES, "lone_arm"])
def test_certainty(case, canvas):
    reading = canvas(case).reading
    table = certainty_table(reading, number=1)
    records = reading.at(f"/certainty/{reading.used}/coefficients")
    rows = [row for row in table.rows if not row.group]
    assert len(rows) == 5 * len(records)
    for k, record in enumerate(records):
        for row, key in zip(
            rows[5 * k : 5 * k + 5],
            ("kenward_roger", "satterthwaite", "between_within", "wald", "robust"),
            strict=True,
        ):
            se = record.get(f"se_{key}", record["se_model"])
            assert is_shown(se and se / record["se_model"], row.cells[2].text)
            assert is_shown(se, row.cells[1].text)
            if f"dof_{key}" in record:
                assert is_shown(record[f"dof_{key}"], row.cells[3].text)
            p = row.cells[4].text
            assert (
                record[f"p_{key}"] < 1e-4 if p.startswith("<") else is_shown(record[f"p_{key}"], p)
            )


@pytest.mark.parametrize("case", CASES)
def test_forecast(case, canvas):
    reading = canvas(case).reading
    table = forecast_table(reading, number=1)
    for row, record in zip(table.rows, reading.at("/forecast/table"), strict=True):
        at, mean, group, observation = row.cells
        assert is_shown(record["at"], at.text)
        assert is_shown(record["mean"], mean.text)
        assert interval_is_shown(record["mean_low"], record["mean_high"], mean.under)
        assert interval_is_shown(record["group_low"], record["group_high"], group.text)
        assert interval_is_shown(
            record["observation_low"], record["observation_high"], observation.text
        )


@pytest.mark.parametrize("case", [*CASES, "two_visits", "without_time", "mostly_once"])
def test_groups(case, canvas):
    reading = canvas(case).reading
    table = groups_table(reading, number=1)
    levels, lines = reading.at("/shrinkage/levels"), reading.at("/shrinkage/lines")
    assert [row.level for row in table.rows] == [record["level"] for record in levels]
    for i, (row, record) in enumerate(zip(table.rows, levels, strict=True)):
        shown = [cell.text for cell in row.cells]
        assert len(shown) == len(table.columns)
        assert len(shown[0]) <= 40
        wanted = [record["measurements"], record["own"], record["shared"]]
        wanted += [lines[i]["own_slope"], lines[i]["shared_slope"]] if lines else []
        assert all(is_shown(value, text) for value, text in zip(wanted, shown[1:-1], strict=True))
        assert (
            record["pulled"] < 0.01
            if "less" in shown[-1]
            else is_shown(100 * record["pulled"], shown[-1].rstrip("%"))
        )


@pytest.mark.parametrize("case", [*CASES, "two_visits", "without_time"])
def test_the_models_side_by_side(case, canvas):
    reading = canvas(case).reading
    table = models_table(reading, number=1)
    names = [
        n for n in ("pooled", "stratified", "random_intercept", "random_slope") if reading.has(n)
    ]
    marked = [name for name, column in zip(names, table.columns[1:], strict=True) if column.marked]
    assert marked == [reading.used]
    # the average line comes first, then the spread, whose rows have the same labels
    rows = {row.cells[0].text: row.cells[1:] for row in reversed(table.rows) if row.cells}
    assert all(len(cells) == len(names) for cells in rows.values())
    for j, name in enumerate(names):
        model = reading.at(f"/models/{name}")
        assert is_shown(model["parameters"], rows["Parameters"][j].text)
        residual = next(cells for label, cells in rows.items() if label.startswith("Around"))
        assert is_shown(model["sigma"], residual[j].text)
        for effect in model["fixed_effects"]:
            label = "Level" if effect["term"] == "Intercept" else "Slope"
            cell = next(cells for text, cells in rows.items() if text.startswith(label))[j]
            assert is_shown(effect["estimate"], cell.text)
            assert interval_is_shown(effect["low"], effect["high"], cell.under)
        if "Standard error of the slope" in rows:
            slope = reading.at(reading.effect(name, "month"))
            assert is_shown(slope["se"], rows["Standard error of the slope"][j].text)
        icc = reading.at("/icc").get(name)
        assert is_shown(icc and icc["value"], rows["Intraclass correlation"][j].text)


def test_the_stratified_model_has_as_many_levels_as_groups(canvas):
    table = models_table(canvas("rising").reading, number=1)
    level = next(row for row in table.rows if row.cells and row.cells[0].text.startswith("Level"))
    assert level.cells[2].text == "24 levels"

"""Doubtful values: codes, values amid the others that go along with codes, and impossible ones."""

from __future__ import annotations

import numpy as np
import pytest

from lmm.ingest.audit import audit

RNG = np.random.default_rng(3)
WEIGHT, HEIGHT = RNG.normal(12.0, 2.0, 200), RNG.normal(90.0, 8.0, 200)
SCORE = RNG.integers(0, 13, 200).astype(float)


def planted(column, value, rows):
    changed = column.copy()
    changed[rows] = value
    return changed


def found(**columns):
    return [(d.column, d.value, d.rows.tolist(), d.reason, d.with_others) for d in audit(columns)]


def test_codes_of_several_columns_and_the_rows_they_share():
    assert found(
        weight=planted(WEIGHT, 99.9, [3, 8, 9]), height=planted(HEIGHT, 999.9, [8, 9])
    ) == [("weight", 99.9, [3, 8, 9], "code", 2), ("height", 999.9, [8, 9], "code", 2)]


def test_a_code_amid_the_scores_is_betrayed_by_its_rows():
    rows = [10, 40, 70, 120]
    score = planted(np.where(SCORE == 9, 5, SCORE), 9.0, rows)
    coded = planted(WEIGHT, 99.9, rows)
    assert ("score", 9.0, rows, "together", 4) in found(weight=coded, score=score)
    # nines as they come are scores, whatever the weights
    assert [each[0] for each in found(weight=coded, score=SCORE)] == ["weight"]
    assert found(weight=WEIGHT, score=score) == []


def test_impossible_values_by_the_range_declared():
    columns = {"weight": planted(WEIGHT, -1.5, [5]), "height": HEIGHT}
    (doubt,) = audit(columns, ranges={"weight": (0.0, 200.0)})
    assert (doubt.column, doubt.value, doubt.rows.tolist(), doubt.reason) == (
        "weight",
        -1.5,
        [5],
        "range",
    )
    assert not doubt.rows.flags.writeable


@pytest.mark.parametrize("column", [WEIGHT, np.full(5, np.nan), np.array([])])
def test_nothing_to_doubt(column):
    assert audit({"weight": column}) == () and audit({}) == ()

import numpy as np
import pytest

from lmm.ingest.suspects import suspected_codes, suspicion

WEIGHTS = np.random.default_rng(3).normal(12.0, 2.0, 200)


def found(values):
    return [(each.value, each.rows) for each in suspected_codes("w", np.asarray(values, float))]


@pytest.mark.parametrize("code", [99.9, 88.8, 999.0, -999.0, 99.0, -9.0, 9999.0, 777.0])
def test_codes_far_from_the_rest_are_suspected(code):
    assert found([*WEIGHTS, code, code]) == [(code, 2)]


def test_several_codes_do_not_hide_each_other():
    codes = [99.9] * 30 + [88.8] * 20 + [-999.0] * 2 + [999.0]
    assert found([*WEIGHTS, *codes]) == [(-999.0, 2), (88.8, 20), (99.9, 30), (999.0, 1)]


def test_one_value_of_two_digits_is_not_enough():
    assert found([*WEIGHTS, 99.0]) == []


def test_the_same_digits_amid_the_others_are_ordinary():
    scores = np.arange(0, 120, 0.5)
    assert found([*scores, 99.0, 99.0, 88.0, 9.0]) == []
    assert found([*-scores, -99.0, -99.0]) == []


def test_a_long_tail_is_not_a_code():
    incomes = np.exp(np.linspace(0, 9.3, 500))
    assert found([*incomes, 9999.0, 9999.0]) == []


def test_a_column_that_is_constant_but_for_the_code():
    assert found([0.0] * 40 + [99.0] * 3) == [(99.0, 3)]


def test_missing_and_empty_columns():
    assert found([np.nan, *WEIGHTS]) == []
    assert found([]) == [] and found([99.0, 99.0]) == []


def test_the_sentence_names_values_and_counts():
    one = suspected_codes("weight", np.array([*WEIGHTS, 99.9, 99.9, 99.9]))
    assert suspicion(one) == (
        "column weight holds 99.9 (3 times), far from the rest: a missing-value code? "
        "If so, declare it under missing_codes"
    )
    two = suspected_codes("weight", np.array([*WEIGHTS, 99.9, 99.9, 888.8]))
    assert "99.9 (twice), 888.8 (once), far from the rest: missing-value codes?" in suspicion(two)

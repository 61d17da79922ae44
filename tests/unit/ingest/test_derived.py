import numpy as np
import pytest

from lmm.errors import ConfigurationError, DataError
from lmm.ingest.derived import derived_values, parse_derived, sources_of


def derive(given, **columns):
    (derivation,) = parse_derived({"new": given}).values()
    arrays = {name: np.asarray(values, float) for name, values in columns.items()}
    return derived_values("new", derivation, arrays, where="table.csv")


def test_centre_and_scale():
    assert derive({"column": "age", "centre": 36, "scale": 12}, age=[36, 48]).tolist() == [0, 1]
    assert derive({"column": "age"}, age=[36, 48]).tolist() == [36, 48]


def test_missing_stays_missing_and_nothing_else_becomes_it():
    values = derive("wt / ht + 0 ** wt", wt=[1, np.nan, 3], ht=[2, 4, np.nan])
    assert values[0] == 0.5 and np.isnan(values[1:]).all()
    # NumPy calls anything to the power nought one, even what is missing.
    assert np.isnan(derive("wt ** 0", wt=[np.nan])).all()


@pytest.mark.parametrize(
    ("given", "held"),
    [("1 / wt", "wt = 0"), ("log(wt)", "wt = 0"), ("sqrt(wt - 1)", "wt = 0")],
)
def test_results_that_are_no_numbers_are_an_error_naming_rows(given, held):
    with pytest.raises(
        DataError, match=f"column new is not a finite .* 1 row .row 2; {held} in row 2"
    ):
        derive(given, wt=[4, 0, np.nan])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"centre": 3}, "given by column"),
        ({"column": "x", "center": 3}, "given by column"),
        ({"column": "x", "centre": "3"}, "centre is not a number"),
        ({"column": "x", "centre": True}, "centre is not a number"),
        ({"column": "x", "scale": float("nan")}, "scale is not a number"),
        ({"column": "x", "scale": 0}, "scale cannot be 0"),
        (3, "given by column"),
    ],
)
def test_wrong_settings_are_refused(given, message):
    with pytest.raises(ConfigurationError, match=message) as refusal:
        parse_derived({"new": given})
    assert refusal.value.problems[0].where == "derived: new"


@pytest.mark.parametrize("circle", [{"a": "a + 1"}, {"a": "b", "b": "c * 2", "c": {"column": "a"}}])
def test_circles_are_refused(circle):
    with pytest.raises(ConfigurationError, match="derived from itself: a from"):
        parse_derived(circle)


def test_sources_go_down_to_the_columns_of_the_file():
    derivations = parse_derived({"bmi": "wt / m ** 2", "m": {"column": "ht", "scale": 100}})
    assert sources_of(["id", "bmi", "wt"], derivations) == ("id", "wt", "ht")

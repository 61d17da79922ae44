import math
from decimal import Decimal

import numpy as np
import pytest

from lmm.ingest.numbers import looks_numeric, numeric_column


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12.0),
        ("+12.1", 12.1),
        ("-0.5", -0.5),
        (".5", 0.5),
        ("5.", 5.0),
        (" 10.979 ", 10.979),
        ("8.991000e+00", 8.991),
        ("15051.000E-03", 15.051),
        ("1e-400", 0.0),
        ("9007199254740993", 9007199254740992.0),
    ],
)
def test_what_is_a_number(raw, text, value):
    column = numeric_column(raw(y=[text, "1"]), "y")
    assert column.values.tolist() == [value, 1.0]
    assert not column.problems


@pytest.mark.parametrize(
    "text",
    [
        "1_000",
        "0x1F",
        "١٢",
        "1d3",
        "12.1 cm",
        "~12",
        "high",
        "1,234.5",
        "1e",
        "--1",
        "1 2",
        "½",
        "e5",
    ],
)
def test_what_is_no_number(raw, text):
    column = numeric_column(raw(y=["1", text, "2"]), "y")
    (problem,) = column.problems
    assert f"column y is not numeric: text in 1 of 3 rows (row 2: '{text}')" == problem.message
    assert math.isnan(column.values[1])


@pytest.mark.parametrize("text", ["inf", "-inf", "Infinity", "+INF", "1e400", "-1e400"])
def test_what_is_not_finite(raw, text):
    column = numeric_column(raw(y=["1", text]), "y")
    (problem,) = column.problems
    assert "not finite numbers in 1 row " in problem.message and text in problem.message
    assert math.isnan(column.values[1])


def test_every_token_of_missing_values_counts(raw):
    tokens = ["NA", "NaN", "", ".", "null", "N/A", "nan", "#N/A", "n/a", "NULL", "None", "  ", None]
    column = numeric_column(raw(y=["1", *tokens]), "y")
    assert column.missing == len(tokens) and not column.problems
    assert np.isnan(column.values[1:]).all()


def test_codes_are_compared_as_numbers_or_else_as_text(raw):
    table = raw(y=["88.80", "8.88e1", "12", "refused", "99.9", "-999"])
    column = numeric_column(table, "y", missing_codes=[88.8, "99.90", "refused", -999, 7])
    assert [(each.code, each.rows) for each in column.recoded] == [
        (88.8, 2),
        ("99.90", 1),
        ("refused", 1),
        (-999, 1),
    ]
    assert column.values[2] == 12.0 and np.isnan(np.delete(column.values, 2)).all()
    assert not column.problems and column.missing == 0


def test_decimal_comma_is_read_only_where_declared(raw):
    cells = ["10,5", "-2,25e1", "3"]
    assert numeric_column(raw(y=cells, decimal=","), "y").values.tolist() == [10.5, -22.5, 3.0]
    (problem,) = numeric_column(raw(y=cells[:1]), "y").problems
    assert "set decimal to ','" in problem.remedy
    (problem,) = numeric_column(raw(y=["10.5"], decimal=","), "y").problems
    assert "have a point" in problem.remedy


@pytest.mark.parametrize(
    ("cells", "remedy"),
    [
        (["1,234.5", "2,000.0"], "Commas between thousands"),
        (["1.234,5"], "Points between thousands"),
        (["True", "False"], "Boolean"),
        (["1,5", "tall"], "declare them under missing_codes"),
    ],
)
def test_the_remedy_fits_the_cells(raw, cells, remedy):
    (problem,) = numeric_column(raw(y=cells), "y").problems
    assert remedy in problem.remedy


def test_at_most_five_cells_are_quoted_and_long_ones_cut(raw):
    (problem,) = numeric_column(raw(y=["x" * 300] * 9), "y").problems
    assert problem.message.startswith("column y is not numeric: text in all rows (row 1:")
    assert problem.message.count("row ") == 5 and len(problem.message) < 400


def test_columns_that_are_numbers_already(raw):
    assert numeric_column(raw(y=[1, 2]), "y").values.tolist() == [1.0, 2.0]
    assert numeric_column(raw(y=[Decimal("1.5"), None]), "y").values[0] == 1.5
    assert numeric_column(raw(y=[1, "2.5", "x"]), "y").values[:2].tolist() == [1.0, 2.5]
    assert numeric_column(raw(y=[None, None]), "y").missing == 2
    coded = numeric_column(raw(y=[1.0, 9.0]), "y", missing_codes=["refused", 9])
    assert [each.code for each in coded.recoded] == [9]


def test_values_are_closed_to_writing(raw):
    with pytest.raises(ValueError, match="read-only"):
        numeric_column(raw(y=["1"]), "y").values[0] = 2.0


@pytest.mark.parametrize(
    ("cells", "expected"),
    [(["1", "NA"], True), (["1", "x"], False), (["NA", ""], False), ([True, False], False)],
)
def test_looks_numeric(raw, cells, expected):
    assert looks_numeric(raw(y=cells), "y") is expected

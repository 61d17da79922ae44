"""Laws of the way from a file to a clean table, on tables and expressions made at random."""

from __future__ import annotations

import csv
import io
import re
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmm.ingest.cleaning import CleanTable, clean
from lmm.ingest.expressions import parse_expression
from lmm.ingest.numbers import numeric_column
from lmm.ingest.readers import read_table
from lmm.ingest.roles import Covariate, Roles
from lmm.ingest.source import RawTable, SourceFacts

ROLES = Roles(outcome="y", group="g", time="t", covariates=(Covariate(column="x"),))
NAMES = ("g", "t", "y", "x")


def table_of(frame: pd.DataFrame) -> RawTable:
    source = SourceFacts(file="table.csv", sha256="", rows=len(frame))
    return RawTable(frame=frame, source=source, available=tuple(frame.columns))


NUMBERS = st.one_of(
    st.floats(-1e6, 1e6, allow_nan=False).map(repr),
    st.integers(-50, 50).map(str),
    st.sampled_from(["", "NA", "99.9", " 7 "]),
)
LABELS = st.sampled_from(["a", "b", "b ", "10", "9", "", "NA", "ç"])


@st.composite
def cells(draw) -> dict[str, list[str]]:
    """Columns of 12 to 30 rows, two sound groups among them so that most tables can be used."""
    n = draw(st.integers(8, 26))
    drawn = {
        name: draw(st.lists(LABELS if name == "g" else NUMBERS, min_size=n, max_size=n))
        for name in NAMES
    }
    sound = {"g": ["p", "p", "q", "q"], "t": list("0101"), "y": list("1357"), "x": list("2468")}
    return {name: drawn[name] + sound[name] for name in NAMES}


def cleaned(frame: pd.DataFrame) -> CleanTable:
    return clean(table_of(frame), roles=ROLES, missing_codes={"y": [99.9], "g": ["9"]})


@given(cells())
def test_every_row_is_used_or_left_out_for_one_reason(columns):
    table = cleaned(pd.DataFrame(columns))
    ledger = table.ledger
    assert ledger.rows_read == len(columns["y"])
    assert ledger.rows_used == len(table.frame) == len(table.rows)
    assert ledger.rows_read - ledger.rows_used == sum(gone.rows for gone in ledger.exclusions)

    def usable(row: int) -> bool:
        label, *numbers = (columns[name][row].strip() for name in NAMES)
        return label not in ("", "NA", "9") and not any(
            cell in ("", "NA") or (name == "y" and float(cell) == 99.9)
            for name, cell in zip(NAMES[1:], numbers, strict=True)
        )

    expected = [row + 1 for row in range(ledger.rows_read) if usable(row)]
    assert table.rows.tolist() == expected
    assert table.frame["y"].tolist() == [float(columns["y"][row - 1]) for row in expected]
    assert table.frame["g"].tolist() == [columns["g"][row - 1] for row in expected]


@given(cells(), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_columns_does_not_matter(columns, random):
    frame = pd.DataFrame(columns)
    rows = random.sample(range(len(frame)), len(frame))
    names = random.sample(NAMES, len(NAMES))
    plain, shuffled = cleaned(frame), cleaned(frame.iloc[rows][names].reset_index(drop=True))
    assert plain.ledger == shuffled.ledger
    assert sorted(plain.notes) == sorted(shuffled.notes)
    assert list(plain.frame["g"].cat.categories) == list(shuffled.frame["g"].cat.categories)
    places = np.array(rows)[shuffled.rows - 1] + 1
    again = shuffled.frame.iloc[np.argsort(places)].reset_index(drop=True)
    pd.testing.assert_frame_equal(plain.frame, again)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=50))
def test_every_float_is_read_back_bit_for_bit(values):
    column = numeric_column(table_of(pd.DataFrame({"y": [repr(v) for v in values]})), "y")
    assert column.values.tobytes() == np.array(values).tobytes()


@given(st.text(max_size=12))
def test_a_cell_is_a_number_missing_or_refused_but_never_guessed(text):
    column = numeric_column(table_of(pd.DataFrame({"y": [text, "1"]})), "y")
    outcomes = (np.isfinite(column.values[0]), column.missing == 1, len(column.problems) == 1)
    assert sum(outcomes) == 1
    if outcomes[0]:
        assert column.values[0] == float(text)


FIELDS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)


@given(
    st.lists(st.lists(FIELDS, min_size=3, max_size=3), min_size=1, max_size=8),
    st.sampled_from(",;\t|"),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_a_writer_wrote_is_what_is_read(rows, delimiter, line_end, encoding):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writerows([NAMES[:3], *rows])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        path.write_bytes(text.getvalue().encode(encoding))
        table = read_table(path)
    assert table.frame.to_numpy().tolist() == rows
    assert table.source.delimiter == delimiter


@st.composite
def expressions(draw, depth: int = 3) -> tuple[str, np.ndarray]:
    """The text of an expression and, made along with it by NumPy, its values."""
    kind = (
        draw(st.sampled_from(["column", "number", "binary", "minus", "call"]))
        if depth
        else "column"
    )
    if kind == "column":
        name = draw(st.sampled_from(list(ARRAYS)))
        return (name if name.isidentifier() else f"`{name}`"), ARRAYS[name]
    if kind == "number":
        value = draw(st.sampled_from(["2", "0.5", ".25", "3.", "1e1"]))
        return value, np.full(3, float(value))
    left, a = draw(expressions(depth=depth - 1))
    if kind == "minus":
        return f"-({left})", -a
    if kind == "call":
        name = draw(st.sampled_from(["log", "exp", "sqrt", "abs"]))
        return f"{name}({left})", getattr(np, name)(a)
    right, b = draw(expressions(depth=depth - 1))
    sign = draw(st.sampled_from(["+", "-", "*", "/", "**"]))
    made = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "**": np.power}
    return f"({left}) {sign} ({right})", made[sign](a, b)


ARRAYS = {
    "x": np.array([0.5, 1.0, 3.0]),
    "größe": np.array([2.0, -1.0, 7.5]),
    "a b": np.arange(3.0),
}

NAMED = re.compile("x(?!p)|größe|a b")


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@given(st.data())
def test_expressions_are_what_numpy_computes(data):
    text, values = data.draw(expressions().filter(lambda made: NAMED.search(made[0])))
    computed = parse_expression(text, where="").values(ARRAYS)
    np.testing.assert_array_equal(np.broadcast_to(computed, 3), values)

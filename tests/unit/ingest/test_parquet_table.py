import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lmm.errors import DataError
from lmm.ingest.labels import label_column
from lmm.ingest.numbers import numeric_column
from lmm.ingest.readers import read_table


@pytest.fixture
def parquet(tmp_path):
    def write(**columns):
        path = tmp_path / "table.parquet"
        pq.write_table(pa.table(columns), path)
        return path

    return write


def test_types_and_gaps_survive(parquet):
    path = parquet(
        id=pa.array([2**53, 2**53 + 1, None]),
        name=pa.array(["a", "b", "a"]).dictionary_encode(),
        y=pa.array([1.5, None, 2.5], pa.float32()),
        unused=[1, 2, 3],
    )
    table = read_table(path, columns=["id", "name", "y"])
    assert list(table.frame.columns) == ["id", "name", "y"]
    assert table.available == ("id", "name", "y", "unused")
    assert label_column(table, "id").values.tolist()[:2] == [str(2**53), str(2**53 + 1)]
    assert label_column(table, "name").values.tolist() == ["a", "b", "a"]
    y = numeric_column(table, "y")
    assert y.values[[0, 2]].tolist() == [1.5, 2.5] and y.missing == 1


def test_the_index_that_pandas_stores_is_a_column_like_others(tmp_path):
    path = tmp_path / "table.parquet"
    pd.DataFrame({"y": [1.0, 2.0]}, index=pd.Index(["a", "b"], name="id")).to_parquet(path)
    table = read_table(path, columns=["id", "y"])
    assert table.frame["id"].tolist() == ["a", "b"]


def test_single_precision_finds_its_codes(parquet):
    table = read_table(parquet(y=pa.array([1.0, 88.8, 99.9], pa.float32())))
    y = numeric_column(table, "y", missing_codes=[88.8, 99.9])
    assert [each.rows for each in y.recoded] == [1, 1]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (pa.array([[1.0], [2.0]]), "nested"),
        (pa.array([True, None]), "boolean"),
        (pa.array([0, 1], pa.date32()), "dates"),
        (pa.array([b"1", b"2"]), "type binary"),
        (pa.array([1.0, float("inf")]), "row 2: 'inf'"),
    ],
)
def test_columns_that_are_no_numbers(parquet, values, message):
    (problem,) = numeric_column(read_table(parquet(y=values)), "y").problems
    assert message in problem.message and "column y" in problem.message


def test_nested_values_are_no_labels(parquet):
    (problem,) = label_column(read_table(parquet(g=pa.array([[1.0], [2.0]]))), "g").problems
    assert "nested" in problem.message


def test_absent_duplicate_empty_and_oversized(parquet, tmp_path, monkeypatch):
    with pytest.raises(DataError, match="column z is not in the file"):
        read_table(parquet(y=[1.0]), columns=["z"])
    with pytest.raises(DataError, match="no data rows"):
        read_table(parquet(y=pa.array([], pa.float64())))
    twice = tmp_path / "twice.parquet"
    pq.write_table(pa.table([pa.array([1]), pa.array([2])], names=["y", "y"]), twice)
    with pytest.raises(DataError, match="duplicate column name y"):
        read_table(twice)
    monkeypatch.setattr("lmm.ingest.parquet_table.MAX_ROWS", 2)
    with pytest.raises(DataError, match="too large: the limits are 2 rows"):
        read_table(parquet(y=[1.0, 2.0, 3.0]))

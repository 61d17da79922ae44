import numpy as np
import pyarrow as pa
import pytest

from lmm.ingest.distinct import Distinct, coding


@pytest.fixture(params=[1, 10_000])
def pending(request, monkeypatch):
    monkeypatch.setattr("lmm.ingest.distinct._PENDING", request.param)


@pytest.mark.parametrize(
    ("parts", "cells"),
    [
        ([["b", "a", None], ["a", "c"], [None]], ["b", "a", "c"]),
        ([[3, 3, 1], [2, None]], [3, 1, 2]),
        ([[None, None], ["a"]], ["a"]),
        ([[None]], []),
        ([], []),
    ],
)
def test_each_cell_once_in_the_order_in_which_it_came(pending, parts, cells):
    distinct = Distinct()
    for part in parts:
        distinct.add(pa.array(part))
    assert distinct.cells.to_pylist() == cells


def test_codes_of_cells_and_none_for_what_is_missing():
    made = coding(pa.array(["b", "a", "c"]), np.array([1, 0, -1]))
    assert made.codes_of(pa.array(["a", "a", None, "b", "c"])).tolist() == [0, 0, -1, 1, -1]
    assert made.codes_of(pa.array([None, None])).tolist() == [-1, -1]
    numbers = coding(pa.array([30, 10, 20]), np.array([2, 0, 1]))
    assert numbers.codes_of(pa.array([10, None, 40, 30], pa.int64())).tolist() == [0, -1, -1, 2]

import numpy as np
import pytest

from lmm.model.grouprows import grouped_rows


@pytest.fixture(params=["in order", "mixed"])
def rows(request):
    rng = np.random.default_rng(4)
    codes = np.repeat(np.arange(30), rng.integers(1, 9, size=30))
    return grouped_rows(codes if request.param == "in order" else rng.permutation(codes), 30)


def test_sums_and_spread(rows):
    column = np.random.default_rng(5).normal(size=len(rows.codes))
    sums = [column[rows.codes == i].sum() for i in range(30)]
    assert rows.sums(column) == pytest.approx(sums, rel=1e-13, abs=1e-13)
    values = np.arange(30.0)
    assert (rows.spread(values) == values[rows.codes]).all()


def test_taking_out_leaves_what_is_orthogonal(rows):
    column, Q = np.random.default_rng(6).normal(size=(2, len(rows.codes)))
    Q /= np.sqrt(rows.sums(Q * Q))[rows.codes]
    before = column.copy()
    part = rows.take_out(column, Q)
    assert part == pytest.approx(rows.sums(Q * before), rel=1e-13, abs=1e-13)
    assert rows.sums(Q * column) == pytest.approx(np.zeros(30), abs=1e-13)
    assert column + part[rows.codes] * Q == pytest.approx(before, rel=1e-13)


@pytest.mark.parametrize("size", [1, 7, 20, 1000])
def test_blocks_hold_whole_groups_and_every_row_once(size, rows):
    seen = []
    for groups, place in rows.blocks(size):
        part = rows.part(groups, place)
        assert part.sizes.sum() == place.stop - place.start
        assert set(rows.codes[place]) == set(range(groups.start, groups.stop))
        sums = part.sums(np.ones(place.stop - place.start))
        assert (sums == rows.sizes[groups]).all()
        seen += range(place.start, place.stop)
    assert seen == list(range(len(rows.codes)))


def test_one_row_and_a_group_without_rows():
    assert grouped_rows(np.array([0]), 1).sums(np.array([2.5])) == [2.5]
    assert list(grouped_rows(np.array([0, 2]), 3).sums(np.array([1.0, 4.0]))) == [1.0, 0.0, 4.0]

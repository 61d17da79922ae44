import numpy as np
import pytest

from lmm.model.statistics import group_statistics


@pytest.fixture
def rows():
    rng = np.random.default_rng(9)
    codes = np.repeat([0, 1, 2, 3], [1, 2, 5, 8])
    x = rng.normal(size=16)
    x[codes == 2] = 3.0
    Z = np.column_stack([np.ones(16), x, rng.normal(size=16)])
    order = rng.permutation(16)
    return rng.normal(size=(16, 3))[order], Z[order], codes[order]


def test_each_group_is_its_own_qr(rows):
    XY, Z, codes = rows
    made = group_statistics(XY.copy(), Z, codes, 4)
    assert (made.n, made.p, made.q, made.m) == (16, 2, 3, 4)
    assert list(made.sizes) == [1, 2, 5, 8]
    for i in range(4):
        R, mine = made.R[:, :, i], codes == i
        assert pytest.approx(np.triu(R)) == R
        assert pytest.approx(Z[mine].T @ Z[mine], abs=1e-12) == R.T @ R
        assert R.T @ made.H[:, :, i] == pytest.approx(Z[mine].T @ XY[mine], abs=1e-12)


def test_rest_is_what_the_groups_columns_leave(rows):
    XY, Z, codes = rows
    rest = XY.copy()
    for i in range(4):
        mine = codes == i
        rest[mine] -= Z[mine] @ np.linalg.lstsq(Z[mine], XY[mine], rcond=1e-9)[0]
    assert pytest.approx(rest.T @ rest, abs=1e-12) == group_statistics(XY.copy(), Z, codes, 4).S


def test_columns_a_group_cannot_carry_are_zero(rows):
    XY, Z, codes = rows
    made = group_statistics(XY.copy(), Z, codes, 4)
    pivots = np.array([np.diag(made.R[:, :, i]) for i in range(4)])
    assert (pivots > 0).tolist() == [
        [True, False, False],
        [True, True, False],
        [True, False, True],
        [True] * 3,
    ]
    assert not made.H[1:, :, 0].any()


def test_statistics_are_read_only(rows):
    XY, Z, codes = rows
    made = group_statistics(XY.copy(), Z, codes, 4)
    assert not any(array.flags.writeable for array in (made.R, made.H, made.S, made.sizes))


def test_a_column_almost_constant_in_its_group_loses_no_digit():
    """Whole numbers far from zero, which differences of sums of squares would lose."""
    x = np.arange(15.0) - 7
    y = np.random.default_rng(10).normal(size=15)
    Z, one_group = np.column_stack([np.ones(15), 2.0**33 + x]), np.zeros(15, int)
    made = group_statistics(y[:, None].copy(), Z, one_group, 1)
    rest = y - y.mean()
    rest -= x * (x @ rest) / (x @ x)
    assert made.S[0, 0] == pytest.approx(rest @ rest, rel=1e-12)
    assert made.R[1, 1, 0] == pytest.approx(np.sqrt(x @ x), rel=1e-12)

"""What an ordinary regression with an intercept for each group cannot do."""

import pytest

from lmm.errors import ModelError
from lmm.model.ordinary import fit_stratified


def test_as_many_intercepts_and_slopes_as_rows_leave_no_residual():
    table = {"y": [1.0, 2, 4, 3], "x": [0.0, 1, 0, 2], "w": [0.0, 1, 5, 2], "g": [0, 0, 1, 1]}
    with pytest.raises(ModelError, match="4 rows cannot carry 2 intercepts and 2 slopes"):
        fit_stratified("y ~ x + w", table, group="g")
    assert fit_stratified("y ~ x", table, group="g").beta == pytest.approx([-0.2])

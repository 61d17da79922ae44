"""What is asked for is fitted, and what cannot be is refused."""

from __future__ import annotations

import numpy as np
import pytest

import lmm
from lmm.errors import LmmError


def test_names_that_are_offered():
    assert set(lmm.__all__) == {"__version__", "fit", "fit_many", "pooled", "stratified", "stream"}
    with pytest.raises(AttributeError, match="nothing"):
        _ = lmm.nothing


def test_requests_that_cannot_be_met_are_refused(ours, table):
    with pytest.raises(LmmError, match=r"-1 .* is not a positive, finite number"):
        lmm.fit("y ~ x + (1 | g)", table, weights=-np.ones(len(table)))
    with pytest.raises(
        LmmError, match=r"(?s)there is no level .*The levels are: population, group"
    ):
        ours.predict(level="marginal")
    with pytest.raises(LmmError, match="lack the column g"):
        ours.predict({"x": [1.0]}, level="group")
    with pytest.raises(LmmError, match="'z' is not in the table"):
        lmm.fit("y ~ z + (1 | g)", table)
    with pytest.raises(LmmError, match="Did you mean 'weight'"):
        lmm.fit("y ~ x + (1 | g)", table.assign(weight=1.0), weights="wieght")
    with pytest.raises(LmmError, match="not offered together with prior weights"):
        lmm.fit("y ~ x + (1 | g)", table, serial="x", weights=np.ones(len(table)))
    with pytest.raises(LmmError, match="no random term"):
        lmm.fit("y ~ x", table)


def test_maximum_likelihood(table):
    import statsmodels.formula.api as smf

    theirs = smf.mixedlm("y ~ x", table, groups="g").fit(reml=False)
    ours = lmm.fit("y ~ x + (1 | g)", table, reml=False)
    assert ours.llf == pytest.approx(theirs.llf, abs=1e-5)
    assert ours.scale == pytest.approx(theirs.scale, rel=1e-3)
    assert theirs.llf != pytest.approx(lmm.fit("y ~ x + (1 | g)", table).llf, abs=1e-2)


def test_rows_with_missing_values_are_left_out_and_positions_kept(table):
    holed = table.copy()
    holed.iloc[[3, 50], 0] = np.nan
    found = lmm.fit("y ~ x + (1 | g)", holed)
    assert found.nobs == 88
    assert list(found.resid.index) == [i for i in range(90) if i not in (3, 50)]


def test_a_mapping_is_a_table(table, ours):
    again = lmm.fit("y ~ x + (x | g)", {name: table[name].to_numpy() for name in table})
    assert again.criterion == ours.criterion

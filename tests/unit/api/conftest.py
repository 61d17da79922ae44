"""Fifteen groups with lines of their own, fitted here and by statsmodels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import lmm


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(4)
    codes, x = np.repeat(np.arange(15), 6), np.tile(np.arange(6.0), 15)
    b = rng.normal(size=(15, 2)) * [2.0, 0.7]
    y = 5 + b[codes, 0] + (1.0 + b[codes, 1]) * x + rng.normal(size=90)
    return pd.DataFrame(
        {"y": y, "x": x, "g": [f"s{c:02d}" for c in codes]}, index=np.arange(90) + 1000
    )


@pytest.fixture(scope="module")
def ours(table):
    return lmm.fit("y ~ x + (x | g)", table)


@pytest.fixture(scope="module")
def theirs(table):
    import statsmodels.formula.api as smf

    return smf.mixedlm("y ~ x", table, groups="g", re_formula="~x").fit()

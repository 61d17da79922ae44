"""The tables and fits these tests share, and a small unbalanced study of which everything can be written out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lmm.model.fit import Fit, fit_mixed

DATA = Path(__file__).resolve().parents[2] / "reference" / "data"


@pytest.fixture(scope="session")
def read():
    """``read("sleepstudy")`` is a data set of lme4 or nlme."""
    return lambda name: pd.read_csv(DATA / f"{name}.csv")


@pytest.fixture(scope="session")
def sleep(read) -> pd.DataFrame:
    return read("sleepstudy")


@pytest.fixture(scope="session")
def sleep_slope(sleep) -> Fit:
    return fit_mixed("Reaction ~ Days + (Days | Subject)", sleep)


@pytest.fixture(scope="session")
def nepal(course_data) -> pd.DataFrame:
    table = pd.read_csv(course_data("Nepal.csv"))
    table = table[~table["arm"].isin([88.8, 99.9])]
    return table.assign(ageC=table["age"] - 36)


@pytest.fixture(scope="session")
def nepal_intercept(nepal) -> Fit:
    return fit_mixed("arm ~ ageC + (1 | id)", nepal)


@pytest.fixture(scope="session")
def nepal_slope(nepal) -> Fit:
    return fit_mixed("arm ~ ageC + (ageC | id)", nepal)


@pytest.fixture(scope="session")
def pig(course_data) -> pd.DataFrame:
    return pd.read_csv(course_data("pig.csv"))


@pytest.fixture(scope="session")
def small() -> pd.DataFrame:
    """Nine groups of one to six rows, x not centred, both effects random."""
    rng = np.random.default_rng(20)
    sizes = [1, 2, 3, 3, 4, 4, 5, 6, 6]
    group = np.repeat(np.arange(len(sizes)), sizes)
    x = rng.uniform(2.0, 6.0, len(group))
    own = rng.normal(size=(len(sizes), 2)) * [1.5, 0.6]
    y = 3.0 + 0.4 * x + own[group, 0] + own[group, 1] * (x - 4.0)
    return pd.DataFrame({"y": y + rng.normal(0, 0.5, len(x)), "x": x, "g": group})


@pytest.fixture(scope="session")
def small_slope(small) -> Fit:
    return fit_mixed("y ~ x + (x | g)", small)

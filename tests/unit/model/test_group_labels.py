"""A group may be called by anything: the model is the same, the labels readable."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest

from lmm.model.fit import fit_mixed
from tests.unit.model.batch.test_refits import study

TABLE = study(12, seed=6)
G = TABLE["g"]
DAY = pd.Timestamp("2024-02-28")
LABELS = {
    "text": (G.astype(str), "11"),
    "floats": (G.astype(float), "11"),
    "halves": (G + 0.5, "11.5"),
    "negative": (G - 12, "-1"),
    "far apart": (G * 10**16, "110000000000000000"),
    "unsigned": (pd.Series(G.to_numpy(np.uint64) + np.uint64(2**63)), "9223372036854775819"),
    "categories, some unused": (pd.Categorical(G, categories=range(40)), "11"),
    "categories in another order": (
        pd.Categorical(G, categories=range(39, -1, -1), ordered=True),
        "11",
    ),
    "nullable whole numbers": (G.astype("Int64"), "11"),
    "nullable floats": (G.astype("Float64"), "11"),
    "nullable text": (G.astype("string"), "11"),
    "arrow": (G.astype(str).astype("string[pyarrow]"), "11"),
    "dates": (DAY + pd.to_timedelta(G, unit="D"), "2024-03-10 00:00:00"),
    "days": ([(DAY + pd.Timedelta(days=int(i))).date() for i in G], "2024-03-10"),
    "months": (pd.period_range("2024-01", periods=12, freq="M")[G], "2024-12"),
    "durations": (pd.to_timedelta(G, unit="D"), "11 days 00:00:00"),
    "pairs": ([(int(i), "x") for i in G], "(11, 'x')"),
    "mixed": ([int(i) if i % 2 else f"s{i}" for i in G], "s10"),
}


@pytest.mark.parametrize(("labels", "last"), LABELS.values(), ids=LABELS)
def test_labels_of_any_kind(labels, last):
    plain = fit_mixed("y ~ x + (x | g)", TABLE)
    fit = fit_mixed("y ~ x + (x | g)", TABLE.assign(g=labels))
    assert fit.criterion == pytest.approx(plain.criterion, rel=1e-12)
    assert len(fit.grouping.levels) == 12
    assert fit.grouping.levels[-1] == last


@pytest.mark.parametrize("kind", [bool, object, "boolean"])
def test_truth_values_as_groups(kind):
    fit = fit_mixed("y ~ x + (1 | even)", TABLE.assign(even=(G % 2 == 0).astype(kind)))
    assert fit.grouping.levels == ("False", "True")


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, pd.NaT])
def test_a_missing_label_drops_its_rows(missing):
    labels = pd.Series([missing if i == 0 else f"s{i}" for i in G], dtype=object)
    fit = fit_mixed("y ~ x + (1 | g)", TABLE.assign(g=labels))
    assert fit.design.rows_dropped == (G == 0).sum()
    assert len(fit.grouping.levels) == 11


def test_a_factor_has_the_levels_that_occur():
    table = TABLE.assign(
        f=pd.Categorical(np.where(G % 2, "b", "c"), categories=["a", "b", "c", "d"]),
        k=G % 3 == 0,
        when=datetime.date(2024, 1, 1),
    )
    fit = fit_mixed("y ~ f + k + (1 | g:when)", table)
    assert fit.design.names == ("Intercept", "f[T.c]", "k")
    assert fit.design.columns_dropped == ()
    assert fit.grouping.levels[0] == "0:2024-01-01"

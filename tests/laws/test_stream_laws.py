"""A fit from a stream of rows is the fit of the table, however the rows are cut and in whatever order they come."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmm.model.fit import fit_mixed
from lmm.model.formula import parse_formula
from lmm.model.statistics import group_statistics
from lmm.model.streams.gathering import empty_gathering
from lmm.model.streams.models import fit_streamed, gather
from tests.laws.random_designs import FORMULAS, studies
from tests.streams import Parts, random_cuts

WITH_INTERCEPT = [text for text in FORMULAS if "~ 0" not in text]
# Several fits an example: a quarter of what other laws get.
few = settings(max_examples=settings.default.max_examples // 4)
reml_or_ml = pytest.mark.parametrize("reml", [True, False])


def assert_same_fit(streamed, held):
    assert streamed.n == held.n
    assert streamed.outline.names == held.design.names
    assert streamed.outline.columns_dropped == held.design.columns_dropped
    assert streamed.criterion == pytest.approx(held.criterion, rel=1e-10, abs=1e-10)
    assert streamed.sigma == pytest.approx(held.sigma, rel=1e-6)
    np.testing.assert_allclose(streamed.beta, held.beta, rtol=1e-5, atol=1e-5)
    assert streamed.singular == held.singular


@reml_or_ml
@given(studies(WITH_INTERCEPT), st.integers(0, 2**32 - 1), st.integers(1, 12))
def test_rows_cut_anywhere_give_the_same_fit(reml, study, seed, parts):
    stream = Parts(study.table, "g", random_cuts(len(study.table), seed, parts))
    streamed = gather(parse_formula(study.formula), stream)
    assert stream.passes == 2
    assert_same_fit(
        fit_streamed(streamed, reml=reml), fit_mixed(study.formula, study.table, reml=reml)
    )
    assert stream.passes == 2


@few
@given(studies(["y ~ x * f + (x | g)"]), st.integers(0, 2**32 - 1), st.integers(1, 12))
def test_order_and_missing_values_of_the_rows(study, seed, parts):
    rng = np.random.default_rng(seed)
    table = study.table.copy()
    for name in ("y", "x"):
        table.loc[rng.random(len(table)) < 0.05, name] = np.nan
    shuffled = table.iloc[rng.permutation(len(table))].reset_index(drop=True)
    stream = Parts(shuffled, "g", random_cuts(len(shuffled.dropna()), seed, parts))
    streamed = fit_streamed(gather(parse_formula(study.formula), stream))
    held = fit_mixed(study.formula, table)
    assert_same_fit(streamed, held)
    assert streamed.outline.rows_dropped == held.design.rows_dropped


@few
@given(studies(["y ~ x + z + (x + z | g)"]), st.integers(0, 2**32 - 1))
def test_one_reading_serves_every_smaller_model(study, seed):
    table = study.table
    wide = "y ~ x * f + z + (x + z | g)"
    stream = Parts(table, "g", random_cuts(len(table), seed, 4))
    streamed = gather(parse_formula(wide), stream)
    for text in (
        "y ~ 1 + (1 | g)",
        "y ~ x + z + (x | g)",
        "y ~ f + (0 + z | g)",
        "y ~ x + (x || g)",
    ):
        for reml in (True, False):
            smaller = fit_streamed(streamed, parse_formula(text), reml=reml)
            assert_same_fit(smaller, fit_mixed(text, table, reml=reml))
    assert stream.passes == 2


@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.integers(1, 5), st.integers(1, 3))
def test_gathered_factors_have_the_products_of_all_rows(seed, n, m, q):
    """R'R and R'H of each group, and S: what an orthogonal reduction of any rows must keep."""
    rng = np.random.default_rng(seed)
    codes, Z, XY = rng.integers(0, m, n), rng.normal(size=(n, q)), rng.normal(size=(n, 3))
    gathering = empty_gathering(m=m, q=q, p=2)
    for rows in np.array_split(np.arange(n), rng.integers(1, n + 1)):
        gathering.add(XY[rows].copy(order="F"), Z[rows], codes[rows])
    whole = group_statistics(XY.copy(order="F"), Z, codes, m)
    np.testing.assert_array_equal(gathering.sizes, whole.sizes)
    for i in range(m):
        R, mine = gathering.R[:, :, i], codes == i
        np.testing.assert_allclose(R.T @ R, Z[mine].T @ Z[mine], atol=1e-10)
        np.testing.assert_allclose(R.T @ gathering.H[:, :, i], Z[mine].T @ XY[mine], atol=1e-10)
    np.testing.assert_allclose(gathering.root.T @ gathering.root, whole.S, atol=1e-10)

"""Adjusted p: a case by hand, and statsmodels'."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from lmm.inference.multiplicity import benjamini_hochberg


def test_four_tests_by_hand():
    """4·.01/1, then 4·.02/2 = .04, 4·.04/3, 4·.9/4, none above the next."""
    assert benjamini_hochberg(np.array([0.04, 0.01, 0.9, 0.02])) == pytest.approx(
        [0.16 / 3, 0.04, 0.9, 0.04], rel=1e-15
    )


@pytest.mark.parametrize("seed", range(5))
def test_as_statsmodels_has_it_with_ties_zeros_and_ones(seed):
    rng = np.random.default_rng(seed)
    p = np.concatenate([rng.uniform(size=200) ** 3, [0.0, 0.0, 1.0, 1.0, 0.5, 0.5]])
    rng.shuffle(p)
    theirs = multipletests(p, method="fdr_bh")[1]
    assert benjamini_hochberg(p) == pytest.approx(theirs, rel=1e-13)


def test_where_there_was_no_test_none_is_counted():
    p = np.array([0.03, np.nan, 0.01])
    assert benjamini_hochberg(p) == pytest.approx([0.03, np.nan, 0.02], nan_ok=True)
    assert len(benjamini_hochberg(np.empty(0))) == 0


def test_the_share_of_false_findings_is_kept():
    """300 tests, 60 of them of something (z about 3): of what is found at .1, at most .1 · 240/300 is nothing."""
    from scipy.special import ndtr

    rng = np.random.default_rng(7)
    real = np.arange(300) < 60
    shares = []
    for _ in range(400):
        z = rng.normal(size=300) + 3.0 * real
        found = benjamini_hochberg(2.0 * ndtr(-np.abs(z))) <= 0.1
        shares.append((found & ~real).sum() / max(1, found.sum()))
    error = np.std(shares) / np.sqrt(len(shares))
    assert np.mean(shares) == pytest.approx(0.1 * 240 / 300, abs=4.0 * error)

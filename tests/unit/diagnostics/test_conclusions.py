"""On which side of zero an interval lies, and where two fits disagree."""

from __future__ import annotations

import numpy as np

from lmm.diagnostics.conclusions import conclusions, flips

ONE = np.ones(4)


def test_sides_of_zero():
    assert conclusions(np.array([1.97, 1.95, -1.97, 0.0]), ONE).tolist() == [1.0, 0.0, -1.0, 0.0]


def test_few_degrees_of_freedom_reach_further():
    # the 97.5% point of t on 2 degrees of freedom is 4.303
    beta = np.array([4.30, 4.31, -4.31, 4.31])
    assert conclusions(beta, ONE, dof=[2, 2, 2, 1]).tolist() == [0.0, 1.0, -1.0, 0.0]


def test_what_differs_or_is_gone_is_named():
    before = (np.array([3.0, 3.0, 0.0, 3.0]), ONE)
    after = (np.array([3.5, -3.0, 3.0, np.nan]), np.array([1, 1, 1, np.nan]))
    assert flips("abcd", before, after) == ("b", "c", "d")
    assert flips("abcd", before, before) == ()

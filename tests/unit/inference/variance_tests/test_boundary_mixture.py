"""The mixture p in closed form, and its failures."""

from __future__ import annotations

import math

import pytest

from lmm.errors import ModelError
from lmm.inference.variance_tests.boundary_mixture import boundary_test


def test_one_parameter_at_its_bound():
    """½ P(χ²₁ ≥ t) = ½ erfc(√(t/2))."""
    test = boundary_test(("a", 12.0), ("b", 9.0), dof=1)
    assert test.statistic == 3.0
    assert test.p_mixture == pytest.approx(0.5 * math.erfc(math.sqrt(1.5)), rel=1e-12)
    assert test.p_naive == pytest.approx(math.erfc(math.sqrt(1.5)), rel=1e-12)


def test_a_variance_with_its_covariance():
    """Plus ½ P(χ²₂ ≥ t) = ½ exp(−t/2)."""
    test = boundary_test(("a", 12.0), ("b", 9.0), dof=2)
    expected = 0.5 * math.erfc(math.sqrt(1.5)) + 0.5 * math.exp(-1.5)
    assert test.p_mixture == pytest.approx(expected, rel=1e-12)
    assert test.mixture == "half χ² with 1 and half with 2 degrees of freedom"


def test_no_gain_is_no_evidence():
    test = boundary_test(("a", 9.0), ("b", 9.0 + 5e-7), dof=1)
    assert (test.statistic, test.p_naive, test.p_mixture) == (0.0, 1.0, 1.0)


def test_a_larger_model_that_fits_worse_has_failed():
    with pytest.raises(ModelError, match="'b' fits worse than 'a', which it contains"):
        boundary_test(("a", 9.0), ("b", 9.1), dof=1)

"""Which method is the default, and that a name gives what it says."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmm.errors import ModelError
from lmm.inference.fixed_effects.uncertainty import (
    KENWARD_ROGER_GROUPS,
    METHODS,
    default_method,
    uncertainty,
)
from lmm.model.fit import fit_mixed


def test_the_default_for_one_factor_by_reml(small_slope):
    assert default_method(small_slope) == "kenward-roger"
    assert uncertainty(small_slope).method == "Kenward-Roger"


def test_maximum_likelihood_has_satterthwaite(small):
    ml = fit_mixed("y ~ x + (1 | g)", small, reml=False)
    assert default_method(ml) == "satterthwaite"
    assert uncertainty(ml).method == "Satterthwaite"


def test_several_factors_of_few_levels_have_kenward_roger(read):
    crossed = fit_mixed("diameter ~ 1 + (1 | plate) + (1 | sample)", read("Penicillin"))
    assert uncertainty(crossed).method == "Kenward-Roger"


def test_several_factors_of_many_levels_have_satterthwaite():
    """1600 levels: their products would be held as dense matrices."""
    rng = np.random.default_rng(4)
    a, b = rng.permutation(np.arange(4800) % 1600), rng.integers(0, 10, 4800)
    y = rng.normal(size=1600)[a] + rng.normal(size=10)[b] + rng.normal(size=4800)
    fit = fit_mixed("y ~ 1 + (1 | a) + (1 | b)", pd.DataFrame({"y": y, "a": a, "b": b}))
    assert default_method(fit) == "satterthwaite"


@pytest.mark.parametrize(("more", "method"), [(0, "kenward-roger"), (1, "satterthwaite")])
def test_many_groups_have_satterthwaite(more, method):
    m = KENWARD_ROGER_GROUPS + more
    rng = np.random.default_rng(2)
    group = np.repeat(np.arange(m), 2)
    y = rng.normal(size=m)[group] + rng.normal(size=2 * m)
    assert (
        default_method(fit_mixed("y ~ 1 + (1 | g)", pd.DataFrame({"y": y, "g": group}))) == method
    )


def test_where_both_are_offered_many_groups_make_them_agree():
    """2000 groups: the correction of the standard error is below one in 3000, dof within a hundredth."""
    rng = np.random.default_rng(3)
    group = np.repeat(np.arange(2000), rng.integers(1, 6, 2000))
    x = rng.normal(size=len(group))
    y = (
        x
        + rng.normal(size=2000)[group] * x
        + rng.normal(size=2000)[group]
        + rng.normal(size=len(x))
    )
    fit = fit_mixed("y ~ x + (x | g)", pd.DataFrame({"y": y, "x": x, "g": group}))
    exact, cheap = uncertainty(fit, "kenward-roger"), uncertainty(fit, "satterthwaite")
    assert np.sqrt(np.diag(exact.vcov)) == pytest.approx(np.sqrt(np.diag(cheap.vcov)), rel=1 / 3000)
    assert exact.dof == pytest.approx(cheap.dof, rel=0.02)


def test_every_name_gives_a_covariance_and_degrees_of_freedom(small_slope):
    for method in METHODS:
        found = uncertainty(small_slope, method)
        assert found.vcov.shape == (2, 2)
        assert (found.dof > 0).all()


def test_an_unknown_name_is_refused_with_those_there_are(small_slope):
    with pytest.raises(ModelError, match=r"no method 'magic'[\s\S]*between-within"):
        uncertainty(small_slope, "magic")

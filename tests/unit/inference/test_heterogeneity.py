"""Pooling factors: closed forms, the posterior simulated, and what the course's data say."""

from __future__ import annotations

import numpy as np
import pytest

from lmm.errors import ModelError
from lmm.inference.closed_forms import share_against
from lmm.inference.heterogeneity import spreads
from lmm.inference.profiles import variance_profile
from lmm.model.fit import fit_mixed
from tests import dense


def test_a_balanced_random_intercept_is_pooled_as_each_group_is_pulled(read):
    """1 − V(E b)/E V(b) = λ/(r + λ): REML makes the BLUPs' variance exactly kept · τ²."""
    fit = fit_mixed("Yield ~ 1 + (1 | Batch)", read("Dyestuff"))
    (row,) = spreads(fit)
    ratio = fit.sigma**2 / fit.Psi[0, 0]
    assert (row.group, row.term) == ("Batch", "Intercept")
    assert row.pooling == pytest.approx(ratio / (5.0 + ratio), rel=1e-8)
    assert row.predicted_sd**2 == pytest.approx((1.0 - row.pooling) * row.sd**2, rel=1e-8)


def test_the_variance_over_groups_as_the_posterior_has_it(small, small_slope):
    """E V(b) is the mean, over draws from b | y, of the variance over groups."""
    fit = small_slope
    *_, b, conditional = dense.estimates(
        fit.design.y,
        fit.design.X,
        fit.Z,
        fit.grouping.codes,
        fit.Psi / fit.sigma**2,
        reml=True,
    )
    rng = np.random.default_rng(3)
    roots = np.linalg.cholesky(conditional + 1e-14 * np.eye(2))
    draws = b + np.einsum("mab,smb->sma", roots, rng.standard_normal((40_000, *b.shape)))
    variances = draws.var(axis=1, ddof=1)
    for k, row in enumerate(spreads(fit)):
        expected = 1.0 - np.var(b[:, k], ddof=1) / variances[:, k].mean()
        error = variances[:, k].std() / np.sqrt(len(draws)) / variances[:, k].mean()
        assert row.pooling == pytest.approx(expected, abs=5.0 * error)
        assert row.predicted_sd == pytest.approx(np.std(b[:, k], ddof=1), rel=1e-6)


def test_where_groups_do_not_differ_all_is_pooled(read):
    (row,) = spreads(fit_mixed("Yield ~ 1 + (1 | Batch)", read("Dyestuff2")))
    assert (row.sd, row.predicted_sd, row.pooling) == (0.0, 0.0, 1.0)


def test_not_for_several_factors(read):
    fit = fit_mixed("diameter ~ 1 + (1 | plate) + (1 | sample)", read("Penicillin"))
    with pytest.raises(ModelError, match="one grouping factor"):
        spreads(fit)


def test_counting_predicted_slopes_misses_the_children_who_do_not_grow(nepal_slope):
    """The model puts 6.0 % (0.2 % to 13 %) of slopes below zero; of 197 predicted ones none is; SDs .0209, .0113."""
    fit = nepal_slope
    _, slope = spreads(fit)
    average = float(fit.beta[1])
    assert (slope.sd, slope.predicted_sd) == pytest.approx((0.0209, 0.0113), abs=5e-5)
    assert share_against(average, slope.sd) == pytest.approx(0.060, abs=5e-4)
    assert np.count_nonzero(average + fit.b[:, 1] < 0.0) == 0
    assert len(fit.b) == 197
    limits = next(r for r in variance_profile(fit) if r.kind == "sd" and r.term == "ageC")
    shares = [share_against(average, sd) for sd in (limits.low, limits.high)]
    assert shares == pytest.approx([0.002, 0.13], abs=5e-3)
    assert [round(share, 3) for share in shares] == [0.002, 0.127]

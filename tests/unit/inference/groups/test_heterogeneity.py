"""Pooling factors: closed forms, the posterior simulated, and what the course's data say."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, stats

from lmm.errors import ModelError
from lmm.inference.fixed_effects.coefficients import fixed_effects
from lmm.inference.groups.closed_forms import share_against
from lmm.inference.groups.heterogeneity import spreads
from lmm.inference.groups.share_interval import Known, share_against_interval
from lmm.inference.profiles.intervals import variance_profile
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
    assert [round(share, 3) for share in shares] == [0.002, 0.127]
    row = fixed_effects(fit)[1]
    low, high = share_against_interval(
        Known(estimate=average, low=row.low, high=row.high),
        Known(estimate=slope.sd, low=limits.low, high=limits.high),
    )
    assert low < shares[0]
    assert high > shares[1]
    assert (round(low, 3), round(high, 3)) == (0.002, 0.139)


# ---- the share's interval: slopes seen without error, so that mean and SD have their textbook intervals


def textbook(slopes: np.ndarray) -> tuple[Known, Known]:
    m, mean, sd = len(slopes), slopes.mean(), slopes.std(ddof=1)
    reach = stats.t(m - 1).ppf(0.975) * sd / np.sqrt(m)
    low, high = sd * np.sqrt((m - 1) / stats.chi2(m - 1).ppf([0.975, 0.025]))
    return (
        Known(estimate=mean, low=mean - reach, high=mean + reach),
        Known(estimate=sd, low=low, high=high),
    )


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize(("m", "ratio"), [(30, 1.0), (48, 1.5), (200, 2.0)])
def test_the_interval_is_near_the_exact_one_by_the_noncentral_t(m, ratio, sign):
    """√m·mean/sd is a noncentral t; solving for its parameter gives the exact ends (Johnson and Welch 1940)."""
    quantiles = stats.norm.ppf((np.arange(m) + 0.5) / m)
    slopes = sign * (ratio + quantiles / quantiles.std(ddof=1))
    t = ratio * np.sqrt(m)
    ends = [
        optimize.brentq(lambda nc, q=q: stats.nct(m - 1, nc).cdf(t) - q, 0.1, 3 * t)
        for q in (0.025, 0.975)
    ]
    exact = sorted(stats.norm.cdf(-np.array(ends) / np.sqrt(m)))
    found = share_against_interval(*textbook(slopes))
    assert stats.norm.ppf(found) == pytest.approx(stats.norm.ppf(exact), abs=0.07)
    assert found[0] < stats.norm.cdf(-ratio) < found[1]


def test_it_covers_the_truth_as_often_as_it_says_and_the_spreads_alone_does_not():
    rng, m, mean, sd = np.random.default_rng(8), 30, 0.8, 0.6
    true, hits, hits_of_sd, tried = share_against(mean, sd), 0, 0, 2000
    for _ in range(tried):
        average, spread = textbook(rng.normal(mean, sd, m))
        low, high = share_against_interval(average, spread)
        hits += low <= true <= high
        ends = [share_against(average.estimate, end) for end in (spread.low, spread.high)]
        hits_of_sd += ends[0] <= true <= ends[1]
    assert hits / tried == pytest.approx(0.95, abs=0.015)
    assert hits_of_sd / tried < 0.9


def test_the_ends_where_the_spread_may_be_nothing():
    mean = Known(estimate=0.8, low=0.6, high=1.0)
    low, high = share_against_interval(mean, Known(estimate=0.4, low=0.0, high=0.6))
    assert low == 0.0
    assert high > share_against(0.8, 0.6)
    none = Known(estimate=0.0, low=0.0, high=0.3)
    assert share_against_interval(mean, none) == (0.0, share_against(0.6, 0.3))

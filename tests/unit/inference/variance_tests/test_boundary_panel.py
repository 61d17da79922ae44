"""The panel's rows against R's tests one by one, and their sizes where nothing varies."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.special import chdtri

from lmm.errors import ModelError
from lmm.inference.variance_tests.boundary_mixture import boundary_test
from lmm.inference.variance_tests.boundary_panel import boundary_panel
from lmm.model.batch import refit_responses
from lmm.model.fit import fit_mixed, refit
from lmm.model.simulate import simulate_responses

RATIOS = json.loads(Path(__file__).with_name("likelihood_ratios.json").read_text(encoding="utf-8"))


def by_method(fit, term, **options):
    return {row.method: row for row in boundary_panel(fit, term, **options)}


def test_nepals_slope(nepal_slope):
    """Mixture .0068 by REML (R: pchisq), exact .00147 (RLRsim, two million draws), F 1.7588 (anova)."""
    rows = by_method(nepal_slope, "ageC", bootstrap_draws=999)
    assert list(rows) == ["naive", "mixture", "exact", "wald_f", "bootstrap"]
    naive, mixture, exact = rows["naive"], rows["mixture"], rows["exact"]
    assert naive.statistic == mixture.statistic == pytest.approx(9.0310968700, rel=1e-7)
    assert (naive.dof, mixture.dof) == ((2,), (1, 2))
    assert (naive.p, mixture.p) == pytest.approx((0.01093760, 0.00679593), abs=1e-8)
    assert exact.statistic == pytest.approx(8.664487798410449, rel=1e-7)
    assert exact.p == pytest.approx(0.00147, abs=4.0 * exact.mc_error)
    assert (exact.independent, naive.independent) == (True, False)
    assert rows["wald_f"].dof == (189, 495)
    assert rows["wald_f"].criterion is None
    boot = rows["bootstrap"]
    assert boot.p == (1 + boot.hits) / 1000
    assert boot.p == pytest.approx(0.007, abs=4.0 * np.sqrt(0.007 / 999))


@pytest.mark.parametrize("case", RATIOS["cases"], ids=lambda case: case["formula"])
def test_likelihood_ratios_of_r(request, read, case):
    """lme4's log-likelihoods, polished, of the model with and without the term; R's pchisq."""
    is_course = case["table"] in ("nepal", "pig")
    table = request.getfixturevalue(case["table"]) if is_course else read(case["table"])
    fit = fit_mixed(case["formula"], table, reml=case["reml"])
    rows = by_method(fit, case["term"], draws=100)
    assert rows["naive"].statistic == pytest.approx(case["statistic"], rel=1e-6)
    assert rows["naive"].dof == (case["dof"],)
    assert rows["naive"].p == pytest.approx(case["p_naive"], rel=1e-5)
    assert rows["mixture"].p == pytest.approx(case["p_mixture"], rel=1e-5)


def test_the_first_random_effect(pig):
    """Against the linear model: no bootstrap, for there the exact test needs none."""
    rows = by_method(fit_mixed("weight ~ weeks + (1 | id)", pig), "Intercept", bootstrap_draws=99)
    assert list(rows) == ["naive", "mixture", "exact", "wald_f"]
    assert rows["mixture"].statistic == pytest.approx(473.14798821458, rel=1e-8)
    assert rows["mixture"].dof == (0, 1)
    assert (rows["exact"].hits, rows["exact"].p) == (0, 0.0)
    assert rows["wald_f"].statistic == pytest.approx(32.0092519082)


def test_no_gain_at_all(read):
    rows = by_method(fit_mixed("Yield ~ 1 + (1 | Batch)", read("Dyestuff2")), "Intercept", draws=50)
    assert [rows[name].p for name in ("naive", "mixture", "exact")] == [1.0, 1.0, 1.0]
    assert rows["exact"].hits == 50


def test_groups_too_small_for_walds_f(sleep):
    pairs = sleep.groupby("Subject").head(2).assign(late=np.tile([0.0, 1.0], 18))
    triples = sleep.groupby("Subject").head(3)
    assert "wald_f" in by_method(
        fit_mixed("Reaction ~ Days + (Days | Subject)", triples), "Days", draws=50
    )
    with pytest.raises(ModelError):
        fit_mixed("Reaction ~ late + (late | Subject)", pairs)


def test_sizes_where_no_slope_varies(nepal_intercept, nepal_slope):
    """Responses of the random-intercept model: of tests at 5%, the mixture's rejects .048, the naive .032.

    The 95% point of the null statistics is 4.92 where the mixture has 5.14 (1000 refits in R).
    """
    smaller, larger = (refit(fit, reml=False) for fit in (nepal_intercept, nepal_slope))
    draws = 3000
    Y = simulate_responses(smaller, draws, seed=9)
    ratios = refit_responses(smaller, Y).criterion - refit_responses(larger, Y).criterion
    assert ratios.min() > -1e-6
    p = np.array(
        [boundary_test(("1", ratio), ("2", 0.0), dof=2).p_mixture for ratio in ratios.clip(0.0)]
    )
    error = np.sqrt(0.05 * 0.95 / draws)
    assert (p <= 0.05).mean() == pytest.approx(0.048, abs=4.0 * error)
    assert (ratios >= chdtri(2, 0.05)).mean() == pytest.approx(0.032, abs=4.0 * error)
    assert np.quantile(ratios, 0.95) == pytest.approx(4.92, abs=0.5)


def test_what_cannot_be_told_apart(read, sleep_slope):
    crossed = fit_mixed("diameter ~ 1 + (1 | plate) + (1 | sample)", read("Penicillin"))
    with pytest.raises(ModelError, match="one grouping factor"):
        boundary_panel(crossed, "Intercept")
    with pytest.raises(ModelError, match="no random effect"):
        boundary_panel(sleep_slope, "Age")
    machines = fit_mixed("score ~ Machine + (Machine | Worker)", read("Machines"))
    with pytest.raises(ModelError, match="several columns"):
        boundary_panel(machines, machines.random_names[1])

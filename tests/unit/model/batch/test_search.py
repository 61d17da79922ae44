"""Searches of many replicates end where the searches of one do, and prove it themselves."""

from __future__ import annotations

import numpy as np
import pytest

from lmm.model.batch.replicates import of_responses
from lmm.model.batch.rows import rows_of
from lmm.model.batch.search import settle
from lmm.model.fit import fit_mixed
from lmm.model.search.objective import OneFactor
from lmm.model.search.optimizer import minimise, places_to_set_out
from lmm.model.simulate import simulate_responses
from tests.unit.model.batch.test_refits import study


def responses(formula, groups, *, draws, reml=True):
    fit = fit_mixed(formula, study(groups, seed=2, rows=9), reml=reml)
    rows = rows_of(fit.design)
    return of_responses(rows, simulate_responses(fit, draws, seed=1)), fit.template


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("groups", [5, 8, 12])
@pytest.mark.parametrize(
    "formula", ["y ~ x + (x | g)", "y ~ x + (x || g)", "y ~ x + (1 | g) + (0 + x + z | g)"]
)
def test_few_groups_end_as_in_single_searches_and_proven(formula, groups, reml):
    replicates, template = responses(formula, groups, draws=15, reml=reml)
    starts = [template.factor(theta) for theta in places_to_set_out(template, few=True)]
    ends = settle(replicates, template, starts, everyone=True, reml=reml)
    assert ends.proven.all()
    for b in range(15):
        one = minimise(OneFactor(statistics=replicates.one(b), reml=reml), template)
        assert one.converged
        assert ends.points.value[b] <= one.at.value + 1e-9


@pytest.mark.parametrize("formula", ["y ~ x + (x | g)", "y ~ x + (x || g)"])
def test_from_where_nothing_varies_a_search_gets_off_the_bound(formula):
    """At D = 0 every slope in theta is zero: only the derivative in D shows the way."""
    replicates, template = responses(formula, 30, draws=25)
    away = settle(replicates, template, [np.eye(2)], everyone=False, reml=True)
    from_zero = settle(replicates, template, [np.zeros((2, 2))], everyone=False, reml=True)
    assert away.points.value.max() - away.points.value.min() > 10.0
    assert from_zero.proven.all()
    assert from_zero.points.value == pytest.approx(away.points.value, abs=1e-9)

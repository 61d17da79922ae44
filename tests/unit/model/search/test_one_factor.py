"""Short cuts for many groups lead where the plain search does."""

import numpy as np
import pytest

from lmm.model import statistics, units
from lmm.model.fit import fit_mixed
from lmm.model.search.objective import OneFactor
from lmm.model.search.optimizer import minimise
from tests.unit.model.many_groups import table_of

MANY = {
    "slopes on real numbers": ("y ~ x + (x | g)", {"x": "real", "rows": "balanced"}),
    "slopes on visits": ("y ~ x + (x | g)", {"x": "visits", "rows": "some left out"}),
    "uncorrelated": ("y ~ x + (x || g)", {"x": "real", "rows": "some left out"}),
}


@pytest.mark.parametrize(("formula", "study"), MANY.values(), ids=MANY)
@pytest.mark.parametrize("reml", [True, False])
def test_a_start_by_moments_and_merged_groups_change_no_digit(formula, study, reml):
    fit = fit_mixed(formula, table_of(**study, groups=4000), reml=reml)
    plain = minimise(OneFactor(statistics=fit.statistics, reml=reml), fit.template)
    assert fit.converged and plain.converged
    assert fit.optimum.at.value == pytest.approx(plain.at.value, rel=1e-13)
    assert pytest.approx(plain.T, abs=1e-9) == fit.optimum.T


@pytest.mark.parametrize("mixed", [False, True])
def test_rows_in_blocks_give_the_statistics_of_all_rows(mixed, monkeypatch):
    table = table_of(x="real", rows="some left out", groups=500)
    if mixed:
        order = np.random.default_rng(1).permutation(len(table["y"]))
        table = {name: column[order] for name, column in table.items()}
    whole = fit_mixed("y ~ x + (x | g)", table)
    monkeypatch.setattr(statistics, "_ROWS_AT_A_TIME", 100)
    parts = fit_mixed("y ~ x + (x | g)", table)
    for name in ("R", "H", "S"):
        ours, theirs = (getattr(fit.statistics, name) for fit in (parts, whole))
        assert ours == pytest.approx(theirs, rel=1e-13, abs=1e-12)
    assert parts.criterion == pytest.approx(whole.criterion, rel=1e-14)


AWKWARD = {
    "plain": lambda x: x,
    "raw calendar year": lambda x: x + 2000,
    "Unix seconds": lambda x: 1.6e9 + 86400 * x,
    "tiny": lambda x: x * 2.0**-20,
    "zero but for a few": lambda x: np.where(np.arange(len(x)) % 997 == 0, x + 1, 0.0),
    "zero but for two": lambda x: np.where(np.isin(np.arange(len(x)), [5, 29_000]), x + 1, 0.0),
}


@pytest.mark.parametrize("change", AWKWARD.values(), ids=AWKWARD)
@pytest.mark.parametrize("formula", ["y ~ x + (1 | g)", "y ~ x * w + (1 | g)"])
def test_units_from_a_sample_of_the_rows_are_as_good(change, formula, monkeypatch):
    table = table_of(x="real", rows="balanced", groups=5000)
    table["w"] = np.random.default_rng(9).normal(size=len(table["y"])) + 7
    table["x"] = change(table["x"])
    sampled = fit_mixed(formula, table)
    monkeypatch.setattr(units, "_SAMPLE", 10**9)
    whole = fit_mixed(formula, table)
    assert sampled.units.y_scale == whole.units.y_scale
    assert sampled.criterion == pytest.approx(whole.criterion, rel=1e-12)
    assert sampled.sigma == pytest.approx(whole.sigma, rel=1e-10)
    se = np.sqrt(np.diag(whole.vcov))
    assert sampled.beta / se == pytest.approx(whole.beta / se, rel=1e-9, abs=1e-7)

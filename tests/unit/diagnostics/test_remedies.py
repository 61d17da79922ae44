"""What a remedy changes, against fits of the table so remedied."""

from __future__ import annotations

import numpy as np
import pytest

from lmm.diagnostics.remedies import with_curve, without_groups, without_rows
from lmm.model.fit import fit_mixed
from tests.unit.diagnostics.conftest import study

FORMULA = "y ~ x + w + (x | g)"
TABLE = study(np.random.default_rng(4))


def expect(remedy, fit):
    assert remedy.after == pytest.approx(fit.beta[:3], abs=1e-6)
    assert remedy.se_after == pytest.approx(np.sqrt(np.diag(fit.vcov))[:3], abs=1e-6)
    assert remedy.rows == fit.n


def test_without_groups_and_without_rows(slopes_fit):
    kept = ~np.isin(TABLE["g"], [3, 4])
    found = without_groups(slopes_fit, ["3", "4"], check="far-groups")
    expect(found, fit_mixed(FORMULA, {name: c[kept] for name, c in TABLE.items()}))
    assert (found.check, found.what, found.terms) == (
        "far-groups",
        ("3", "4"),
        slopes_fit.design.names,
    )
    assert found.before == pytest.approx(slopes_fit.beta)

    kept = ~np.isin(np.arange(slopes_fit.n), [0, 17])
    found = without_rows(slopes_fit, np.array([0, 17]), check="far-rows", what=("a", "b"))
    expect(found, fit_mixed(FORMULA, {name: c[kept] for name, c in TABLE.items()}))


def test_with_a_curve_the_line_stays_the_average_one(slopes_fit):
    x = TABLE["x"]
    line = np.column_stack([np.ones_like(x), x])
    bent = {f"c{k}": x**k - line @ np.linalg.lstsq(line, x**k)[0] for k in (2, 3)}
    found = with_curve(slopes_fit, "x", x, check="linearity")
    expect(found, fit_mixed("y ~ x + w + c2 + c3 + (x | g)", TABLE | bent))


def test_a_curve_that_is_there_cannot_be_added():
    table = TABLE | {"q": TABLE["x"] ** 2, "c": TABLE["x"] ** 3}
    fit = fit_mixed("y ~ x + q + c + (1 | g)", table)
    assert with_curve(fit, "x", table["x"], check="linearity") is None


def test_a_conclusion_that_the_remedy_changes_is_named():
    y = TABLE["y"] - 0.5 * TABLE["x"]
    spoilt = y.copy()
    spoilt[TABLE["x"] > 4.8] += 4.0
    fit = fit_mixed("y ~ x + (1 | g)", TABLE | {"y": spoilt})
    found = without_rows(fit, np.flatnonzero(TABLE["x"] > 4.8), check="far-rows", what=())
    assert found is not None and abs(found.after[1]) < abs(found.before[1])
    assert ("x" in found.flips) == (
        (abs(found.before[1]) > 1.96 * found.se_before[1])
        != (abs(found.after[1]) > 1.96 * found.se_after[1])
    )


def test_a_curve_that_leaves_no_residual_cannot_be_added():
    """The outcome is a parabola on the level of its group, to the last digit."""
    x, g = TABLE["x"], TABLE["g"]
    fit = fit_mixed("y ~ x + (1 | g)", TABLE | {"y": x**2 + np.sin(g)})
    assert with_curve(fit, "x", x, check="linearity") is None

"""The summary for a terminal: the fit's numbers, aligned, with what to know."""

from __future__ import annotations

import numpy as np

from lmm.model.fit import fit_mixed
from lmm.model.ordinary import fit_pooled, fit_stratified
from lmm.report.summary import summary_text

GROUP = [f"g{i // 4}" for i in range(24)]
X = np.tile(np.arange(4.0), 6)
Y = (
    3.0
    + 2.0 * X
    + np.repeat([-2.0, -1.0, 0.0, 0.5, 1.0, 2.0], 4)
    + np.tile([0.1, -0.2, 0.15, -0.05], 6)
)
TABLE = {"y": Y, "x": X, "g": GROUP}


def test_a_mixed_fit_says_method_groups_and_components():
    fit = fit_mixed("y ~ x + (1 | g)", TABLE)
    text = summary_text(fit)
    assert text.startswith("Linear mixed model, REML: y ~ x + (1 | g)\n24 rows, 6 groups of g")
    assert f"criterion {fit.criterion:.4f}" in text
    assert f"{fit.sigma:.5g}" in text
    assert f"{fit.beta[1]:.5g}" in text
    assert "< 0.0001" in text
    assert "maximum likelihood" in summary_text(fit_mixed("y ~ x + (1 | g)", TABLE, reml=False))


def test_the_columns_line_up():
    lines = summary_text(fit_mixed("y ~ x + (x | g)", TABLE)).splitlines()
    start = lines.index("Fixed effects, 95% interval, Kenward-Roger") + 1
    assert len({len(line) for line in lines[start : start + 3]}) == 1


def test_ordinary_fits_say_so_and_what_was_dropped():
    table = {**TABLE, "y": np.where(np.arange(24) == 3, np.nan, Y)}
    assert "Ordinary regression: y ~ x\n23 rows, 1 dropped for missing values" in summary_text(
        fit_pooled("y ~ x", table)
    )
    assert "an intercept per group" in summary_text(fit_stratified("y ~ x", table, group="g"))


def test_notes_come_last():
    table = {**TABLE, "z": 2 * X}
    assert (
        summary_text(fit_pooled("y ~ x + z", table)).splitlines()[-1].startswith("Note: left out")
    )

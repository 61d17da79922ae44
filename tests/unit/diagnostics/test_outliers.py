"""Far rows and groups: distances by dense formulas, the bound by simulation, planted ones found."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2, norm

from lmm.diagnostics.outliers import far_groups, far_rows, outliers_check
from lmm.diagnostics.projection import projection
from lmm.model.fit import fit_mixed
from tests.reference.course.nepal import RANDOM_SLOPE
from tests.reference.course.tables import CourseTables
from tests.unit.diagnostics.conftest import dense_projection, study

TABLE = study(np.random.default_rng(4))


def both(table, formula="y ~ x + w + (x | g)"):
    fit = fit_mixed(formula, table)
    P = projection(fit)
    return far_rows(fit, P), far_groups(fit, P)


def test_distances_of_groups_are_those_of_the_dense_covariance(slopes_fit):
    fit, P = slopes_fit, dense_projection(slopes_fit)
    found = far_groups(fit, projection(fit))
    for i in (0, 9, 21):
        ZPsi = np.where((fit.grouping.codes == i)[:, None], fit.Z, 0.0) @ fit.Psi
        square = fit.b[i] @ np.linalg.solve(ZPsi.T @ P @ ZPsi, fit.b[i])
        assert found.distance[i] == pytest.approx(norm.isf(chi2.sf(square, 2) / 2), abs=1e-6)


def test_a_group_of_one_row_tells_of_one_direction_only():
    keep = (TABLE["g"] != 5) | (np.arange(len(TABLE["g"])) == np.flatnonzero(TABLE["g"] == 5)[0])
    table = {name: column[keep] for name, column in TABLE.items()}
    fit = fit_mixed("y ~ x + w + (x | g)", table)
    found = far_groups(fit, projection(fit))
    # then b̂ is one number times one direction: its distance is the marginal residual's
    i = int(np.flatnonzero(table["g"] == 5)[0])
    P = dense_projection(fit)
    score = (P @ fit.design.y)[i]
    assert found.distance[5] == pytest.approx(abs(score) / np.sqrt(P[i, i]), abs=1e-6)


def test_the_furthest_of_so_many_is_beyond_once_in_a_hundred():
    furthest = np.abs(np.random.default_rng(1).normal(size=(20_000, len(TABLE["g"])))).max(axis=1)
    share = np.mean(furthest > both(TABLE)[0].threshold)
    assert share == pytest.approx(0.01, abs=0.0025)


def test_planted_ones_are_named_and_clean_data_are_not():
    rows, groups = both(TABLE)
    assert (
        outliers_check("rows", rows).verdict == outliers_check("groups", groups).verdict == "fine"
    )
    y = TABLE["y"].copy()
    y[40] += 6.0
    rows, _ = both(TABLE | {"y": y})
    check = outliers_check("rows", rows)
    assert (check.id, check.verdict) == ("rows", "note")
    assert check.where[0] == f"{TABLE['g'][40]} (row 41)" and rows.places[0] == 40
    _, groups = both(TABLE | {"y": TABLE["y"] + 9.0 * (TABLE["g"] == 17)})
    assert outliers_check("groups", groups).where == ("17",)


def test_nepal_has_the_children_that_the_course_leaves_out(course_data):
    """Slide 73 takes out 57 and 105, found by eye."""
    _, groups = both(CourseTables(course_data).nepal, RANDOM_SLOPE)
    assert outliers_check("groups", groups).where == ("57", "105", "14")

"""V⁻¹ of several factors, written out; and random effects so large that rounding leaves nothing beside them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import block_diag

from lmm.errors import ModelError
from lmm.model.design import build_design
from lmm.model.factors import in_lme4s_order
from lmm.model.fit import fit_mixed
from lmm.model.formula import parse_formula
from lmm.model.search.objective import SeveralFactors
from lmm.model.several.crossed import cross_of_data
from lmm.model.several.schur import factorise, level_blocks
from lmm.model.units import internal_units
from tests import dense
from tests.engine import objective_of


def several(formula, table):
    """The design and its sufficient statistics."""
    design = in_lme4s_order(build_design(parse_formula(formula), table))
    objective, _, _ = objective_of(design, reml=True)
    assert isinstance(objective, SeveralFactors)
    return design, objective.statistics


@pytest.mark.parametrize(
    "formula",
    ["y ~ 1 + (1 | g) + (1 | h)", "y ~ x + (1 | g) + (x | h)", "y ~ x + (x | g) + (x | h)"],
)
def test_determinant_and_products_are_those_of_v_written_out(formula):
    rng = np.random.default_rng(3)
    codes = {"g": rng.integers(0, 9, 60), "h": rng.integers(0, 4, 60)}
    design, statistics = several(
        formula, {"y": rng.normal(size=60), "x": rng.normal(size=60), **codes}
    )
    XY, Z, _ = internal_units(design)
    T = block_diag(*(np.tril(rng.normal(size=(block.Z.shape[1],) * 2)) for block in design.blocks))
    of_columns = np.column_stack(
        [block.grouping.codes for block in design.blocks for _ in block.names]
    )
    V = dense.relative_covariance(Z, of_columns, T @ T.T)
    schur = factorise(statistics, T)
    assert schur.log_det == pytest.approx(np.linalg.slogdet(V)[1], rel=1e-12)
    assert cross_of_data(schur) == pytest.approx(
        XY.T @ np.linalg.solve(V, XY), rel=1e-10, abs=1e-10
    )


def test_blocks_of_levels_are_read_from_the_lower_triangle():
    rng = np.random.default_rng(5)
    g, h = rng.integers(0, 9, 60), rng.integers(0, 4, 60)
    table = {"y": rng.normal(size=60), "x": rng.normal(size=60), "g": g, "h": h}
    _, statistics = several("y ~ x + (1 | g) + (x | h)", table)
    ((factor, _),) = statistics.others
    root = rng.normal(size=(8, 8))
    M = root + root.T
    blocks = level_blocks(np.where(np.tri(8) > 0, M, np.nan), factor)
    for i in range(4):
        assert blocks[i] == pytest.approx(M[2 * i : 2 * i + 2, 2 * i : 2 * i + 2], abs=0.0)


def test_a_covariance_of_which_rounding_leaves_no_digit_is_refused():
    """One factor said twice: what the first leaves of the second is 1/T², far below the rounding of a level's rows."""
    g = np.repeat(np.arange(30), np.arange(2, 32))
    table = {"y": np.random.default_rng(0).normal(size=len(g)), "g": g, "h": g + 100}
    _, statistics = several("y ~ 1 + (1 | g) + (1 | h)", table)
    with pytest.raises(ModelError, match="the Schur complement is not positive definite"):
        factorise(statistics, 1e9 * np.eye(2))


@pytest.mark.parametrize("nested", [True, False])
def test_groups_that_explain_all_but_a_millionth_are_fitted_or_refused_in_words(nested):
    rng = np.random.default_rng(0)
    g = np.repeat(np.arange(8), 400)
    h = g // 2 if nested else g + 100
    level, noise = rng.normal(size=8)[g], rng.normal(size=len(g))
    refused = []
    for size in [1e-4, 1e-6, 5e-7, 2.5e-7]:
        try:
            fit = fit_mixed(
                "y ~ 1 + (1 | g) + (1 | h)", {"y": level + size * noise, "g": g, "h": h}
            )
        except ModelError as error:
            refused.append(str(error))
        else:
            assert fit.sigma == pytest.approx(size, rel=0.05)
    assert refused
    for message in refused:
        assert "reproduce the outcome all but exactly: rounding takes what is left" in message
        assert "Use fewer random terms" in message

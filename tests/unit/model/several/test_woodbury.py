"""V = I + ZDZ' of several factors, factorised: each thing asked of it is what the matrices written out say."""

from __future__ import annotations

import numpy as np
import pytest

from lmm.model.design import build_design
from lmm.model.factors import factors_of
from lmm.model.formula import parse_formula
from lmm.model.several.woodbury import largest, woodbury
from tests import dense

N = 50
FORMULAS = ["y ~ x + (x | g)", "y ~ x + (1 | h) + (x | g)", "y ~ x + (x | h) + (1 | k) + (x | g)"]


@pytest.fixture(params=FORMULAS)
def both(request):
    """The factorisation, the factors, and V with the columns of R = ZT, each factor's level by level."""
    rng = np.random.default_rng(4)
    codes = {name: rng.permutation(np.arange(N) % m) for name, m in [("g", 9), ("h", 4), ("k", 3)]}
    table = {"y": rng.normal(size=N), "x": rng.normal(size=N), **codes}
    design = build_design(parse_formula(request.param), table)
    factors, Z = factors_of(design), np.column_stack([block.Z for block in design.blocks])
    q = Z.shape[1]
    same = np.zeros((q, q), bool)
    for factor in factors:
        same[np.ix_(factor.columns, factor.columns)] = True
    T = np.where(same, np.tril(rng.normal(size=(q, q))), 0.0)
    of_columns = np.empty((N, q), int)
    for factor in factors:
        of_columns[:, factor.columns] = factor.grouping.codes[:, None]
    V = dense.relative_covariance(Z, of_columns, T @ T.T)
    R = [
        np.column_stack(
            [
                np.where((factor.grouping.codes == i)[:, None], Z[:, factor.columns], 0.0)
                @ factor.own(T)
                for i in range(factor.m)
            ]
        )
        for factor in factors
    ]
    return woodbury(Z, factors, T), factors, V, R


def test_products_with_v_and_its_inverse(both):
    found, _, V, _ = both
    A = np.random.default_rng(1).normal(size=(N, 3))
    assert found.times(A) == pytest.approx(V @ A, abs=1e-11)
    assert found.solve(A) == pytest.approx(np.linalg.solve(V, A), abs=1e-11)


def test_parts_of_v_and_of_its_inverse(both):
    found, _, V, _ = both
    rows, inverse = np.array([3, 41, 8, 20]), np.linalg.inv(V)
    assert found.covariance(rows) == pytest.approx(V[np.ix_(rows, rows)], abs=1e-12)
    assert found.block(rows) == pytest.approx(inverse[np.ix_(rows, rows)], abs=1e-12)
    assert found.taken(slice(5, 30)) == pytest.approx(1.0 - np.diag(inverse)[5:30], abs=1e-12)


def test_what_is_left_of_each_level_s_effects(both):
    """The blocks of (I + R'R)⁻¹: of the largest factor, and of those that it leaves, one after the other."""
    found, factors, _, R = both
    whole = np.column_stack(R)
    inverse = np.linalg.inv(np.eye(whole.shape[1]) + whole.T @ whole)
    at, start, large = 0, 0, largest(factors)
    for k, factor in enumerate(factors):
        blocks = found.levels(start, factor, first=k == large)
        for i in range(factor.m):
            own = slice(at + i * factor.q, at + (i + 1) * factor.q)
            assert blocks[i] == pytest.approx(inverse[own, own], abs=1e-12)
        at += factor.size
        start += 0 if k == large else factor.size


def test_drawn_effects_have_the_covariance_of_v(both):
    """Mean squares and products of 20 000 draws within five of their standard errors, V - I between rows."""
    found, _, V, _ = both
    drawn = found.draw(np.random.default_rng(2), 20_000)
    truth = V - np.eye(N)
    spread = np.sqrt((np.outer(np.diag(truth), np.diag(truth)) + truth**2) / 20_000)
    assert (np.abs(drawn @ drawn.T / 20_000 - truth) < 5.0 * spread).all()

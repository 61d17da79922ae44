"""The first guess at the variances: the equations with dense matrices, the truth, what has no answer."""

import numpy as np
import pandas as pd
import pytest

from lmm.model.design import build_design
from lmm.model.factors import factors_of
from lmm.model.fit import fit_mixed
from lmm.model.formula import parse_formula
from lmm.model.several.blocks import crossed_statistics
from lmm.model.several.moments import variances_by_moments
from lmm.model.units import internal_units


def effects(rng, m):
    """Levels whose spread is one exactly."""
    drawn = rng.normal(size=m)
    return (drawn - drawn.mean()) / drawn.std(ddof=1)


def drawn(*, spread=(1.0, 0.5, 0.8), noise=1.0, n=600, seed=4):
    rng = np.random.default_rng(seed)
    g, h, x = rng.integers(0, 40, n), rng.integers(0, 25, n), rng.normal(size=n)
    a, b, c = (effects(rng, m) for m in (40, 40, 25))
    y = x + noise * rng.normal(size=n) + spread[0] * a[g] + spread[1] * b[g] * x + spread[2] * c[h]
    return pd.DataFrame({"y": y, "x": x, "g": g, "h": h})


def guessed(table, formula="y ~ x + (x | g) + (1 | h)"):
    design = build_design(parse_formula(formula), table)
    XY, Z, _ = internal_units(design)
    dense = XY.copy(), Z, np.column_stack([b.grouping.codes for b in design.blocks])
    pairs = ((0, 0), (0, 1), (1, 0), (1, 1), (2, 2))
    return variances_by_moments(crossed_statistics(XY, Z, factors_of(design), pairs)), dense


def moment_equations(XY, Z, codes):
    """E[e'K e] = Σ sigma²_c tr(K K_c) for each K = ZZ' of one column and for K = I, as dense matrices."""
    X, y = XY[:, :-1], XY[:, -1]
    e = y - X @ np.linalg.lstsq(X, y)[0]
    kernels = [np.eye(len(y))]
    for column, code in enumerate(codes[:, [0, 0, 1]].T):
        wide = Z[:, [column]] * (code[:, None] == np.arange(code.max() + 1))
        kernels.append(wide @ wide.T)
    traces = [[np.sum(K * other) for other in kernels] for K in kernels]
    return np.linalg.solve(traces, [e @ K @ e for K in kernels])


def test_guess_solves_the_moment_equations():
    guess, (XY, Z, codes) = guessed(drawn())
    noise, *variances = moment_equations(XY, Z, codes)
    assert guess == pytest.approx(np.array(variances) / noise, rel=1e-9)


def test_guess_is_near_the_truth():
    guess, _ = guessed(drawn(n=20_000))
    assert np.sqrt(guess) == pytest.approx([1.0, 0.5, 0.8], rel=0.15)


def test_a_negative_answer_becomes_a_small_variance():
    guess, _ = guessed(drawn(spread=(1.0, 0.5, 0.0), seed=1))
    assert 0 < guess[2] < 0.02


def test_the_search_is_shorter_from_there():
    table = drawn(n=3000)
    fit = fit_mixed("y ~ x + (x | g) + (1 | h)", table)
    far = fit_mixed("y ~ x + (x | g) + (1 | h)", table, start=np.array([1.0, 0.0, 1.0, 1.0]))
    assert fit.criterion == pytest.approx(far.criterion, rel=1e-12)
    assert fit.optimum.evaluations < far.optimum.evaluations


def test_a_noise_that_moments_put_below_zero_leaves_the_guess_at_one():
    """Next to large effects a small noise is the difference of large moments, and here a negative one."""
    table = drawn(spread=(1.0, 0.5, 0.8), noise=0.01, n=300, seed=5)
    guess, (XY, Z, codes) = guessed(table)
    noise, *_ = moment_equations(XY, Z, codes)
    assert noise < 0.0
    assert guess.tolist() == [1.0, 1.0, 1.0]
    fit = fit_mixed("y ~ x + (x | g) + (1 | h)", table)
    assert fit.converged
    assert fit.sigma == pytest.approx(0.01, rel=0.1)

"""The formulas for one and two random columns against matrix algebra group by group, and against each other."""

from fractions import Fraction

import numpy as np
import pytest

from lmm.model import weighing
from lmm.model.statistics import GroupStatistics
from lmm.model.weighing import trace_of_inverses, weigh


def statistics(q, *, m=40, p=2, counts=None, seed=3):
    rng = np.random.default_rng(seed)
    R = np.triu(rng.normal(size=(m, q, q)) * rng.choice([0.1, 1.0, 10.0], size=(m, 1, 1)))
    R[:3, -1, -1] = 0.0  # groups with fewer rows than columns
    S = rng.normal(size=(p + 1, 9))
    return GroupStatistics(
        R=R.transpose(1, 2, 0).copy(),
        H=rng.normal(size=(q, p + 1, m)),
        S=S @ S.T,
        n=12 * m,
        sizes=np.full(m, 12),
        counts=counts,
    )


def by_inverses(given, T):
    """R'K⁻¹[R H], Σ log|K|, S + Σ H'K⁻¹H and Σ tr K⁻¹, one group after the other."""
    pulled, log_det, cross, trace = [], 0.0, given.S.copy(), 0.0
    for i in range(given.m):
        R, H = given.R[:, :, i], given.H[:, :, i]
        K = np.eye(given.q) + R @ T @ T.T @ R.T
        inverse = np.linalg.inv(K)
        count = 1.0 if given.counts is None else given.counts[i]
        pulled.append(R.T @ inverse @ np.hstack([R, H]))
        log_det += count * np.linalg.slogdet(K)[1]
        cross += H.T @ inverse @ H
        trace += count * np.trace(inverse)
    return np.moveaxis(pulled, 0, 2), log_det, cross, trace


SHAPES = {
    "upright": lambda T: np.tril(T),
    "any": lambda T: T,
    "singular": lambda T: np.tril(T) * (np.arange(len(T)) == 0),
    "zero": lambda T: 0.0 * T,
    "small": lambda T: 1e-5 * T,
}


@pytest.mark.parametrize("q", [1, 2, 3])
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("counted", [False, True])
def test_each_group_is_weighed_by_the_inverse_of_its_own_covariance(q, shape, counted):
    rng = np.random.default_rng(q)
    given = statistics(q, counts=rng.integers(0, 5, size=40) * 1.0 if counted else None)
    T = shape(rng.normal(size=(q, q)))
    made = weigh(given, T)
    pulled, log_det, cross, trace = by_inverses(given, T)
    sizes = np.maximum(np.abs(pulled).max(axis=(0, 1)), 1e-300)
    assert made.pulled / sizes == pytest.approx(pulled / sizes, abs=1e-11)
    assert made.log_det == pytest.approx(log_det, rel=1e-13, abs=1e-13)
    assert made.cross == pytest.approx(cross, rel=1e-12)
    assert trace_of_inverses(given, T) == pytest.approx(trace, rel=1e-12)


@pytest.mark.parametrize("q", [1, 2])
@pytest.mark.parametrize("scale", [1e-3, 0.3])
def test_formula_and_factorisation_agree(q, scale, monkeypatch):
    given = statistics(q, m=300)
    T = scale * np.tril(np.random.default_rng(8).normal(size=(q, q)))
    by_formula = weigh(given, T)
    monkeypatch.setattr(weighing, "_KERNELS", {})
    by_factor = weigh(given, T)
    sizes = np.maximum(np.abs(by_factor.pulled).max(axis=(0, 1)), 1e-300)
    assert by_formula.pulled / sizes == pytest.approx(by_factor.pulled / sizes, abs=1e-13)
    assert by_formula.log_det == pytest.approx(by_factor.log_det, rel=1e-13)
    assert by_formula.cross == pytest.approx(by_factor.cross, rel=1e-13)


@pytest.mark.parametrize("scale", [1.0, 30.0, 1e3, 1e5])
def test_the_formula_is_nearer_the_truth_than_the_factorisation(scale, monkeypatch):
    """The truth in exact fractions; K's largest eigenvalue goes up to 10¹⁴."""
    given = statistics(2, m=30)
    T = scale * np.tril(np.random.default_rng(8).normal(size=(2, 2)))
    truth = np.moveaxis([exactly(given.R[:, :, i], given.H[:, :, i], T) for i in range(30)], 0, 2)
    sizes = np.abs(truth).max(axis=(0, 1))
    by_formula = np.abs((weigh(given, T).pulled - truth) / sizes).max()
    monkeypatch.setattr(weighing, "_KERNELS", {})
    by_factor = np.abs((weigh(given, T).pulled - truth) / sizes).max()
    assert by_formula <= max(by_factor, 3e-14)


def exactly(R, H, T):
    """R'K⁻¹[R H] of one group in fractions, rounded once."""
    R, H, T = (np.vectorize(Fraction, otypes=[object])(A) for A in (R, H, T))
    RT = R @ T
    K = RT @ RT.T + np.array([[1, 0], [0, 1]], object)
    adjoint = np.array([[K[1, 1], -K[0, 1]], [-K[1, 0], K[0, 0]]], object)
    pulled = R.T @ adjoint @ np.hstack([R, H]) / (K[0, 0] * K[1, 1] - K[0, 1] * K[1, 0])
    return pulled.astype(float)


@pytest.mark.parametrize("q", [1, 2, 3])
def test_blocks_of_groups_change_nothing(q, monkeypatch):
    given, T = statistics(q, m=1000), np.tril(np.full((q, q), 0.7))
    whole = weigh(given, T)
    monkeypatch.setattr(weighing, "BLOCK", 64)
    parts = weigh(given, T)
    assert (parts.pulled == whole.pulled).all()
    assert parts.log_det == pytest.approx(whole.log_det, rel=1e-14)
    assert parts.cross == pytest.approx(whole.cross, rel=1e-14)


def test_determinants_too_large_to_be_multiplied():
    given, T = statistics(2, m=5000), 1e60 * np.eye(2)
    assert weigh(given, T).log_det == pytest.approx(by_inverses_log_det(given, T), rel=1e-13)


def by_inverses_log_det(given, T):
    """log|I + RDR'| from singular values, which no square of T lets overflow."""
    RT = np.einsum("abm,bc->mac", given.R, T)
    return float(np.sum(2.0 * np.log(np.hypot(1.0, np.linalg.svd(RT, compute_uv=False)))))

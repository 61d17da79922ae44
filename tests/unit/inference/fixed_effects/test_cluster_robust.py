"""CR2 against its definition with every matrix written out, and where it must be exact."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import sqrtm

from lmm.inference.fixed_effects.cluster_robust import cluster_robust
from lmm.model.fit import fit_mixed


def written_out(fit):
    """The sandwich, its degrees of freedom and the effective groups, N by N, with residuals e = (1 − H) y."""
    X, Z, codes = fit.design.X, fit.Z, fit.grouping.codes
    groups = [np.flatnonzero(codes == level) for level in range(codes.max() + 1)]
    together = codes[:, None] == codes[None, :]
    V = fit.sigma**2 * np.eye(fit.n) + together * (Z @ fit.Psi @ Z.T)
    inverse = np.linalg.inv(V)
    Phi = np.linalg.inv(X.T @ inverse @ X)
    keep = np.eye(fit.n) - X @ Phi @ X.T @ inverse
    covariance = keep @ V @ keep.T
    e = keep @ fit.design.y
    vcov, G = np.zeros((fit.p, fit.p)), np.zeros((fit.p, fit.n, len(groups)))
    share = np.zeros((fit.p, len(groups)))
    for i, rows in enumerate(groups):
        own = np.ix_(rows, rows)
        D = np.linalg.cholesky(V[own])
        A = D @ np.linalg.inv(np.real(sqrtm(D.T @ covariance[own] @ D))) @ D.T
        weights = A @ inverse[own] @ X[rows] @ Phi
        score = weights.T @ e[rows]
        vcov += np.outer(score, score)
        G[:, rows, i] = weights.T
        share[:, i] = np.diag(Phi @ X[rows].T @ inverse[own] @ X[rows] @ Phi)
    Omega = np.einsum("pni,nk,pkj->pij", G, covariance, G, optimize=True)
    dof = [np.trace(part) ** 2 / np.trace(part @ part) for part in Omega]
    return vcov, dof, share.sum(axis=1) ** 2 / (share**2).sum(axis=1)


@pytest.mark.parametrize(
    "formula", ["y ~ x + (1 | g)", "y ~ x + (x | g)", "y ~ x + I(x**2) + (0 + x | g)"]
)
@pytest.mark.parametrize("reml", [True, False])
def test_against_the_definition(small, formula, reml):
    """Groups of one to six rows: shorter and longer than what their columns span."""
    fit = fit_mixed(formula, small, reml=reml)
    vcov, dof, effective = written_out(fit)
    found = cluster_robust(fit)
    se = np.sqrt(np.diag(vcov))
    assert found.vcov / np.outer(se, se) == pytest.approx(vcov / np.outer(se, se), abs=1e-8)
    assert found.dof == pytest.approx(dof, rel=1e-8)
    assert found.seen == pytest.approx(np.ones(fit.p), rel=1e-8)  # unbiased where the model holds
    assert found.effective_groups == pytest.approx(effective, rel=1e-8)


def test_the_course(nepal, pig):
    """clubSandwich 0.5.8: nine literate mothers carry 8.6 degrees of freedom, pigs' slopes differ."""
    literacy = fit_mixed("arm ~ age + lit + (1 | id)", nepal)
    found = cluster_robust(literacy)
    assert np.sqrt(found.vcov[2, 2]) == pytest.approx(0.385421068677, rel=1e-8)
    assert found.dof[2] == pytest.approx(8.644610748, rel=1e-8)
    assert 9.0 < found.effective_groups[2] < 10.0
    pigs = fit_mixed("weight ~ weeks + (1 | id)", pig)
    assert np.sqrt(cluster_robust(pigs).vcov[1, 1]) == pytest.approx(0.09203820587, rel=1e-9)


def test_a_balanced_design_has_the_groups_less_one(sleep):
    """Equal groups: the t test of 18 subjects' own slopes, whatever the model says."""
    found = cluster_robust(fit_mixed("Reaction ~ Days + (1 | Subject)", sleep))
    slopes = sleep.groupby("Subject").apply(
        lambda own: np.polyfit(own["Days"], own["Reaction"], 1)[0]
    )
    assert np.sqrt(found.vcov[1, 1]) == pytest.approx(slopes.std(ddof=1) / np.sqrt(18), rel=1e-9)
    assert found.dof == pytest.approx([17.0, 17.0], rel=1e-9)
    assert found.effective_groups == pytest.approx([18.0, 18.0], rel=1e-9)


def test_a_coefficient_of_one_group_alone(sleep):
    """One subject's own level leaves that subject no residuals. clubSandwich gives 9.2 on 16 degrees of
    freedom, and so do we; that it rests on hardly more than one group only ``effective_groups`` says.
    """
    one = sleep.assign(one=(sleep["Subject"] == 308).astype(float))
    found = cluster_robust(fit_mixed("Reaction ~ Days + one + (1 | Subject)", one))
    assert np.sqrt(np.diag(found.vcov)) == pytest.approx(
        [7.78492608243, 1.54578889629, 9.20490479617], rel=1e-8
    )
    assert found.dof == pytest.approx([16.23864715, 17.0, 16.0], rel=1e-8)
    assert found.effective_groups[2] == pytest.approx((1 + 1 / 17) ** 2 / (1 + 1 / 17**3))
    assert found.seen == pytest.approx([1.0, 1.0, 1 / 18], rel=1e-6)

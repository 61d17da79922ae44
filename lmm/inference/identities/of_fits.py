"""Identities that hold for every fit, checked on this one: each number by two routes, and how far they are apart.

One route is the engine's, through the statistics of each group; the other goes by the rows, mostly through the
Gaussian density with V written out (``density``). An identity that fails is a defect of this program, whatever
the data are like: it holds at any theta and for any y. Differences are in units of their own kind, so that
what is allowed is rounding: each is a fraction of a standard deviation, or of the criterion's unit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from lmm.errors import ModelError
from lmm.inference.fixed_effects.kenward_roger import kenward_roger, kenward_roger_test
from lmm.inference.groups.own_weights import largest_gap
from lmm.inference.identities.density import Density, density, density_cost, own_variances
from lmm.inference.structures.degrees import hat_trace
from lmm.inference.variances.icc import intraclass_correlation
from lmm.model.fit import Fit, fit_design
from lmm.numerics import Array

# Where nothing is lost, doubles of some thousand additions agree to more digits than this.
ALLOWED = 1e-10
# Beyond this rounding leaves too few digits for a comparison to say anything.
_BLIND = 1e-4
# Multiplications that writing V out may take: a second or so.
COST = 1e9
# Groups up to which Kenward–Roger is looked at twice.
_MANY_GROUPS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """How far two routes to a number were apart in this run, and how far rounding may bring them.

    ``difference`` is ``None`` where it was not looked at; ``reason`` says why: size, rounding, absent (the fit
    has no such number), unconverged.
    """

    id: str
    difference: float | None
    allowed: float
    reason: str = ""

    @property
    def holds(self) -> bool:
        """Whether nothing speaks against it."""
        return self.difference is None or self.difference <= self.allowed


def fit_identities(fit: Fit) -> tuple[Identity, ...]:
    """The identities of one mixed fit, in the order of ``DENSE`` and then ``PLAIN``."""
    allowed = rounding(fit)
    reason = "rounding" if allowed > _BLIND else ""
    reason_dense = reason or ("size" if density_cost(fit) > COST else "")
    found = []
    if reason_dense:
        found += [_unseen(id, reason_dense) for id in DENSE]
    else:
        written = density(fit)
        found += [_looked(id, allowed, gap, fit, written) for id, gap in DENSE.items()]
    if reason:
        return (*found, *(_unseen(id, reason) for id in PLAIN))
    return (*found, *(_looked(id, allowed, gap, fit) for id, gap in PLAIN.items()))


def rounding(fit: Fit) -> float:
    """What rounding may make of a difference: ``ALLOWED``, and more where numbers are far larger than what varies.

    They are so where V is nearly singular, or where X beta is a sum of terms much larger than sigma.
    """
    design = fit.design
    own = own_variances(fit)
    sizes = np.abs(fit.Z)
    spread = np.einsum("nq,qr,nr->n", sizes, np.abs(fit.T @ fit.T.T), sizes, optimize=True)
    largest = max(float(factor.grouping.sizes.max()) for factor in fit.factors)
    condition = largest * float((spread + own).max() / own.min())
    terms = np.abs(design.X) @ np.abs(fit.beta) + np.abs(design.y)
    return ALLOWED + 100.0 * float(np.finfo(float).eps * condition * terms.max() / fit.sigma)


def _unseen(id: str, reason: str) -> Identity:
    return Identity(id=id, difference=None, allowed=ALLOWED, reason=reason)


def _looked(
    id: str, allowed: float, gap: Callable[..., float | None], *route: Fit | Density
) -> Identity:
    difference = gap(*route)
    if difference is None:
        return _unseen(id, "absent")
    # what is not a number is no agreement
    difference = float("inf") if np.isnan(difference) else float(difference)
    return Identity(id=id, difference=difference, allowed=allowed)


def _criterion(fit: Fit, written: Density) -> float:
    """−2 log density of the outcomes, as a fraction of its own size."""
    expected = written.criterion(reml=fit.reml)
    return abs(fit.criterion - expected) / max(1.0, abs(expected), float(fit.n))


def _both_criteria(fit: Fit, written: Density) -> float:
    """REML less ML at one theta is log|X'V⁻¹X| and what the degrees of freedom change."""
    internal = fit.template.theta(fit.optimum.T)
    other = fit_design(fit.design, reml=not fit.reml, start=internal, search=False)
    sign = 1.0 if fit.reml else -1.0
    expected = written.criterion(reml=True) - written.criterion(reml=False)
    found = sign * (fit.criterion - other.criterion)
    return abs(found - expected) / max(1.0, abs(fit.criterion), float(fit.n))


def _residual_variance(fit: Fit, written: Density) -> float:
    """y'P y over its degrees of freedom is sigma²."""
    return abs(written.r2 / fit.dof / fit.sigma**2 - 1.0)


def _normal_equations(fit: Fit, written: Density) -> float:
    """X'V⁻¹(y − X beta) = 0: the largest correlation of a whitened column with the whitened residuals."""
    left = written.y - written.X @ fit.beta
    lengths = np.linalg.norm(written.X, axis=0) * np.linalg.norm(left)
    return float(np.max(np.abs(written.X.T @ left) / lengths))


def _standard_errors(fit: Fit, written: Density) -> float:
    """The model's standard errors are sigma times the root of the diagonal of (X'V⁻¹X)⁻¹."""
    inverse = np.linalg.solve(written.root, np.eye(fit.p))
    expected = fit.sigma * np.linalg.norm(inverse, axis=1)
    return float(np.max(np.abs(np.sqrt(np.diag(fit.vcov)) / expected - 1.0)))


def _effects(fit: Fit, written: Density) -> float:
    """b = Psi Z'V⁻¹(y − X beta) / sigma²: the farthest of all predicted effects, in their standard deviation."""
    return _far_effects(fit, _pulled_back(fit, written))


def _residuals(fit: Fit, written: Density) -> float:
    """What the lines of the groups leave is W⁻¹V⁻¹(y − X beta)."""
    expected = _pulled_back(fit, written)
    if fit.design.weights is not None:
        expected = expected / fit.design.weights
    return float(np.max(np.abs(fit.residuals - expected))) / fit.sigma


def _hat_trace(fit: Fit, written: Density) -> float:
    """tr(H) = n − tr(W⁻¹P), P by its definition."""
    own = own_variances(fit)
    Q = np.asarray(np.linalg.solve(written.root.T, written.X.T).T, float)
    P = written.inverse_diagonal() - np.sum(written.unwhitened(Q) ** 2, axis=1)
    return abs(hat_trace(fit) - (fit.n - float(own @ P))) / fit.n


def _pulled_back(fit: Fit, written: Density) -> Array:
    """V⁻¹(y − X beta), (n,)."""
    left = written.y - written.X @ fit.beta
    return written.unwhitened(left[:, None])[:, 0]


def _far_effects(fit: Fit, weighted: Array) -> float:
    """How far the predicted effects are from D Z'r, r (n,), in standard deviations of the effects."""
    farthest = []
    for factor, b in zip(fit.factors, fit.effects, strict=True):
        Z, codes, T = fit.Z[:, factor.columns], factor.grouping.codes, factor.own(fit.T)
        sums = np.column_stack(
            [np.bincount(codes, weights=z * weighted, minlength=factor.m) for z in Z.T]
        )
        sd = fit.sigma * np.linalg.norm(T, axis=1)
        gap = np.abs(b - sums @ (T @ T.T)) / np.where(sd > 0.0, sd, fit.sigma)
        farthest.append(gap.max())
    return float(np.max(farthest))


def _mixed_model_equations(fit: Fit) -> float:
    """Henderson's: b = D Z'W(y − X beta − Z b)."""
    left = fit.residuals
    return _far_effects(fit, left if fit.design.weights is None else left * fit.design.weights)


def _own_lines(fit: Fit) -> float | None:
    """Each predicted effect is the group's own line and the average, weighted; paired by the group's name."""
    if len(fit.factors) > 1 or fit.design.weights is not None:
        return None
    return largest_gap(fit)


def _sums_of_effects(fit: Fit) -> float | None:
    """Effects whose columns are fixed effects too sum to zero over the groups."""
    sums = []
    for block, place in zip(fit.design.blocks, fit.template.slices, strict=True):
        if not set(block.names) <= set(fit.design.names):
            continue
        for factor, b in zip(fit.factors, fit.effects, strict=True):
            if factor.grouping is block.grouping:
                own = np.isin(factor.columns, np.arange(place.start, place.stop))
                sd = fit.sigma * np.linalg.norm(fit.T[factor.columns[own]], axis=1)
                total = np.abs(b[:, own].mean(axis=0)) / np.where(sd > 0.0, sd, fit.sigma)
                sums.append(float(total.max()))
    return float(np.max(sums)) if sums else None


def _intraclass(fit: Fit) -> float | None:
    """The intraclass correlation is what V's diagonal holds beside the residual variance."""
    if len(fit.factors) > 1:
        return None
    own = own_variances(fit)
    on_diagonal = fit.sigma**2 * np.sum((fit.Z @ fit.T) ** 2, axis=1) + fit.sigma**2 * own
    expected = 1.0 - fit.sigma**2 * float(own.mean()) / float(on_diagonal.mean())
    return abs(intraclass_correlation(fit).value - expected)


def _kenward_roger(fit: Fit) -> float | None:
    """One coefficient's degrees of freedom by the short formula, and by that of joint tests."""
    if not fit.reml or len(fit.factors) > 1 or fit.grouping.m > _MANY_GROUPS:
        return None
    gaps = []
    for row, dof in zip(np.eye(fit.p), kenward_roger(fit).dof, strict=True):
        try:
            joint = kenward_roger_test(fit, row[None])
        except ModelError:
            continue
        # both lose all digits where the mean of F ceases to exist
        if np.isfinite(dof) and abs(dof - 2.0) > 0.01:
            gaps.append(max(abs(joint.denominator_dof / dof - 1.0), abs(joint.scaling - 1.0)))
    return float(np.max(gaps)) if gaps else None


# By their ids: those that need V written out, and those for tables of any size.
DENSE: Mapping[str, Callable[[Fit, Density], float | None]] = {
    "criterion": _criterion,
    "both_criteria": _both_criteria,
    "residual_variance": _residual_variance,
    "normal_equations": _normal_equations,
    "standard_errors": _standard_errors,
    "effects": _effects,
    "residuals": _residuals,
    "hat_trace": _hat_trace,
}
PLAIN: Mapping[str, Callable[[Fit], float | None]] = {
    "mixed_model_equations": _mixed_model_equations,
    "own_lines": _own_lines,
    "sums_of_effects": _sums_of_effects,
    "intraclass": _intraclass,
    "kenward_roger": _kenward_roger,
}

"""What is known of one group: a joint normal for (beta, b), from the fit and from measurements of its own.

A group that was never seen is the population's; one of the fit's has Henderson's joint error of beta and
BLUP (1975, Biometrics 31:423, the inverse of his equations); measurements that the fit has not used are
taken in by Bayes's rule, which for a normal is the conditional distribution.

Each also knows how it would move with the variances, exactly, so that their own uncertainty is in the
errors (Kackar and Harville 1984, J. Am. Stat. Assoc. 79:853) and in the degrees of freedom.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_triangular

from lmm.inference.predictions.lines import Line
from lmm.inference.predictions.shared import Shared
from lmm.model.fit import Fit
from lmm.numerics import Array, read_only


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """Of one group: ``shift`` (p + q,) of (beta, b) from the fit's beta and zero, in the outcome's unit, with
    rows in the fit's internal units; sigma² root root' (p + q, r) is the covariance of its error.

    Along the directions of ``Shared`` ``moves`` (f, p + q) and ``spreads`` (f, p + q, p + q) are the slopes of
    shift and root root'; sigma² expected expected' is the covariance that the moves had before the outcomes
    of the group were seen, summed over directions. ``measurements`` of the group stand behind it.
    """

    shared: Shared
    shift: Array
    root: Array
    moves: Array
    spreads: Array
    expected: Array
    measurements: int

    @property
    def fit(self) -> Fit:
        """The fit behind it."""
        return self.shared.fit

    @property
    def beta(self) -> Array:
        """Fixed effects, (p,), in the user's units."""
        return self.fit.beta + self.fit.units.W_x @ self.shift[: self.fit.p]

    @property
    def b(self) -> Array:
        """The group's random effects, (q,), in the user's units."""
        return self.fit.units.W_z @ self.shift[self.fit.p :]

    @property
    def covariance(self) -> Array:
        """Covariance of the error of (beta, b), the variances as estimated, (p + q, p + q), in the user's units."""
        units, p = self.fit.units, self.fit.p
        outer = np.vstack([units.W_x @ self.root[:p], units.W_z @ self.root[p:]])
        return self.fit.sigma**2 * outer @ outer.T

    def line(self, X: Array, Z: Array) -> Line:
        """The group's mean at rows X (n, p), Z (n, q)."""
        fit, inner = self.fit, self._inner(X, Z)
        spread = np.einsum("ni,fij->nfj", inner, self.spreads)
        return Line(
            value=read_only(X @ fit.beta + inner @ self.shift),
            root=read_only(fit.sigma * inner @ self.root),
            doubt=read_only(inner @ np.hstack([self.moves.T, fit.sigma * self.expected])),
            slopes=read_only(np.einsum("nfj,nj->nf", spread, inner)),
            log_slopes=self.shared.log_variance,
            sigma=fit.sigma,
            dof_of_sigma=fit.dof,
            least_dof=min(factor.m for factor in fit.factors) - 1,
        )

    def after(self, X: Array, Z: Array, y: Array) -> Knowledge:
        """What is known once rows X (n, p), Z (n, q) of the group have measured y (n,).

        With L the root, A the rows and G = AL, the new root is that of L(I + G'G)⁻¹L'; all else follows by
        differentiating that step, which is Kalman's. Rows that the fit has used must not be given: they
        would count twice.
        """
        inner = self._inner(X, Z)
        seen = inner @ self.root
        surprise = y - X @ self.fit.beta - inner @ self.shift
        lower = np.linalg.cholesky(np.eye(seen.shape[1]) + seen.T @ seen)
        root = np.transpose(solve_triangular(lower, self.root.T, lower=True))
        gain = root @ solve_triangular(lower, seen.T, lower=True)
        kept = np.eye(len(self.shift)) - gain @ inner
        # with S = GG' + I the surprise's covariance, S⁻¹ surprise and a root of A'S⁻¹A
        weighed = surprise - inner @ (gain @ surprise)
        told = inner @ kept
        told = np.asarray(np.linalg.qr(np.vstack([told, seen.T @ told]), mode="r"))
        return Knowledge(
            shared=self.shared,
            shift=read_only(self.shift + gain @ surprise),
            root=read_only(root),
            moves=read_only((self.moves + self.spreads @ (inner.T @ weighed)) @ kept.T),
            spreads=read_only(kept @ self.spreads @ kept.T),
            expected=_compact(kept @ self.expected, kept @ self.spreads @ told.T),
            measurements=self.measurements + len(y),
        )

    def _inner(self, X: Array, Z: Array) -> Array:
        return np.column_stack([X @ self.fit.units.W_x, Z @ self.fit.units.W_z])


def of_new_group(shared: Shared) -> Knowledge:
    """A group that has not been measured; with several grouping factors, a new level of each of them."""
    fit, T = shared.fit, shared.fit.optimum.T
    p, q, f = fit.p, len(T), len(shared.ways)
    root, spreads = np.zeros((p + q, p + q)), np.zeros((f, p + q, p + q))
    root[:p, :p], spreads[:, :p, :p] = np.linalg.cholesky(fit.optimum.at.Phi), shared.Phi
    root[p:, p:], spreads[:, p:, p:] = T, shared.ways
    return Knowledge(
        shared=shared,
        shift=read_only(np.zeros(p + q)),
        root=read_only(root),
        moves=read_only(np.hstack([shared.beta, np.zeros((f, q))])),
        spreads=read_only(spreads),
        expected=read_only(np.zeros((p + q, 0))),
        measurements=0,
    )


def of_group(shared: Shared, i: int) -> Knowledge:
    """A group that the fit has used, by its place among the levels.

    Raises ``ModelError`` for several grouping factors: levels that are known together are not independent.
    """
    fit, at, F = shared.fit, shared.fit.at, shared.ways
    p, q, T, D = fit.p, fit.statistics.q, fit.optimum.T, fit.optimum.T @ fit.optimum.T.T
    B, C, u = at.B[:, :, i], at.C[:, :, i], at.u[:, i]
    RT = fit.statistics.R[:, :, i] @ T
    lower = np.linalg.cholesky(np.eye(q) + RT.T @ RT)
    kept = np.eye(q) - D @ B
    # an error of beta moves b the other way, by D Z'V⁻¹X of the group
    below, below_moves = D @ C, kept @ F @ C
    root = np.zeros((p + q, p + q))
    root[:p, :p] = at.Phi_root
    root[p:, :p] = -below @ at.Phi_root
    root[p:, p:] = np.transpose(solve_triangular(lower, T.T, lower=True))
    spreads = np.empty((len(F), p + q, p + q))
    crossed = -(below_moves @ at.Phi + below @ shared.Phi)
    product = below_moves @ at.Phi @ below.T
    spreads[:, :p, :p] = shared.Phi
    spreads[:, p:, :p], spreads[:, :p, p:] = crossed, crossed.transpose(0, 2, 1)
    spreads[:, p:, p:] = kept @ F @ kept.T + below @ shared.Phi @ below.T
    spreads[:, p:, p:] += product + product.transpose(0, 2, 1)
    values, vectors = np.linalg.eigh(B - C @ at.Phi @ C.T)
    of_u = vectors * np.sqrt(np.maximum(values, 0.0))
    b_moves = fit.units.y_scale * (kept @ F @ u) - shared.beta @ below.T
    expected = np.zeros((len(F), p + q, q))
    expected[:, p:] = kept @ F @ of_u
    return Knowledge(
        shared=shared,
        shift=read_only(np.concatenate([np.zeros(p), fit.units.y_scale * (D @ u)])),
        root=read_only(root),
        moves=read_only(np.hstack([shared.beta, b_moves])),
        spreads=read_only(spreads),
        expected=_compact(np.zeros((p + q, 0)), expected),
        measurements=int(fit.grouping.sizes[i]),
    )


def _compact(root: Array, more: Array) -> Array:
    """A root (k, at most k) of the covariance of the root (k, ·) plus those of ``more`` (f, k, ·)."""
    wide = np.hstack([root, *more])
    return read_only(np.transpose(np.linalg.qr(wide.T, mode="r")) if wide.size else wide)

"""Where many replicates stand: what was found there, and its derivatives carried over to theta.

Equation: docs/mathematics.md (15).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lmm.model.covariance import CovarianceTemplate
from lmm.numerics import Array


@dataclass(slots=True)
class Points:
    """B replicates each at its own D = TT', T (B, q, q) of any shape: all arrays lead with B.

    ``G`` is the gradient in D (B, q, q), ``H`` the Hessian (B, q, q, q, q). ``value`` is not a number
    where X'V⁻¹X could not be factorised.
    """

    T: Array
    value: Array
    beta: Array
    r2: Array
    Phi: Array
    G: Array
    H: Array

    def take(self, index: np.ndarray) -> Points:
        """Some of the replicates, copied."""
        return Points(*(getattr(self, name)[index] for name in self.__slots__))

    def put(self, index: np.ndarray, other: Points) -> None:
        """Set some of the replicates."""
        for name in self.__slots__:
            getattr(self, name)[index] = getattr(other, name)


def side_by_side(parts: Sequence[Points]) -> Points:
    """The replicates of all parts."""
    return Points(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in Points.__slots__)
    )


def factors(template: CovarianceTemplate, theta: Array, order: np.ndarray) -> Array:
    """T (B, q, q) from theta (B, k) whose triangle the rows fill in this ``order`` (B, q)."""
    T = np.zeros((len(theta), template.q, template.q))
    each = np.arange(len(theta))
    for k, (i, j) in enumerate(template.entries):
        T[each, order[:, i], j] = theta[:, k]
    return T


def in_theta(
    template: CovarianceTemplate, points: Points, order: np.ndarray
) -> tuple[Array, Array]:
    """Gradient (B, k) and Hessian (B, k, k) in theta: dD = dT T' + T dT', d²D = dT dT' + dT dT'.

    ``order`` (B, q) as in ``factors``.
    """
    entries = template.entries
    B, q = order.shape
    T, G, H = _rows_in_order(points, order)
    J = np.zeros((B, len(entries), q, q))
    for k, (i, j) in enumerate(entries):
        J[:, k, i, :] += T[:, :, j]
        J[:, k, :, i] += T[:, :, j]
    J = J.reshape(B, len(entries), q * q)
    gradient = (J @ G.reshape(B, q * q, 1))[..., 0]
    hessian = J @ H.reshape(B, q * q, q * q) @ J.swapaxes(1, 2)
    for k, (i, j) in enumerate(entries):
        for index, (a, b) in enumerate(entries):
            if j == b:
                hessian[:, k, index] += 2.0 * G[:, i, a]
    return gradient, 0.5 * (hessian + hessian.swapaxes(1, 2))


def _rows_in_order(points: Points, order: np.ndarray) -> tuple[Array, Array, Array]:
    """T, G and H with the rows of D in this order."""
    each = np.arange(len(order)).reshape(-1, 1, 1, 1, 1)
    a, b, c, d = (
        np.expand_dims(order, [k for k in (1, 2, 3, 4) if k != axis]) for axis in (1, 2, 3, 4)
    )
    return (
        points.T[each[:, :, 0, 0, 0], order],
        points.G[each[..., 0, 0], a[..., 0, 0], b[..., 0, 0]],
        points.H[each, a, b, c, d],
    )

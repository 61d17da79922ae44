"""The eigenvalues that decide the exact distribution of a variance's test, without an n × n matrix.

One random column z per group: Z'(I − P_X)Z = diag(d) − AA', d_i the group's sum of squares of z and A
(m, p) its cross-products with an orthonormal basis of X. Equal d leave all but p of their eigenvalues
where they are; what is left is a problem of (number of distinct d) · p rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmm.model.design import Design
from lmm.model.grouprows import group_sums
from lmm.model.units import internal_units
from lmm.numerics import Array, read_only

_EQUAL = 1e-10  # relative: what rounding leaves of equal values
_VANISHED = 1e-10  # of the largest eigenvalue: counted as zero
_DISTINCT = 300  # eigenvalues to be simulated; beyond, neighbours are taken together
_ROWS = 900  # of the eigenvalue problem that is left


@dataclass(frozen=True, slots=True, kw_only=True)
class Spectrum:
    """``values`` (k,) distinct positive eigenvalues of Z'(I − P_X)Z with their ``counts``, and of Z'Z too.

    Both in units of the largest. ``n`` rows, ``p`` fixed effects. ``blur``: each eigenvalue is exact but
    for a factor within exp(±blur); 0 where none was taken together with others.
    """

    values: Array
    counts: np.ndarray
    squares: Array
    square_counts: np.ndarray
    n: int
    p: int
    blur: float

    @property
    def null(self) -> int:
        """Directions of the residual space that the random effect does not reach."""
        return self.n - self.p - int(self.counts.sum())


def spectrum(design: Design, place: int) -> Spectrum:
    """The spectrum of one random block of a single column; cost linear in the rows.

    More than 300 distinct eigenvalues are taken together with their neighbours: scaling z within a
    group by s moves no eigenvalue by more than the factor s² (Ostrowski 1959, PNAS 45:740), so the
    error of each is known (``blur``).
    """
    XY, Z, _ = internal_units(design)
    at = sum(block.Z.shape[1] for block in design.blocks[:place])
    z, X = Z[:, at], XY[:, :-1]
    codes = design.blocks[place].grouping.codes
    sums = group_sums(codes, len(design.blocks[place].grouping.levels))
    basis = np.linalg.qr(X)[0]
    return spectrum_of_sums(sums @ (z * z), sums @ (z[:, None] * basis), n=len(z))


def spectrum_of_sums(d: Array, A: Array, *, n: int) -> Spectrum:
    """The spectrum from d (m,) and A (m, p)."""
    seen = d > _VANISHED * d.max()
    d, A, p = d[seen], A[seen], A.shape[1]
    order = np.argsort(d)
    d, A = d[order], A[order]
    most = max(20, min(_DISTINCT, _ROWS // max(p, 1)))
    classes, squares, square_counts, blur = _together(d, np.ones(len(d), int), most)
    A = A * np.sqrt(squares[classes] / d)[:, None]
    ends = np.cumsum(square_counts)
    roots = [
        np.linalg.qr(A[end - count : end], mode="r")
        for end, count in zip(ends, square_counts, strict=True)
    ]
    ranks = np.array([len(root) for root in roots])
    turned = np.concatenate(roots)
    left = np.diag(np.repeat(squares, ranks)) - turned @ turned.T
    values = np.asarray(np.concatenate([np.linalg.eigvalsh(left), squares]), float)
    counts = np.concatenate([np.ones(len(left), int), square_counts - ranks])
    largest = float(values[counts > 0].max())
    positive = (values > _VANISHED * largest) & (counts > 0)
    order = np.argsort(values[positive])
    values, counts = values[positive][order], counts[positive][order]
    _, values, counts, more = _together(values, counts, _DISTINCT)
    return Spectrum(
        values=read_only(values / largest),
        counts=read_only(counts),
        squares=read_only(squares / largest),
        square_counts=read_only(square_counts),
        n=n,
        p=p,
        blur=blur + more,
    )


def _together(
    values: Array, counts: np.ndarray, most: int
) -> tuple[np.ndarray, Array, Array, float]:
    """Classes of equal values, ascending: each value's class, the classes' means and counts, their blur.

    Where that makes more than ``most``, classes of equal width on the log scale.
    """
    steps = np.diff(values) > _EQUAL * values[1:]
    classes = np.concatenate([[0], np.cumsum(steps)])
    exact = classes[-1] < most
    if not exact:
        logs = np.log(values)
        width = (logs[-1] - logs[0]) / most
        classes = np.minimum(((logs - logs[0]) / width).astype(int), most - 1)
        classes = np.unique(classes, return_inverse=True)[1]
    totals = np.bincount(classes, weights=counts)
    means = np.bincount(classes, weights=counts * values) / totals
    blur = 0.0 if exact else float(np.abs(np.log(values / means[classes])).max())
    return classes, means, np.rint(totals).astype(int), blur

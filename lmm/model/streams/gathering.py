"""Sufficient statistics of rows that come a batch at a time and go: what is known of a group is q more rows of it.

The rows of a group act only through the triangular factor of their [Z X y]. Set under the group's next
rows and reduced with them it gives that of all of them (updating a QR factorisation by rows: Golub and
Van Loan 2013, Matrix Computations, section 6.5.3), in any order of the rows and by orthogonal steps only.

Equations: docs/mathematics.md (3), (4).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmm.model.grouprows import grouped_rows
from lmm.model.groups import dense_codes
from lmm.model.statistics import take_groups_out
from lmm.numerics import Array, triangular_factor

_GROUPS_AT_A_TIME = 2**16


@dataclass(slots=True, kw_only=True)
class Gathering:
    """What rows have said so far, for m groups, q columns Z and p + 1 columns [X y].

    ``R`` (q, q, m) and ``H`` (q, p+1, m) as in ``GroupStatistics``, ``root`` (p+1, p+1) the triangular factor
    of what the groups leave of [X y], ``sizes`` (m,) the rows seen.
    """

    R: Array
    H: Array
    root: Array
    sizes: np.ndarray

    @property
    def n(self) -> int:
        """Rows seen."""
        return int(self.sizes.sum())

    def add(self, XY: Array, Z: Array, codes: np.ndarray) -> None:
        """Rows [X y] (n, p+1) and Z (n, q) with the group of each, ``codes`` (n,); ``XY`` is consumed."""
        least = int(codes.min())
        codes, groups = dense_codes(codes - least)
        groups = groups + least
        new = np.bincount(codes, minlength=len(groups))
        known = np.flatnonzero(self.sizes[groups])
        self.sizes[groups] += new
        XY, Z, codes = self._under_what_is_known(XY, Z, codes, groups, known)
        self._reduce(XY, Z, codes, groups)

    def add_factors(self, R: Array, H: Array, sizes: np.ndarray) -> None:
        """Groups never seen, m of them, by triangles R (k, q, m) and H (k, p+1, m) that stand for ``sizes`` rows."""
        k, m = R.shape[0], R.shape[2]
        self.sizes += sizes
        for start in range(0, m, _GROUPS_AT_A_TIME):
            here = slice(start, min(start + _GROUPS_AT_A_TIME, m))
            groups = np.arange(here.start, here.stop)
            codes = np.repeat(np.arange(len(groups)), k)
            self._reduce(_as_rows(H[:, :, here]), _as_rows(R[:, :, here]), codes, groups)

    def add_rest(self, rest: Array) -> None:
        """Rows (k, p+1) that no group has a part in."""
        self.root = triangular_factor(self.root, rest)

    def _reduce(self, XY: Array, Z: Array, codes: np.ndarray, groups: np.ndarray) -> None:
        R, H, _ = take_groups_out(XY, Z, grouped_rows(codes, len(groups)))
        self.R[:, :, groups] = R
        self.H[:, :, groups] = H
        self.root = triangular_factor(self.root, XY)

    def _under_what_is_known(
        self, XY: Array, Z: Array, codes: np.ndarray, groups: np.ndarray, known: np.ndarray
    ) -> tuple[Array, Array, np.ndarray]:
        """The rows after those that stand for their groups' earlier ones; rows in order of group stay so."""
        if not len(known):
            return XY, Z, codes
        earlier = groups[known]
        before = np.repeat(known, len(self.R))
        return (
            _stacked(_as_rows(self.H[:, :, earlier]), XY),
            _stacked(_as_rows(self.R[:, :, earlier]), Z),
            np.concatenate([before, codes]),
        )


def empty_gathering(*, m: int, q: int, p: int) -> Gathering:
    """No rows yet."""
    return Gathering(
        R=np.zeros((q, q, m)),
        H=np.zeros((q, p + 1, m)),
        root=np.zeros((p + 1, p + 1)),
        sizes=np.zeros(m, np.int64),
    )


def whole_factor(H: Array, root: Array) -> Array:
    """The triangular factor (p+1, p+1) of [X y] over all rows, from what groups take of it and what they leave."""
    whole = root
    for start in range(0, H.shape[2], _GROUPS_AT_A_TIME):
        whole = triangular_factor(whole, _as_rows(H[:, :, start : start + _GROUPS_AT_A_TIME]))
    return whole


def _as_rows(blocks: Array) -> Array:
    """(k, c, m) as m times k rows (m·k, c), group after group."""
    k, columns, m = blocks.shape
    rows = np.empty((m * k, columns), order="F")
    for j in range(columns):
        rows[:, j].reshape(m, k)[:] = blocks[:, j].T
    return rows


def _stacked(above: Array, below: Array) -> Array:
    whole = np.empty((len(above) + len(below), below.shape[1]), order="F")
    whole[: len(above)] = above
    whole[len(above) :] = below
    return whole

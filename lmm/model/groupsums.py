"""Sums over groups of products of what each group says: all that the criterion's derivatives ask for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lmm.numerics import Array

BLOCK = 4096  # groups


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSums:
    """Σ over groups, P being a root of Phi and CP the columns C P.

    ``B`` of B, ``uu`` of uu', ``CPC`` of C Phi C' (q, q); ``Cu`` of CP u' (q, p, q); ``CC`` of CP (CP)'
    (q, p, q, p), as in Σ_i (C_i)_ap (C_i)_bs; ``BB``, ``uuB``, ``CPCB`` (q, q, q, q) of B_ab B_cd, u_a u_b B_cd
    and (C Phi C')_ab B_cd.
    """

    B: Array
    uu: Array
    CPC: Array
    Cu: Array
    CC: Array
    BB: Array
    uuB: Array
    CPCB: Array

    @property
    def q(self) -> int:
        """Random columns."""
        return self.B.shape[0]


def sum_products(pulled: Array, beta: Array, Phi_root: Array, *, counts: Array | None) -> GroupSums:
    """The sums from ``pulled`` = R'K⁻¹[R H] (q, q + p + 1, m), group i standing for ``counts``_i as to R."""
    q, m = pulled.shape[0], pulled.shape[2]
    p = len(beta)
    rows, columns, place = _pairs(q)
    pairs = len(rows)
    contrast = np.append(-beta, 1.0)
    linear = np.zeros((q * p + q, q * p + q))
    products, B_sum = np.zeros((3 * pairs, pairs)), np.zeros(pairs)
    for start in range(0, m, BLOCK):
        here = pulled[:, :, start : start + BLOCK]
        size = here.shape[2]
        seen = np.empty((q * p + q, size))
        CP, u = seen[: q * p].reshape(q, p, size), seen[q * p :]
        np.matmul(Phi_root.T, here[:, q:-1], out=CP)
        np.matmul(contrast, here[:, q:], out=u)
        linear += seen @ seen.T
        packed = np.empty((3, pairs, size))
        for k in range(pairs):
            a, b = rows[k], columns[k]
            packed[0, k] = here[a, b]
            np.multiply(u[a], u[b], out=packed[1, k])
            np.einsum("pm,pm->m", CP[a], CP[b], out=packed[2, k])
        B = packed[0]
        if counts is not None:
            B = B.copy()
            packed[0] *= counts[start : start + BLOCK]
        B_sum += packed[0].sum(axis=1)
        products += packed.reshape(3 * pairs, size) @ B.T
    CC = linear[: q * p, : q * p].reshape(q, p, q, p)
    BB, uuB, CPCB = products.reshape(3, pairs, pairs)[:, place[:, :, None, None], place]
    return GroupSums(
        B=B_sum[place],
        uu=linear[q * p :, q * p :],
        CPC=np.trace(CC, axis1=1, axis2=3),
        Cu=linear[: q * p, q * p :].reshape(q, p, q),
        CC=CC,
        BB=BB,
        uuB=uuB,
        CPCB=CPCB,
    )


@lru_cache
def _pairs(q: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows and columns of a symmetric matrix's own entries, and where each entry (q, q) is among them."""
    rows, columns = np.triu_indices(q)
    place = np.empty((q, q), int)
    place[rows, columns] = place[columns, rows] = np.arange(len(rows))
    return rows, columns, place

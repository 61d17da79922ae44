"""Fixed effects and sigma² profiled out of many criteria at once (see ``lmm.model.criterion``)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmm.numerics import Array, cholesky_of_groups, forward_solve_groups


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """beta (B, p), r2 (B,), Phi (B, p, p), log|X'V⁻¹X|, and the ``whitener`` of [X y] (B, p+1, p+1)."""

    beta: Array
    r2: Array
    Phi: Array
    log_det: Array
    whitener: Array


def profile_out(cross: Array, *, dof: Array) -> Profile:
    """From [X y]'V⁻¹[X y] (B, p+1, p+1); not a number where X'V⁻¹X is not positive definite."""
    B, p = cross.shape[0], cross.shape[1] - 1
    with np.errstate(invalid="ignore", divide="ignore"):
        L = cholesky_of_groups(np.ascontiguousarray(cross[:, :p, :p].transpose(1, 2, 0)))
        identity = np.broadcast_to(np.eye(p)[:, :, None], (p, p, B))
        solved = forward_solve_groups(
            L, np.concatenate([identity, cross[:, :p, p].T[:, None]], axis=1)
        ).transpose(2, 0, 1)
        root, along = solved[..., :p], solved[..., p]
        r2 = cross[:, p, p] - np.einsum("bp,bp->b", along, along)
        size = np.sqrt(dof / r2)
        log_det = 2.0 * np.log(L[np.diag_indices(p)]).sum(axis=0)
    beta = np.einsum("brp,br->bp", root, along)
    whitener = np.zeros((B, p + 1, p + 1))
    whitener[:, :p, :p] = root
    whitener[:, p, :p] = -beta * size[:, None]
    whitener[:, p, p] = size
    return Profile(
        beta=beta, r2=r2, Phi=root.swapaxes(1, 2) @ root, log_det=log_det, whitener=whitener
    )

"""Many fits as arrays in the user's units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from lmm.model.batch.points import Points
from lmm.model.batch.replicates import Replicates
from lmm.model.covariance import CovarianceTemplate
from lmm.model.fit import Fit
from lmm.numerics import Array, read_only


@dataclass(frozen=True, slots=True, kw_only=True)
class Refits:
    """B fits of one model: ``theta`` (B, k), ``beta`` (B, p), ``Psi`` (B, q, q), ``vcov`` (B, p, p), the rest (B,).

    In the user's units, as in ``Fit``. A coefficient that a replicate's rows cannot determine is not
    a number; all of a replicate is, where its rows cannot carry the model: ``messages`` (B) then say
    why, and are empty elsewhere.
    """

    criterion: Array
    theta: Array
    beta: Array
    sigma: Array
    Psi: Array
    vcov: Array
    converged: np.ndarray
    singular: np.ndarray
    messages: tuple[str, ...]


def in_users_units(
    fit: Fit, replicates: Replicates, points: Points, converged: np.ndarray
) -> Refits:
    """Replicates of ``fit`` from internal units."""
    units, template, scale = fit.units, fit.template, replicates.y_scale
    dof = replicates.dof(reml=fit.reml)
    sigma = scale * np.sqrt(points.r2 / dof)
    T = _standard(template, units.W_z @ points.T)
    shift = units.criterion_out(0.0, dof=0.0, reml=fit.reml) + units.log_weights
    return Refits(
        criterion=points.value + shift + 2.0 * dof * np.log(scale) - replicates.log_weights,
        theta=np.array([T[:, i, j] for i, j in template.entries]).T,
        beta=scale[:, None] * (points.beta @ units.W_x.T) + replicates.y_shift,
        sigma=sigma,
        Psi=sigma[:, None, None] ** 2 * (T @ T.swapaxes(1, 2)),
        vcov=sigma[:, None, None] ** 2 * (units.W_x @ points.Phi @ units.W_x.T),
        converged=converged,
        singular=(np.diagonal(T, axis1=1, axis2=2) == 0.0).any(axis=1),
        messages=("",) * len(sigma),
    )


def joined(fit: Fit, parts: Sequence[Refits], order: np.ndarray | None = None) -> Refits:
    """Refits side by side, put into an order where one is given."""
    q, p, k = fit.template.q, fit.p, len(fit.theta)
    none = Refits(
        criterion=np.empty(0),
        theta=np.empty((0, k)),
        beta=np.empty((0, p)),
        sigma=np.empty(0),
        Psi=np.empty((0, q, q)),
        vcov=np.empty((0, p, p)),
        converged=np.empty(0, bool),
        singular=np.empty(0, bool),
        messages=(),
    )
    parts = [none, *parts]
    messages = [message for part in parts for message in part.messages]
    order = np.arange(len(messages)) if order is None else order
    arrays = {
        field.name: read_only(np.concatenate([getattr(part, field.name) for part in parts])[order])
        for field in fields(Refits)
        if field.name != "messages"
    }
    return Refits(**arrays, messages=tuple(messages[b] for b in order))


def _standard(template: CovarianceTemplate, T: Array) -> Array:
    """T (B, q, q) with each block lower triangular and its diagonal not negative."""
    standard = np.zeros_like(T)
    empty = np.abs(T).sum(axis=1) == 0.0
    for block in template.slices:
        transposed = np.asarray(np.linalg.qr(T[:, block, block].swapaxes(1, 2), mode="r"))
        root = transposed.swapaxes(1, 2)
        signs = np.where(np.diagonal(root, axis1=1, axis2=2) < 0, -1.0, 1.0)
        standard[:, block, block] = root * signs[:, None]
    for b in np.flatnonzero(empty.any(axis=-1)):
        standard[b] = template.standard(T[b])
    return standard

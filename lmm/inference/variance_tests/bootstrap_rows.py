"""The parameters of many refits side by side: which they are, their ranges, and their values draw by draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmm.inference.variances.icc import residual_ratio
from lmm.model.fit import Fit
from lmm.numerics import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """What a parameter is called; ``other`` is a correlation's second column."""

    kind: str
    group: str = ""
    term: str = ""
    other: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterDraws:
    """k parameters with their ranges and their ``values`` (B,) each; not a number where undefined."""

    names: tuple[Parameter, ...]
    lowest: tuple[float, ...]
    highest: tuple[float, ...]
    values: tuple[Array, ...]


def parameter_draws(
    fit: Fit, beta: Array, sigma: Array, Psi: Array, *, kept: np.ndarray
) -> ParameterDraws:
    """Parameters and shares of variance from beta (B, p), sigma (B,), Psi (B, q, q); rows ``kept`` only."""
    beta, sigma, Psi = beta[kept], sigma[kept], Psi[kept]
    made: list[tuple[Parameter, float, float, Array]] = [
        (Parameter(kind="fixed_effect", term=term), -np.inf, np.inf, beta[:, j])
        for j, term in enumerate(fit.design.names)
    ]
    made += _random_part(fit, Psi)
    made.append((Parameter(kind="residual_sd"), 0.0, np.inf, sigma))
    made += _shares(fit, beta, sigma, Psi)
    names, lowest, highest, values = zip(*made, strict=True)
    return ParameterDraws(names=names, lowest=lowest, highest=highest, values=values)


def _random_part(fit: Fit, Psi: Array) -> list[tuple[Parameter, float, float, Array]]:
    sds = np.sqrt(np.einsum("baa->ba", Psi))
    rows = []
    for block, place in zip(fit.design.blocks, fit.template.slices, strict=True):
        columns, group = range(place.start, place.stop), block.grouping.name
        rows += [
            (Parameter(kind="sd", group=group, term=fit.random_names[j]), 0.0, np.inf, sds[:, j])
            for j in columns
        ]
        for j, i in [(j, i) for j in columns for i in columns if i > j]:
            product = sds[:, i] * sds[:, j]
            correlation = np.divide(
                Psi[:, i, j], product, out=np.full(len(product), np.nan), where=product > 0.0
            )
            name = Parameter(
                kind="correlation",
                group=group,
                term=fit.random_names[j],
                other=fit.random_names[i],
            )
            rows.append((name, -1.0, 1.0, correlation))
    return rows


def _shares(
    fit: Fit, beta: Array, sigma: Array, Psi: Array
) -> list[tuple[Parameter, float, float, Array]]:
    """Intraclass correlation and R² as in ``icc`` and ``explained``: averages over the rows."""
    centred = fit.design.X - fit.design.X.mean(axis=0)
    spread = centred.T @ centred / (fit.n - 1)
    fixed = np.einsum("bp,pr,br->b", beta, spread, beta, optimize=True)
    Z = fit.Z
    random = np.einsum("bqr,qr->b", Psi, Z.T @ Z / fit.n)
    unexplained = random + residual_ratio(fit) * sigma**2
    whole = fixed + unexplained
    shares = {
        "icc": random / unexplained,
        "marginal_r2": fixed / whole,
        "conditional_r2": (fixed + random) / whole,
    }
    return [(Parameter(kind=kind), 0.0, 1.0, values) for kind, values in shares.items()]

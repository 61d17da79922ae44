"""The optimum by two further routes: none near it is better by the written-out density, and other columns lead to it.

Unlike the ``identities`` these need an optimum, and a search that finds it again to its own tolerance: a fit that did
not converge has neither, and is told of as such elsewhere.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lmm.inference.identities.density import density, density_cost
from lmm.inference.identities.of_fits import COST, Identity, rounding
from lmm.model.design import Design
from lmm.model.fit import Fit, fit_design
from lmm.numerics import Array, read_only, root_mean_square

# Units of the criterion: differences this small say nothing about any model.
_CRITERION = 1e-6
# How far theta is moved, relative to its row of T.
_STEP = 1e-3
# Rows beyond which a second search is not worth its time.
_ROWS, _ROWS_OF_SEVERAL = 20_000, 1000
# Columns are measured in units so much larger, and made up with so much of the others.
_UNIT, _MIXED = 4.0, 0.5


def found_again(fit: Fit) -> tuple[Identity, ...]:
    """Whether the criterion rises to every side of theta, and whether a search in other columns ends as low."""
    reason = "" if fit.converged else "unconverged"
    if not reason and rounding(fit) > _CRITERION:
        reason = "rounding"
    moves = 2 * len(fit.theta) + 1
    far = reason or ("size" if moves * density_cost(fit) > COST else "")
    again = reason or ("size" if fit.n > _most_rows(fit) else "")
    return (
        _identity("neighbours", None if far else _fall_nearby(fit), far),
        _identity("other_columns", None if again else _moved(fit), again),
    )


def _identity(id: str, difference: float | None, reason: str) -> Identity:
    return Identity(id=id, difference=difference, allowed=_CRITERION, reason=reason)


def _most_rows(fit: Fit) -> int:
    return _ROWS if len(fit.factors) == 1 else _ROWS_OF_SEVERAL


def _fall_nearby(fit: Fit) -> float:
    """How much lower than at theta the criterion is a step to any side of it, by the density; 0 at a minimum."""
    here = density(fit).criterion(reml=fit.reml)
    sizes = np.array([root_mean_square(z) for z in fit.Z.T])
    lowest = here
    for i, j in fit.template.entries:
        row = float(np.linalg.norm(fit.T[i]))
        step = _STEP * max(row, _STEP / sizes[i])
        for move in (-step, step):
            T = fit.T.copy()
            T[i, j] += move
            lowest = min(lowest, density(fit, T).criterion(reml=fit.reml))
    return here - lowest


def _moved(fit: Fit) -> float:
    """How far apart the criteria are of two searches, of the columns as given and of others that span the same."""
    A = _mixing(fit.design.X)
    other = fit_design(_in_other_columns(fit.design, A), reml=fit.reml)
    shift = 2.0 * float(np.linalg.slogdet(A)[1]) if fit.reml else 0.0
    return float(abs(other.criterion - shift - fit.criterion))


def _in_other_columns(design: Design, A: Array) -> Design:
    """X A for X, and random columns in other units, mixed within the blocks whose columns may correlate."""
    blocks = tuple(
        replace(block, Z=read_only(block.Z @ _mixing(block.Z))) for block in design.blocks
    )
    return replace(design, X=read_only(design.X @ A), blocks=blocks)


def _mixing(columns: Array) -> Array:
    """An upper triangular (k, k): every column in a larger unit, and with a part of those before it."""
    sizes = np.array([root_mean_square(column) for column in columns.T])
    k = len(sizes)
    parts = np.triu(np.full((k, k), _MIXED), 1) + np.eye(k)
    return parts * sizes / sizes[:, None] / _UNIT

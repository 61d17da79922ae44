"""Internal units: columns centred and scaled before any arithmetic, so that no digit is lost.

A raw calendar year or a large mean costs every digit of a cross-product; the criterion does not depend
on origin and unit, so the fit is done near mean 0 and size 1 and carried back exactly (powers of two).

Equation: docs/mathematics.md (17).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmm.model.centring import (
    apply_centring,
    centring,
    constant_column,
    constant_combination,
    far_from_dependent,
    nearly_all,
    straightening,
)
from lmm.model.design import Design, RandomBlock
from lmm.numerics import Array, power_of_two_near, root_mean_square

_SAMPLE = 10_000  # rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """The change of units: ``X_in = X W_x``, ``Z_in = Z W_z``, ``y = y_scale · y_in + X y_shift``.

    With prior weights every row of the left-hand sides is times the root of its own; ``log_weights`` is
    the sum of their logarithms.
    """

    W_x: Array
    W_z: Array
    y_scale: float
    y_shift: Array
    log_weights: float = 0.0

    def beta_out(self, beta: Array) -> Array:
        """Fixed effects in the user's units, (p,), from internal ones."""
        return self.y_scale * (self.W_x @ beta) + self.y_shift

    def unscaled_covariance_out(self, Phi: Array) -> Array:
        """(X'V⁻¹X)⁻¹ with V relative to sigma², in the user's units of X, (p, p)."""
        return self.W_x @ Phi @ self.W_x.T

    def criterion_out(self, criterion: float, *, dof: float, reml: bool) -> float:
        """The criterion on the user's scale: a density changes with the unit of y (and X under REML)."""
        shift = 2.0 * dof * np.log(self.y_scale) - self.log_weights
        if reml:
            shift -= 2.0 * float(np.linalg.slogdet(self.W_x)[1])
        return criterion + shift


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How internal columns are made: X by ``centred`` (p, p), then ``straight``; y less ``y_centre`` and ``taken``.

    With prior weights all rows are multiplied by the weight's root, relative to ``weight_size``, after centring.
    """

    units: Units
    centred: Array
    straight: Array | None
    y_centre: float
    taken: Array | None
    weight_size: float = 1.0

    def columns(self, design: Design, rows: slice = slice(None)) -> tuple[Array, Array]:
        """[X y] (n, p+1) and Z (n, q) of the ``rows`` in internal units."""
        X, y = design.X[rows], design.y[rows]
        XY = np.empty((len(y), X.shape[1] + 1), order="F")
        inner, left = XY[:, :-1], XY[:, -1]
        apply_centring(X, self.centred, out=inner)
        Z, at = np.empty((len(y), len(self.units.W_z)), order="F"), 0
        for block in design.blocks:
            place = slice(at, at + block.Z.shape[1])
            W = self.units.W_z[place, place] * self.weight_size
            if block.Z is design.X and np.array_equal(W, self.centred):
                Z[:, place] = inner
            else:
                apply_centring(block.Z[rows], W, out=Z[:, place])
            at = place.stop
        np.subtract(y, self.y_centre, out=left)
        if design.weights is not None:
            roots = np.sqrt(design.weights[rows]) / self.weight_size
            XY *= roots[:, None]
            Z *= roots[:, None]
        if self.straight is not None:
            inner[:] = inner @ self.straight
        if self.taken is not None:
            left -= inner @ self.taken
        left /= self.units.y_scale / self.weight_size
        return XY, Z


def internal_units(design: Design) -> tuple[Array, Array, Units]:
    """Columns [X y] (n, p+1) and Z (n, q) in internal units, and the way back."""
    change = change_of_units(design)
    return *change.columns(design), change.units


def change_of_units(design: Design) -> Change:
    """The change for a design. Origins and units need only be near: of many rows a sample is asked."""
    n = len(design.y)
    if n > 2 * _SAMPLE:
        few = np.sort(np.random.default_rng(0).integers(0, n, size=_SAMPLE))
        change = _change_of_units(design, few)
        if change is not None:
            return change
    change = _change_of_units(design, None)
    assert change is not None
    return change


def _change_of_units(design: Design, few: np.ndarray | None) -> Change | None:
    """The change that all rows, or a ``few``, call for; ``None`` where these few do not show enough."""

    def seen(columns: Array) -> Array:
        return columns if few is None else columns[few]

    X, y = seen(design.X), seen(design.y)
    constant = constant_column(design.X)
    centred = centring(X, constant)
    inner = np.empty(X.shape, order="F")
    apply_centring(X, centred, out=inner)
    blocks = [
        (block, X if block.Z is design.X else seen(block.Z), _own_constant(block))
        for block in design.blocks
    ]
    changes = [
        centred if Z is X and own == constant else centring(Z, own) for block, Z, own in blocks
    ]
    size = _weight_size(design.weights)
    roots = None if design.weights is None else np.sqrt(seen(design.weights)) / size
    if roots is not None:
        inner *= roots[:, None]
    if few is not None and not (far_from_dependent(inner) and _all_vary(y, X, constant, blocks)):
        return None
    straight = straightening(inner) if few is None else None
    W_x = centred
    if straight is not None:
        inner, W_x = inner @ straight, centred @ straight
    shift, centre = np.zeros(len(W_x)), 0.0
    one = constant_combination(design.X, constant)
    if one is not None:
        centre = float(np.mean(y))
        shift += centre * one
    left = y - centre
    if roots is not None:
        left *= roots
    taken = nearly_all(left, inner)
    if taken is not None:
        left = left - inner @ taken
        shift += W_x @ taken
    return Change(
        units=Units(
            W_x=W_x / size,
            W_z=_block_diagonal(changes) / size,
            y_scale=power_of_two_near(root_mean_square(left)) * size,
            y_shift=shift,
            log_weights=0.0 if design.weights is None else float(np.log(design.weights).sum()),
        ),
        centred=centred,
        straight=straight,
        y_centre=centre,
        taken=taken,
        weight_size=size,
    )


def _block_diagonal(blocks: list[Array]) -> Array:
    whole, at = np.zeros((sum(map(len, blocks)),) * 2), 0
    for block in blocks:
        whole[at : at + len(block), at : at + len(block)] = block
        at += len(block)
    return whole


def _weight_size(weights: Array | None) -> float:
    """A power of two near the size of the weights' roots: relative to it sigma stays near one."""
    return 1.0 if weights is None else power_of_two_near(root_mean_square(np.sqrt(weights)))


def _all_vary(
    y: Array, X: Array, constant: int | None, blocks: list[tuple[RandomBlock, Array, int | None]]
) -> bool:
    """Whether every column but a constant one takes more than one value."""
    columns = [y, *(X[:, j] for j in range(X.shape[1]) if j != constant)]
    columns += [Z[:, j] for _, Z, own in blocks for j in range(Z.shape[1]) if j != own]
    return all((column != column[0]).any() for column in columns)


def _own_constant(block: RandomBlock) -> int | None:
    """A block's slopes may be centred only where they are free to correlate with its own intercept."""
    return 0 if block.encoding.intercept else None

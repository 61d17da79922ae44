"""What a statistic of the residuals would be if the model held: its values in clean data of the same design."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lmm.diagnostics.projection import Projection
from lmm.numerics import Array, read_only

# Enough for a standard deviation to 4%; fewer where the rows are many.
_DRAWS = 400
_FEWEST = 100
_NUMBERS = 10_000_000

# What the bands of figures hold all at once.
BAND = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Figures of the data beside those of clean data, (s,) each: ``value``, what is ``expected``, and the ends
    ``low`` and ``high`` of a band that holds all of them at once in 95% of clean data.
    """

    value: Array
    expected: Array
    low: Array
    high: Array

    @property
    def outside(self) -> np.ndarray:
        """Which values lie beyond the band, (s,)."""
        return (self.value < self.low) | (self.value > self.high)


def clean_values(P: Projection, statistic: Callable[[Array], Array], *, seed: int) -> Array:
    """(s, draws): ``statistic`` maps conditional residuals over sigma (n, k) to (s, k)."""
    count = int(np.clip(_NUMBERS // P.n, _FEWEST, _DRAWS))
    return np.concatenate([statistic(e) for e in P.draws(count, seed=seed)], axis=1)


def beside_clean(P: Projection, statistic: Callable[[Array], Array], *, seed: int) -> Beside:
    """What ``statistic`` gives of the data, in a band of equal reach in each figure's own standard deviations."""
    clean = clean_values(P, statistic, seed=seed)
    middle, sd = clean.mean(axis=1), clean.std(axis=1, ddof=1)
    moves = sd > 0
    away = np.abs(clean - middle[:, None])[moves] / sd[moves, None]
    reach = float(np.quantile(away.max(axis=0), BAND)) if moves.any() else 0.0
    return Beside(
        value=read_only(statistic(P.residual[:, None])[:, 0]),
        expected=read_only(middle),
        low=read_only(middle - reach * sd),
        high=read_only(middle + reach * sd),
    )

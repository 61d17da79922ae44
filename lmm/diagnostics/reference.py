"""What a statistic of the residuals would be if the model held: its values in clean data of the same design."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lmm.diagnostics.projection import Projection
from lmm.numerics import Array

# Enough for a standard deviation to 4%; fewer where the rows are many.
_DRAWS = 400
_FEWEST = 100
_NUMBERS = 10_000_000


def clean_values(P: Projection, statistic: Callable[[Array], Array], *, seed: int) -> Array:
    """(s, draws): ``statistic`` maps conditional residuals over sigma (n, k) to (s, k)."""
    count = int(np.clip(_NUMBERS // P.n, _FEWEST, _DRAWS))
    return np.concatenate([statistic(e) for e in P.draws(count, seed=seed)], axis=1)

"""R's ``rnorm`` after ``set.seed``: Mersenne-Twister and inversion, its defaults since R 1.7.0.

From R's documentation of ``Random`` and its source, src/main/RNG.c and src/nmath/snorm.c.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

_WORDS = 624
_DISCARDED = 50
_TO_UNIT = 2.0**-32
_LEAST = 0.5 / (2.0**32 - 1.0)  # R keeps its uniforms this far from 0 and 1
_FINE = 134217728  # 2^27


def normals(count: int, *, seed: int) -> np.ndarray:
    """``set.seed(seed); rnorm(count)``, (count,): two uniforms a draw, the first cut to 27 bits."""
    uniform = _TO_UNIT * _twister(seed).random_raw(2 * count)
    uniform = np.clip(uniform, _LEAST, 1.0 - _LEAST)
    return ndtri((np.floor(_FINE * uniform[::2]) + uniform[1::2]) / _FINE)


def _twister(seed: int) -> np.random.MT19937:
    """NumPy's generator in the state in which R's ``set.seed`` leaves its own."""
    words = []
    for _ in range(_DISCARDED + 1 + _WORDS):
        seed = (69069 * seed + 1) % 2**32
        words.append(seed)
    # The first word after those discarded would be the position; R sets that to "all used up".
    key = np.array(words[-_WORDS:], np.uint32)
    twister = np.random.MT19937()
    twister.state = {"bit_generator": "MT19937", "state": {"key": key, "pos": _WORDS}}
    return twister

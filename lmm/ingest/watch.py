"""Suspected missing-value codes of a column that comes a batch at a time."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from lmm.ingest.suspects import ONE_DIGIT, SuspectedCode, far_codes
from lmm.numerics import Array

# Of so many values the median and the spread are known well enough to tell what is eight spreads away.
_ENOUGH = 20_000


@dataclass(slots=True)
class Watch:
    """Counts of the one-digit values (99.9, 888 …), the ends of all others, and an even sample of these."""

    counted: Counter[float] = field(default_factory=Counter)
    low: float = np.inf
    high: float = -np.inf
    sample: Array = field(default_factory=lambda: np.empty(0))
    drawn: Array = field(default_factory=lambda: np.empty(0))
    random: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0))

    def add(self, values: Array) -> None:
        """More values, not-a-number where missing."""
        values = values[np.isfinite(values)]
        candidate = pd.Series(values).isin(ONE_DIGIT).to_numpy()
        self.counted.update(values[candidate].tolist())
        rest = values[~candidate]
        if not rest.size:
            return
        self.low, self.high = min(self.low, float(rest.min())), max(self.high, float(rest.max()))
        drawn = self.random.random(rest.size)
        below = (
            np.flatnonzero(drawn <= self.drawn.max()) if self.drawn.size == _ENOUGH else slice(None)
        )
        self.sample = np.append(self.sample, rest[below])
        self.drawn = np.append(self.drawn, drawn[below])
        if self.drawn.size > _ENOUGH:
            kept = np.argpartition(self.drawn, _ENOUGH)[:_ENOUGH]
            self.sample, self.drawn = self.sample[kept], self.drawn[kept]

    def suspects(self, column: str) -> tuple[SuspectedCode, ...]:
        """As ``suspected_codes`` of all values."""
        if not self.counted or not self.sample.size:
            return ()
        ordered = dict(sorted(self.counted.items()))
        return far_codes(column, ordered, self.sample, low=self.low, high=self.high)

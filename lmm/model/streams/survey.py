"""A first look at rows that come a batch at a time: a sample, the outcome's range, the levels that occur."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from lmm.numerics import Array

_SAMPLE = 10_000  # rows at least, where there are as many


class Batches(Protocol):
    """A table of ``rows`` rows read as often as asked for, some at a time.

    A frame holds complete rows only: numbers, factors as categories (the same in every frame), grouping
    columns as codes of their ``labels``.
    """

    @property
    def rows(self) -> int:
        """Rows, complete or not."""
        ...

    @property
    def labels(self) -> Mapping[str, list[str] | np.ndarray]:
        """The labels of each grouping column, text or whole numbers."""
        ...

    def frames(self) -> Iterator[pd.DataFrame]:
        """The complete rows from the beginning."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """``n`` complete rows, the outcome's smallest and largest, a ``sample`` of rows drawn evenly.

    ``examples`` has a row for each level of each factor that occurs.
    """

    n: int
    low: float
    high: float
    sample: pd.DataFrame
    examples: pd.DataFrame


def survey(outcome: str, batches: Batches) -> Survey:
    """One pass over the rows."""
    drawing, n, low, high = _Drawing(), 0, np.inf, -np.inf
    examples: dict[tuple[str, int], pd.DataFrame] = {}
    for frame in batches.frames():
        if not len(frame):
            continue
        y = frame[outcome].to_numpy(float)
        n, low, high = n + len(y), min(low, float(y.min())), max(high, float(y.max()))
        drawing.add(frame)
        for name in frame.columns:
            if isinstance(frame[name].dtype, pd.CategoricalDtype):
                codes = frame[name].cat.codes.to_numpy()
                for code in np.flatnonzero(np.bincount(codes)).tolist():
                    if (name, code) not in examples:
                        row = int(np.argmax(codes == code))
                        examples[name, code] = frame.iloc[row : row + 1].copy()
    sample = drawing.sample()
    return Survey(
        n=n,
        low=float(low),
        high=float(high),
        sample=sample,
        examples=pd.concat(examples.values(), ignore_index=True) if examples else sample[:0],
    )


class _Drawing:
    """Rows kept where a number drawn for each is below a threshold, which falls as rows come."""

    def __init__(self) -> None:
        self.random = np.random.default_rng(0)
        self.threshold = 1.0
        self.kept: list[tuple[Array, pd.DataFrame]] = []

    def add(self, frame: pd.DataFrame) -> None:
        drawn = self.random.random(len(frame))
        below = drawn < self.threshold
        self.kept.append((drawn[below], frame[below].copy()))
        while sum(len(drawn) for drawn, _ in self.kept) > 2 * _SAMPLE:
            self.threshold *= 0.5
            below = [drawn < self.threshold for drawn, _ in self.kept]
            self.kept = [
                (drawn[few], frame[few])
                for few, (drawn, frame) in zip(below, self.kept, strict=True)
            ]

    def sample(self) -> pd.DataFrame:
        frames = [frame for _, frame in self.kept]
        return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()

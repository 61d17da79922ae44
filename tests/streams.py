"""A table in memory handed out a part at a time, as a stream of a file would be."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lmm.model.groups import group_rows


class Parts:
    """The complete rows of a table cut at the given places; text columns are categories, ``group`` is coded."""

    def __init__(self, table: pd.DataFrame, group: str, cuts=()):
        self.rows = len(table)
        complete = table.dropna().reset_index(drop=True)
        grouping = group_rows((group,), complete)
        self.labels = {group: grouping.labels}
        text = [
            name
            for name in complete
            if name != group and not pd.api.types.is_numeric_dtype(complete[name])
        ]
        self.table = complete.assign(
            **{group: grouping.codes},
            **{name: pd.Categorical(complete[name]) for name in text},
        )
        self.cuts = sorted(int(cut) for cut in cuts)
        self.passes = 0

    def frames(self):
        self.passes += 1
        ends = [*self.cuts, len(self.table)]
        for start, end in zip([0, *self.cuts], ends, strict=True):
            yield self.table.iloc[start:end]


def random_cuts(n: int, seed: int, parts: int):
    return np.random.default_rng(seed).integers(0, n + 1, size=parts - 1)

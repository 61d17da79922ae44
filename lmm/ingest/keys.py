"""Rows that belong together because a few columns hold the same in them: one visit of one child."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from lmm.ingest.cells import Codes
from lmm.ingest.labels import label_column
from lmm.ingest.numbers import number_cells
from lmm.ingest.source import RawTable


def key_numbers(
    raw: RawTable, names: Sequence[str], *, missing_codes: Mapping[str, Codes], label: str = ""
) -> np.ndarray:
    """A number for each row (n,), equal where all the columns are equal; -1 where one is missing.

    Cells that are numbers are compared as numbers (1 and 1.0 are equal), others and those of the
    column ``label`` (the group) as text.
    """
    key, missing = np.zeros(len(raw.frame), np.int64), np.zeros(len(raw.frame), bool)
    for name in names:
        numbers = _cell_numbers(raw, name, missing_codes.get(name, ()), is_label=name == label)
        missing |= numbers < 0
        # Kept small by numbering the pairs anew: the product of many columns could overflow.
        key = pd.factorize(key * (int(numbers.max(initial=0)) + 1) + numbers)[0].astype(np.int64)
    return np.where(missing, -1, key)


def _cell_numbers(raw: RawTable, name: str, codes: Codes, *, is_label: bool) -> np.ndarray:
    """A number for each different cell (n,), -1 where it is missing."""
    cells = None if is_label else number_cells(raw, name, missing_codes=codes)
    if cells is None:
        return label_column(raw, name, missing_codes=codes).values.codes.astype(np.int64)
    numbers = pd.factorize(cells.values)[0].astype(np.int64)
    words = cells.other | cells.infinite
    if words.any():
        text = pd.factorize(np.array(cells.text.to_pylist(), object)[words])[0]
        numbers[words] = numbers.max(initial=-1) + 1 + text
    return numbers

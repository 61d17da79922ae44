"""A table to predict, held against what a fit needs of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from lmm.errors import ModelError, choice_of

LEVELS = ("population", "group")


def check_level(level: str) -> None:
    """Raise ``ModelError`` for anything but ``population`` and ``group``."""
    if level not in LEVELS:
        raise ModelError(
            f"there is no level {level!r} to predict at",
            remedy=choice_of(level, LEVELS, are="levels"),
        )


def frame_with(columns: Iterable[str], table: pd.DataFrame | Mapping[str, Any]) -> pd.DataFrame:
    """The table as a data frame. Raises ``ModelError`` where it lacks one of the columns."""
    frame = table if isinstance(table, pd.DataFrame) else pd.DataFrame(dict(table))
    absent = [name for name in columns if name not in frame]
    if absent:
        raise ModelError(
            f"the new rows lack the {'column' if len(absent) == 1 else 'columns'} {', '.join(absent)}",
            remedy=choice_of(absent[0], map(str, frame), are="columns given"),
        )
    return frame

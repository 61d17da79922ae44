"""A search that is stopped after its first step, and so ends at no proven optimum: the rest of the study is as ever."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from lmm.model.search import descent
from lmm.study.analysis import fitting

CASES: dict[str, dict[str, Any]] = {
    "stopped": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 0.5, "drop": True},
}
# The random part of which the search is stopped.
_STOPPED = {"stopped": "(month | pupil)"}


@contextmanager
def searching(case: str) -> Iterator[None]:
    """The usual search, but for a case in which that of one model, by REML, takes a single step."""
    bar, sound, steps = _STOPPED.get(case, ""), fitting._mixed, descent.STEPS

    def stopped(formula: Any, *rest: Any) -> Any:
        descent.STEPS = 1 if bar in str(formula) else steps
        try:
            return sound(formula, *rest)
        finally:
            descent.STEPS = steps

    if bar:
        fitting._mixed = stopped
    try:
        yield
    finally:
        fitting._mixed = sound

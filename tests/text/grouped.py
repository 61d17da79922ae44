"""Studies with more than one grouping factor: nested and crossed, with differences in the further one and without."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lmm.study.configuration.settings import Covariate, GroupNoun

Row = dict[str, Any]
Change = Callable[[list[Row]], list[Row]]

CASES: dict[str, dict[str, Any]] = {
    "schools": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 0.5},
    "markers": {"slope": 0.0, "level_sd": 2.0, "slope_sd": 0.0},
    "markers_alike": {"slope": 0.0, "level_sd": 2.0, "slope_sd": 0.0, "seed": 3},
    "markers_of_schools": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 0.0},
    "both_mark": {"slope": 0.0, "level_sd": 2.0, "slope_sd": 0.0},
    "schools_first": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 0.5},
    "echoing_schools": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 0.0, "echo": -0.9, "seed": 3},
}


def _schools(sd: float) -> Change:
    """Four pupils to a school, numbered anew in each; schools differ by ``sd``, and half of them have a garden."""
    effects = sd * np.random.default_rng(11).normal(size=6)

    def change(rows: list[Row]) -> list[Row]:
        made = []
        for row in rows:
            school, own = divmod(int(row["pupil"][1:]) - 1, 4)
            score = round(row["score"] + float(effects[school]), 4)
            named = {"pupil": f"p{own + 1}", "school": f"s{school + 1}"}
            made.append(
                {**row, **named, "score": score, "garden": "with" if school % 2 else "without"}
            )
        return made

    return change


def _markers(sd: float) -> Change:
    """Each piece of work is read by one of five markers, in turn; markers differ by ``sd``."""
    effects = sd * np.random.default_rng(12).normal(size=5)

    def change(rows: list[Row]) -> list[Row]:
        made = []
        for row in rows:
            marker = (int(row["pupil"][1:]) + 2 * row["month"]) % 5
            score = round(row["score"] + float(effects[marker]), 4)
            made.append({**row, "marker": f"m{marker + 1}", "score": score})
        return made

    return change


def _both_mark(rows: list[Row]) -> list[Row]:
    """Each piece of work is read by both of two markers, one of whom is strict."""
    rng = np.random.default_rng(14)
    return [
        {**row, "marker": marker, "score": round(row["score"] + more + rng.normal(), 4)}
        for row in rows
        for marker, more in (("strict", -2.0), ("kind", 2.0))
    ]


CHANGES: dict[str, Change] = {
    "schools": _schools(3.0),
    "schools_first": _schools(3.0),
    "echoing_schools": _schools(3.0),
    "both_mark": _both_mark,
    "markers": _markers(1.5),
    "markers_alike": _markers(0.0),
    # the last pupils are gone: the schools differ in size
    "markers_of_schools": lambda rows: _schools(2.0)(_markers(1.5)(rows)[:-20]),
}

_PUPILS = GroupNoun(
    column="school:pupil", singular="pupil", plural="pupils", inner="pupil", within="school"
)
_SCHOOLS = GroupNoun(column="school", singular="school", plural="schools")
_MARKERS = GroupNoun(column="marker", singular="marker", plural="markers")

DIFFERENCES: dict[str, dict[str, Any]] = {
    "schools": {
        "group": _PUPILS,
        "also_grouped_by": (_SCHOOLS,),
        "covariates": (Covariate(column="garden", kind="factor", level="group"),),
    },
    "markers": {"also_grouped_by": (_MARKERS,), "time": None},
    "markers_alike": {"also_grouped_by": (_MARKERS,), "time": None},
    "both_mark": {"also_grouped_by": (_MARKERS,), "time": None},
    "echoing_schools": {"group": _PUPILS, "also_grouped_by": (_SCHOOLS,)},
    "schools_first": {"group": _SCHOOLS, "also_grouped_by": (_PUPILS,)},
    "markers_of_schools": {"group": _PUPILS, "also_grouped_by": (_SCHOOLS, _MARKERS)},
}

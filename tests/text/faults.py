"""Studies with one planted fault each, for the sentences of the checks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lmm.study.configuration.settings import Covariate

Row = dict[str, Any]
Change = Callable[[list[Row]], list[Row]]

# The rows before the fault.
CASES: dict[str, dict[str, Any]] = {
    "bending": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 0.0},
    "wild_group": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 0.5},
    "deciding_group": {"slope": -0.3, "level_sd": 1.0, "slope_sd": 0.0},
    "noisy_groups": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 0.0},
    "noisier_later": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 0.0},
    "heavy_tails": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 0.0},
    "leaning_errors": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 0.0},
    "codes_elsewhere": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 0.0},
    "codes_undeclared": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 0.0},
    "copied_rows": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 0.0},
    "repeated_times": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 0.0},
    "rare_arm": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 0.0},
    "leaving": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 0.0},
    "typed_wrong": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 0.0},
    "few_groups": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 0.0},
    "entwined": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 0.0},
    "codes_in_two_models": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 0.0},
    "marked_twice": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 0.0},
    "nothing_varies": {"slope": 0.0, "level_sd": 0.0, "slope_sd": 0.0, "alike": True},
    "two_starters": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 0.0},
}


def _scores(of: Callable[[Row, Any], float]) -> Change:
    """Scores that are a function of the row and a generator's next numbers."""

    def changed(rows: list[Row]) -> list[Row]:
        rng = np.random.default_rng(11)
        return [{**row, "score": round(of(row, rng), 4)} for row in rows]

    return changed


def _line(row: Row) -> float:
    """The line of a pupil whose level its number decides."""
    return 50.0 + 0.8 * row["month"] + 2.0 * np.sin(5.0 * int(row["pupil"][1:]))


def _also(**columns: Callable[[Row, Any], Any]) -> Change:
    """Rows with further columns."""

    def changed(rows: list[Row]) -> list[Row]:
        rng = np.random.default_rng(13)
        return [{**row, **{name: of(row, rng) for name, of in columns.items()}} for row in rows]

    return changed


def _marked_twice(rows: list[Row]) -> list[Row]:
    """Two marks a month, in one of twelve classes."""
    rng = np.random.default_rng(5)
    return [
        {**row, "class": f"c{int(row['pupil'][1:]) % 12 + 1}", "score": round(row["score"] + e, 4)}
        for row in rows
        for e in rng.normal(size=2)
    ]


# The fault.
CHANGES: dict[str, Change] = {
    "bending": lambda rows: [
        {**row, "score": round(row["score"] + 0.35 * (row["month"] - 2.5) ** 2, 4)} for row in rows
    ],
    "wild_group": lambda rows: [
        {**row, "score": row["score"] + (12.0 * row["month"] if row["pupil"] == "p5" else 0.0)}
        for row in rows
    ],
    "deciding_group": lambda rows: [
        {**row, "score": row["score"] + (5.0 * row["month"] if row["pupil"] == "p5" else 0.0)}
        for row in rows
    ],
    "noisy_groups": _scores(
        lambda row, rng: _line(row) + rng.normal(0, 4.0 if int(row["pupil"][1:]) % 3 == 0 else 0.5)
    ),
    "noisier_later": _scores(lambda row, rng: _line(row) + rng.normal(0, 0.5 + 0.6 * row["month"])),
    "heavy_tails": _scores(lambda row, rng: _line(row) + rng.standard_t(2)),
    "leaning_errors": _scores(lambda row, rng: _line(row) + rng.exponential(1.5) ** 1.3),
    "codes_elsewhere": _also(
        weight=lambda row, rng: (
            99.9 if rng.random() < 0.06 else round(30 + 0.5 * (row["score"] - 50) + rng.normal(), 1)
        )
    ),
    "codes_undeclared": lambda rows: [
        {**row, "score": -9 if i % 31 == 5 else row["score"]} for i, row in enumerate(rows)
    ],
    "copied_rows": lambda rows: [*rows, *rows[3:5]],
    "repeated_times": lambda rows: [*rows, {**rows[7], "score": rows[7]["score"] + 1.0}],
    "rare_arm": lambda rows: [
        {**row, "arm": "new" if row["pupil"] in ("p3", "p9", "p20") else "usual"} for row in rows
    ],
    "leaving": lambda rows: [
        {**row, "score": row["score"] + (6.0 if int(row["pupil"][1:]) % 2 else 0.0)}
        for row in rows
        if int(row["pupil"][1:]) % 2 or row["month"] < 2
    ],
    "typed_wrong": lambda rows: [
        {**row, "age": 7 + int(row["pupil"][1:]) % 5 + 10 * (i == 8)} for i, row in enumerate(rows)
    ],
    "few_groups": lambda rows: [row for row in rows if int(row["pupil"][1:]) <= 7],
    "entwined": _also(dose=lambda row, rng: round(row["month"] + rng.normal(0, 0.3), 2)),
    "marked_twice": _marked_twice,
    # one of two pupils came a month later, and more often
    "two_starters": lambda rows: [
        {**row, "month": row["month"] + (row["pupil"] == "p2")}
        for row in rows
        if row["pupil"] == "p2" or (row["pupil"] == "p1" and row["month"] < 4)
    ],
}
CHANGES["codes_in_two_models"] = CHANGES["codes_elsewhere"]

# How the study of a fault differs from the usual one.
DIFFERENCES: dict[str, dict[str, Any]] = {
    "codes_elsewhere": {"models": {"with_weight": "score ~ month + weight + (1 | pupil)"}},
    "rare_arm": {"covariates": (Covariate(column="arm", kind="factor", level="group"),)},
    "typed_wrong": {"covariates": (Covariate(column="age", kind="numeric"),)},
    "codes_in_two_models": {
        "models": {
            "with_weight": "score ~ month + weight + (1 | pupil)",
            "with_product": "score ~ month * weight + (1 | pupil)",
        }
    },
    "marked_twice": {"covariates": (Covariate(column="class", kind="factor", level="group"),)},
    "nothing_varies": {"time": None},
    "entwined": {"covariates": (Covariate(column="dose", kind="numeric"),)},
}

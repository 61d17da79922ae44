"""Studies in which one way of being sure says what another does not, for the sentences on inference."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lmm.study.configuration.settings import Covariate

Row = dict[str, Any]
Change = Callable[[list[Row]], list[Row]]

CASES: dict[str, dict[str, Any]] = {
    "starters": {"slope": 0.8, "level_sd": 1.0, "slope_sd": 0.0},
    "see_saw": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 0.0, "echo": -0.9, "seed": 3},
    "few_dosed": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 0.0},
    "lone_arm": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 0.0},
    "named_by_formula": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 0.0},
    "clear_arm": {"slope": 0.8, "level_sd": 0.5, "slope_sd": 0.0},
}


def _late_starters(rows: list[Row]) -> list[Row]:
    """A pupil starts later the lower its level: within pupils scores rise, between pupils they fall."""
    return [
        {
            **row,
            "month": row["month"] + int(row["pupil"][1:]) % 8,
            "score": row["score"] - 2.4 * (int(row["pupil"][1:]) % 8),
        }
        for row in rows
    ]


def _dosed(rows: list[Row]) -> list[Row]:
    """Three pupils had doses, two of them small ones; a fourth were ill in some months, and scored wildly then."""
    rng = np.random.default_rng(17)
    doses = {"p3": 6.0, "p9": 1.0, "p20": 0.5}
    made = []
    for row in rows:
        dose = doses.get(row["pupil"], 0.0)
        ill = int(int(row["pupil"][1:]) % 4 == 0 and rng.random() < 0.5)
        wild = 3.0 * rng.normal() if ill else 0.0
        made.append({**row, "dose": dose, "ill": ill, "score": round(row["score"] + wild, 4)})
    return made


def _formula_names(rows: list[Row]) -> list[Row]:
    """Columns that a formula can name in brackets and backticks only: a numbered sex, a weight of two words."""
    rng = np.random.default_rng(23)
    return [
        {
            **row,
            "sex": 2 if row["pupil"] in ("p3", "p9", "p20") else 1,
            "birth weight": 99.9 if rng.random() < 0.06 else round(3.0 + 0.4 * rng.normal(), 2),
        }
        for row in rows
    ]


CHANGES: dict[str, Change] = {
    "named_by_formula": _formula_names,
    "starters": _late_starters,
    "few_dosed": _dosed,
    # one pupil has the arm to itself, another came once
    "lone_arm": lambda rows: [
        {**row, "arm": "new" if row["pupil"] == "p3" else "usual"}
        for row in rows
        if row["pupil"] != "p24" or row["month"] == 0
    ],
    # three pupils in an arm whose effect nobody could miss
    "clear_arm": lambda rows: [
        {
            **row,
            "arm": "usual" if (usual := row["pupil"] not in ("p3", "p9", "p20")) else "new",
            "score": row["score"] + (0.0 if usual else 300.0),
        }
        for row in rows
    ],
}

_ARM = (Covariate(column="arm", kind="factor", level="group"),)

DIFFERENCES: dict[str, dict[str, Any]] = {
    "lone_arm": {"covariates": _ARM},
    "clear_arm": {"covariates": _ARM},
    "named_by_formula": {
        "models": {"by_sex": "score ~ C(sex) * month + `birth weight` + (1 | pupil)"}
    },
    "few_dosed": {"models": {"with_dose": "score ~ month + dose + ill + (1 | pupil)"}},
}

"""Small simulated studies, one for each way a sentence can turn out; the truth of each is known."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from lmm.study.configuration.settings import (
    Covariate,
    GroupNoun,
    Period,
    Source,
    Study,
    Time,
    Variable,
)
from tests.text import faults, grouped, inferred, stopped
from tests.text.faults import Change, Row

GROUPS, VISITS = 24, 6


def table(
    *,
    slope: float,
    level_sd: float,
    slope_sd: float,
    drop: bool = False,
    seed: int = 7,
    alike: bool = False,
    echo: float = 0.0,
) -> list[dict[str, Any]]:
    """Rows of pupils seen each month: score = 50 + slope·month + own level + own slope·month + error."""
    rng = np.random.default_rng(seed)
    rows = []
    for group in range(GROUPS):
        level, own = rng.normal(0, level_sd or 1e-12), rng.normal(0, slope_sd or 1e-12)
        visits = VISITS - (group % 3 if drop else 0)
        error = rng.normal(0, 1.0, visits)
        for month in range(1, visits):  # each error holds a part of the one before
            error[month] = echo * error[month - 1] + np.sqrt(1 - echo**2) * error[month]
        if alike:  # every pupil has the same mean: less difference than chance would give
            error -= error.mean()
        for month in range(visits):
            score = 50 + level + (slope + own) * month + error[month]
            rows.append(
                {
                    "pupil": f"p{group + 1}",
                    "month": month,
                    "score": round(score, 4),
                    "arm": "new" if group % 2 else "usual",
                }
            )
    return rows


CASES: dict[str, dict[str, Any]] = {
    "rising": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 0.5, "drop": True},
    "falling": {"slope": -0.8, "level_sd": 2.0, "slope_sd": 0.0},
    "unsettled": {"slope": 0.0, "level_sd": 2.0, "slope_sd": 0.6},
    "unclear_differences": {"slope": 0.8, "level_sd": 0.0, "slope_sd": 0.0, "seed": 6},
    "no_differences": {"slope": 0.8, "level_sd": 0.0, "slope_sd": 0.0, "alike": True},
    "without_time": {"slope": 0.0, "level_sd": 2.0, "slope_sd": 0.0},
    "factor_covariate": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 0.5},
    "no_units": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 0.5},
    "percent_at_ninety": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 0.5},
    "below_zero": {"slope": -0.8, "level_sd": 2.0, "slope_sd": 0.0},
    "huge_numbers": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 0.5},
    "tiny_numbers": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 0.5},
    "two_groups": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 0.5},
    "mostly_once": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 0.0},
    "two_visits": {"slope": 2.0, "level_sd": 2.0, "slope_sd": 0.0},
    "far_apart": {"slope": 0.8, "level_sd": 200.0, "slope_sd": 0.5},
    "hostile_labels": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 0.5},
    "missing_codes": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 0.5},
    "odd_confidence": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 0.5},
    "echoing": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 0.0, "echo": 0.8, "seed": 3},
    "echoing_slopes": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 1.5, "echo": 0.8},
    "data_grown": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 0.5, "drop": True},
    "values_corrected": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 0.5},
    "values_hardly_corrected": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 0.5},
    "coded_in_words": {"slope": 0.0, "level_sd": 2.0, "slope_sd": 0.0},
    "trend_turned": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 0.5, "drop": True},
    "trend_fallen": {"slope": -0.8, "level_sd": 2.0, "slope_sd": 0.0},
    "trend_lost": {"slope": 0.0, "level_sd": 2.0, "slope_sd": 0.6},
    "others_measured": {"slope": 0.8, "level_sd": 2.0, "slope_sd": 0.5, "drop": True},
    "spread_moved": {"slope": 0.8, "level_sd": 6.0, "slope_sd": 0.5},
    **faults.CASES,
    **inferred.CASES,
    **grouped.CASES,
    **stopped.CASES,
}

# What the data of a case were in their last version: the case whose rows they had, and what of them.
EARLIER: dict[str, tuple[str, Change]] = {
    "data_grown": ("rising", lambda rows: [row for row in rows if row["month"] < 5]),
    "values_corrected": (
        "factor_covariate",
        lambda rows: [{**row, "score": row["score"] + (i == 0)} for i, row in enumerate(rows)],
    ),
    "values_hardly_corrected": (
        "factor_covariate",
        lambda rows: [
            {**row, "score": row["score"] + 1e-4 * (i == 0)} for i, row in enumerate(rows)
        ],
    ),
    "trend_turned": ("falling", list),
    "others_measured": (
        "rising",
        lambda rows: (
            [
                {**row, "pupil": "p99"} if row["pupil"] == "p3" else row
                for row in rows
                if (row["pupil"], row["month"]) not in {("p5", 3), ("p7", 2)}
            ]
            + [{**rows[1], "month": month, "pupil": "p6"} for month in (7, 8)]
        ),
    ),
    "trend_fallen": ("rising", list),
    "trend_lost": ("rising", list),
    "spread_moved": ("factor_covariate", list),
}

HOSTILE = {
    "p7": "<script>alert('x')</script>",
    "p19": '=HYPERLINK("http://x")',
    "p12": "a label as long as a sentence, which nobody would call a name & nobody should read to its end",
}


def _scaled(factor: float, shift: float = 0.0) -> Change:
    return lambda rows: [{**row, "score": factor * row["score"] + shift} for row in rows]


def _only(wanted: Callable[[Row], bool]) -> Change:
    return lambda rows: [row for row in rows if wanted(row)]


# What a case does to its rows.
CHANGES: dict[str, Change] = {
    "below_zero": _scaled(1.0, -100.0),
    "huge_numbers": _scaled(1e9),
    "tiny_numbers": _scaled(1e-12),
    "two_groups": _only(lambda row: row["pupil"] in ("p1", "p2")),
    "mostly_once": _only(lambda row: row["month"] == 0 or int(row["pupil"][1:]) > 18),
    "two_visits": _only(lambda row: row["month"] < 2),
    "hostile_labels": lambda rows: [
        {**row, "pupil": HOSTILE.get(row["pupil"], row["pupil"])} for row in rows
    ],
    "missing_codes": lambda rows: [
        {**row, "score": 99.9 if i % 10 == 0 else -9 if i % 17 == 0 else row["score"]}
        for i, row in enumerate(rows)
    ],
    "coded_in_words": lambda rows: [
        {**row, "score": "absent" if i % 10 == 0 else row["score"]} for i, row in enumerate(rows)
    ],
    **faults.CHANGES,
    **inferred.CHANGES,
    **grouped.CHANGES,
}

# How its study differs from the usual one.
DIFFERENCES: dict[str, dict[str, Any]] = {
    "percent_at_ninety": {
        "outcome": Variable(column="score", label="share of right answers", unit="%"),
        "confidence": 0.9,
    },
    "missing_codes": {"missing_codes": {"score": (99.9, -9)}},
    "odd_confidence": {"confidence": 0.9975},
    "coded_in_words": {"missing_codes": {"score": ("absent",)}, "time": None},
    **faults.DIFFERENCES,
    **inferred.DIFFERENCES,
    **grouped.DIFFERENCES,
}


def study(case: str, folder: Path, rows: list[Row] | None = None) -> Study:
    """The study of a case, its table (or another one) written to the folder."""
    path = folder / f"{case}.csv"
    rows = rows or CHANGES.get(case, list)(table(**CASES[case]))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    units = case != "no_units"
    time = Time(
        column="month",
        label="time",
        unit="month" if units else "",
        units="months" if units else "",
        per=Period(count=12, name="year") if case == "rising" else None,
    )
    usual = Study(
        name=case,
        title=f"Scores of pupils: {case}",
        source=Source(file=path),
        outcome=Variable(
            column="score", label="reading score" if units else "", unit="points" if units else ""
        ),
        group=GroupNoun(column="pupil", singular="pupil", plural="pupils"),
        time=None if case == "without_time" else time,
        covariates=(Covariate(column="arm", kind="factor", level="group"),)
        if case == "factor_covariate"
        else (),
        seed=1,
    )
    return replace(usual, **DIFFERENCES.get(case, {}))

"""Small simulated studies, one for each way a sentence can turn out; the truth of each is known."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from lmm.report.reading import Reading
from lmm.study.analysis import analyse
from lmm.study.reporting import complete_results
from lmm.study.settings import Covariate, GroupNoun, Period, Source, Study, Time, Variable

GROUPS, VISITS = 24, 6


def table(
    *, slope: float, level_sd: float, slope_sd: float, drop: bool = False, seed: int = 7, alike: bool = False
) -> list[dict[str, Any]]:
    """Rows of pupils seen each month: score = 50 + slope·month + own level + own slope·month + error."""
    rng = np.random.default_rng(seed)
    rows = []
    for group in range(GROUPS):
        level, own = rng.normal(0, level_sd or 1e-12), rng.normal(0, slope_sd or 1e-12)
        visits = VISITS - (group % 3 if drop else 0)
        error = rng.normal(0, 1.0, visits)
        if alike:  # every pupil has the same mean: less difference than chance would give
            error -= error.mean()
        for month in range(visits):
            score = 50 + level + (slope + own) * month + error[month]
            rows.append({
                "pupil": f"p{group + 1}", "month": month, "score": round(score, 4),
                "arm": "new" if group % 2 else "usual",
            })
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
}


def study(case: str, folder: Path) -> Study:
    """The study of a case, its table written to the folder."""
    path = folder / f"{case}.csv"
    rows = table(**CASES[case])
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    units = case != "no_units"
    time = Time(column="month", label="time", unit="month" if units else "", units="months" if units else "",
                per=Period(count=12, name="year") if case == "rising" else None)
    return Study(
        name=case,
        title=f"Scores of pupils: {case}",
        source=Source(file=path),
        outcome=Variable(column="score", label="reading score" if units else "", unit="points" if units else ""),
        group=GroupNoun(column="pupil", singular="pupil", plural="pupils"),
        time=None if case == "without_time" else time,
        covariates=(Covariate(column="arm", kind="factor", level="group"),) if case == "factor_covariate" else (),
        seed=1,
    )


def results(case: str, folder: Path) -> Mapping[str, Any]:
    """The results of a case, findings among them."""
    made = study(case, folder)
    numbers, _ = analyse(made)
    return complete_results(made, numbers, configuration=Path("config.yaml"))


def reading(case: str, folder: Path) -> Reading:
    """The same, for the sentence makers."""
    return Reading(results(case, folder))

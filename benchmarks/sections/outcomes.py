"""A thousand outcomes on one design: together, each by itself, and by lme4's refit."""

import time
from dataclasses import dataclass

import numpy as np
import pandas as pd

import lmm
from benchmarks import tables
from benchmarks.findings import Section, at_least, duration, times
from benchmarks.peers import commands, run
from benchmarks.places import CACHE, ENGINES
from lmm.model.fit import fit_mixed
from lmm.model.simulate import simulate_responses

OUTCOMES = 1000
# Singly so many, and their mean stands for all.
ALONE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A design of ``groups`` with so many ``visits`` each, and the model of all outcomes."""

    name: str
    groups: int
    visits: int
    right: str


SETTINGS = (
    Setting(name="300 rows, 60 groups", groups=60, visits=5, right="x * arm + (1 | g)"),
    Setting(name="10,000 rows, 1000 groups", groups=1000, visits=10, right="x * arm + (1 | g)"),
    Setting(name="10,000 rows, random slopes", groups=1000, visits=10, right="x * arm + (x | g)"),
)


def section() -> Section:
    """Processor's seconds for one outcome: of a thousand together, and of one by itself."""
    rows, raw, bars = [], {}, []
    for setting in SETTINGS:
        together, alone, theirs = _seconds(setting)
        rows.append(
            (
                setting.name,
                duration(together),
                duration(alone),
                duration(theirs),
                times(alone / together),
                times(theirs / together),
            )
        )
        raw[setting.name] = together
        bars.append(
            at_least(f"1000 outcomes, {setting.name}: against lme4's refit", theirs / together, 10)
        )
    return Section(
        title="A thousand outcomes, one design",
        text=f"`lmm.fit_many` on {OUTCOMES} simulated outcomes, with intervals by Kenward–Roger, variances and ICC, "
        f"beside `lmm.fit` with its coefficients, one outcome at a time (mean of {ALONE}), and beside lme4's `refit`, "
        "which ends with the fit: it has no degrees of freedom.",
        header=(
            "design",
            "together, each",
            "alone, each",
            "lme4 refit",
            "alone/together",
            "lme4/together",
        ),
        rows=tuple(rows),
        bars=tuple(bars),
        raw=raw,
    )


def _seconds(setting: Setting) -> tuple[float, float, float]:
    columns = _columns(setting)
    fit = fit_mixed(f"y ~ {setting.right}", columns)
    names = [f"y{k}" for k in range(OUTCOMES)]
    Y = pd.DataFrame(simulate_responses(fit, OUTCOMES, seed=2), columns=names)
    table = pd.concat([pd.DataFrame(columns), Y], axis=1)
    lmm.fit_many(f"~ {setting.right}", table, names[:5])
    together = _spent(lambda: lmm.fit_many(f"~ {setting.right}", table, names)) / OUTCOMES
    alone = [
        _spent(lambda name=name: lmm.fit(f"{name} ~ {setting.right}", table).coefficients)
        for name in names[:ALONE]
    ]
    return together, float(np.mean(alone)), _lme4(setting, columns)


def _columns(setting: Setting) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(1)
    g = np.repeat(np.arange(setting.groups), setting.visits)
    x = np.tile(np.arange(setting.visits, dtype=float), setting.groups)
    arm = rng.integers(0, 2, setting.groups)[g].astype(float)
    b = rng.normal(size=(setting.groups, 2)) * [1.0, 0.2]
    y = 1.0 + 0.3 * x + 0.2 * arm * x + b[g, 0] + b[g, 1] * x + rng.normal(size=len(g))
    return {"g": g.astype(np.int32), "x": x, "arm": arm, "y": y}


def _spent(work) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _lme4(setting: Setting, columns: dict[str, np.ndarray]) -> float:
    if "lme4" not in commands():
        return float("nan")
    answers = CACHE / "outcomes"
    answers.unlink(missing_ok=True)
    folder = tables.keep("outcomes", columns)
    formula = f"y ~ {setting.right}"
    run(
        ["Rscript", "--vanilla", str(ENGINES / "lme4_refits.R"), str(folder), formula, str(answers)]
    )
    return float(answers.read_text().split()[0])

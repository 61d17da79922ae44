"""Do the checks speak where something is wrong, and only there? Simulated studies with one planted fault each.

    python benchmarks/faults.py --draws 200 --seed 1 --write benchmarks/FAULTS.md

Each fault has the check meant for it; the table gives how often that check spoke, and for clean studies how often
each check did. Thresholds were set with other seeds (900 and up) than the table's.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lmm.diagnostics.attrition import attrition, attrition_check
from lmm.diagnostics.cells import cells, cells_check
from lmm.diagnostics.check import Check
from lmm.diagnostics.checks import IDS, all_checks
from lmm.diagnostics.collinearity import collinearity_check, inflations
from lmm.diagnostics.examination import FITTED, numeric_variables
from lmm.diagnostics.influence import conclusions_check, influence, influence_check
from lmm.diagnostics.linearity import bends, linearity_check
from lmm.diagnostics.missing_codes import missing_codes, missing_codes_check
from lmm.diagnostics.normality import effect_shapes, residual_shape, skewness_check, tails_check
from lmm.diagnostics.outliers import far_groups, far_rows, outliers_check
from lmm.diagnostics.projection import projection
from lmm.diagnostics.repeats import constants_check, inconstant, repeats, repeats_check
from lmm.diagnostics.serial import serial_check, serial_correlation
from lmm.diagnostics.spread import (
    groups_spread_check,
    spread_along,
    spread_check,
    spread_of_groups,
)
from lmm.model.fit import Fit, fit_mixed

Table = dict[str, np.ndarray]

GROUPS = 80
SLOPES = "y ~ t + w + half + (t | g)"
LEVELS = "y ~ t + w + half + (1 | g)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """The parts of a study, to be spoilt one by one: rows' ``g`` and ``t``, groups' ``level`` and ``slope``."""

    rng: np.random.Generator
    g: np.ndarray
    t: np.ndarray
    w: np.ndarray
    half: np.ndarray
    level: np.ndarray
    slope: np.ndarray
    error: np.ndarray

    def table(self, **changed: np.ndarray) -> Table:
        """The table, some parts replaced; ``add`` is added to the outcome."""
        level, slope = changed.get("level", self.level), changed.get("slope", self.slope)
        error, t = changed.get("error", self.error), changed.get("t", self.t)
        y = 10 + 0.5 * t + 0.4 * self.w[self.g] + 0.3 * self.half[self.g]
        y = y + level[self.g] + slope[self.g] * t + error + changed.get("add", 0.0)
        w, half = (np.asarray(changed.get(n, getattr(self, n)[self.g])) for n in ("w", "half"))
        return {"y": y, "t": t, "w": w, "half": half, "g": self.g}


def drawn(rng: np.random.Generator, *, slopes: bool = True) -> Study:
    """A clean study: 80 groups seen 5 to 8 times, about the middle of their time; residual SD 1."""
    sizes = rng.integers(5, 9, GROUPS)
    g = np.repeat(np.arange(GROUPS), sizes)
    t = np.concatenate([np.arange(size) - 3.0 + rng.uniform(-0.2, 0.2, size) for size in sizes])
    return Study(
        rng=rng,
        g=g,
        t=t,
        w=rng.normal(0, 1, GROUPS),
        half=rng.permutation(np.arange(GROUPS) % 2).astype(float),
        level=rng.normal(0, 1.5, GROUPS),
        slope=rng.normal(0, 0.4, GROUPS) * slopes,
        error=rng.normal(0, 1, len(g)),
    )


def contaminated_rows(s: Study) -> Table:
    """Five rows are off by 8 residual SDs."""
    add = np.zeros(len(s.g))
    add[s.rng.choice(len(s.g), 5, replace=False)] = 8.0 * s.rng.choice([-1, 1], 5)
    return s.table(add=add)


def wild_group(s: Study) -> Table:
    """One group's level lies 6 SDs out."""
    level = s.level.copy()
    level[s.rng.integers(GROUPS)] = 9.0
    return s.table(level=level)


def autoregression(s: Study) -> Table:
    """Errors follow AR(1) with correlation 0.6."""
    e = s.error.copy()
    for j in np.flatnonzero(s.g[1:] == s.g[:-1]) + 1:
        e[j] = 0.6 * e[j - 1] + 0.8 * s.error[j]
    return s.table(error=e)


def noisy_groups(s: Study) -> Table:
    """Groups' residual SDs are lognormal, a typical noisy one 2.7 times a quiet one."""
    return s.table(error=s.error * np.exp(0.5 * s.rng.normal(0, 1, GROUPS))[s.g])


def growing_spread(s: Study) -> Table:
    """The residual SD grows threefold from the first time to the last."""
    share = (s.t - s.t.min()) / np.ptp(s.t)
    return s.table(error=s.error * (0.6 + 1.2 * share))


def skewed_levels(s: Study) -> Table:
    """Levels are lognormal."""
    raw = np.exp(s.rng.normal(0, 1, GROUPS))
    return s.table(level=1.5 * (raw - np.exp(0.5)) / np.sqrt((np.e - 1) * np.e))


def skewed_errors(s: Study) -> Table:
    """Errors are lognormal."""
    raw = np.exp(s.rng.normal(0, 1, len(s.g)))
    return s.table(error=(raw - np.exp(0.5)) / np.sqrt((np.e - 1) * np.e))


def heavy_errors(s: Study) -> Table:
    """Errors follow t with 3 degrees of freedom."""
    return s.table(error=s.rng.standard_t(3, len(s.g)) / np.sqrt(3))


def heavy_levels(s: Study) -> Table:
    """One group in ten comes from a population with five times the spread."""
    wide = np.where(np.arange(GROUPS) % 10 == 0, 5.0, 1.0)
    return s.table(level=s.level * s.rng.permutation(wide))


def curvature(s: Study) -> Table:
    """The mean bends by 1.5 residual SDs over the time."""
    return s.table(add=1.5 * (s.t / 3.0) ** 2)


def coded_missing(s: Study) -> Table:
    """Five values of a covariate are 99.9."""
    w = s.w[s.g].copy()
    w[s.rng.choice(len(w), 5, replace=False)] = 99.9
    return s.table(w=w)


def repeated_visits(s: Study) -> Table:
    """Three visits are entered under the date of the visit before."""
    t = s.t.copy()
    second = np.flatnonzero(s.g[1:] == s.g[:-1]) + 1
    for j in s.rng.choice(second, 3, replace=False):
        t[j] = t[j - 1]
    return s.table(t=t)


def slipped_constant(s: Study) -> Table:
    """A constant of the group is entered wrongly once."""
    half = s.half[s.g].copy()
    j = s.rng.integers(len(half))
    half[j] = 1 - half[j]
    return s.table(half=half)


def few_holders(s: Study) -> Table:
    """A group covariate of two values is held by four groups."""
    few = np.zeros(GROUPS)
    few[s.rng.choice(GROUPS, 4, replace=False)] = 1.0
    return s.table(half=few[s.g])


def copied_covariate(s: Study) -> Table:
    """A covariate is another one with a tenth of noise."""
    half = s.w + 0.1 * s.rng.normal(0, 1, GROUPS)
    return s.table(half=half[s.g])


def selective_leaving(s: Study) -> Table:
    """Groups that leave early lie lower, by 2 of the levels' SDs from first to last."""
    sizes = np.bincount(s.g)
    return s.table(level=s.level + 1.0 * (sizes - sizes.mean()))


def extreme_group(s: Study) -> Table:
    """One group with an extreme covariate lies 8 SDs out."""
    w, level = s.w.copy(), s.level.copy()
    one = s.rng.integers(GROUPS)
    w[one], level[one] = 4.0, 12.0
    return s.table(w=w[s.g], level=level)


def borne_by_one(s: Study) -> Table:
    """A covariate of no effect has an extreme value in one group, whose level is extreme too."""
    w, level = s.w.copy(), s.level - 0.4 * s.w
    one = s.rng.integers(GROUPS)
    w[one], level[one] = 8.0, 12.0
    return s.table(w=w[s.g], level=level)


FAULTS: dict[Callable[[Study], Table], str] = {
    contaminated_rows: "far-rows",
    wild_group: "far-groups",
    autoregression: "serial",
    noisy_groups: "group-spread",
    growing_spread: "spread",
    skewed_errors: "residual-skewness",
    heavy_errors: "residual-tails",
    skewed_levels: "effect-skewness",
    heavy_levels: "effect-tails",
    curvature: "linearity",
    coded_missing: "missing-codes",
    repeated_visits: "repeats",
    slipped_constant: "constants",
    few_holders: "cells",
    copied_covariate: "collinearity",
    selective_leaving: "attrition",
    extreme_group: "influence",
    borne_by_one: "conclusions",
}


def one_check(id: str, fit: Fit, table: Table) -> Check:
    """One check alone, as ``all_checks`` makes it."""
    left, numbers = projection(fit), numeric_variables(fit, table, "t")
    t, grouping = numbers["t"], fit.grouping
    makers: dict[str, Callable[[], Check]] = {
        "far-rows": lambda: outliers_check(id, far_rows(fit, left)),
        "far-groups": lambda: outliers_check(id, far_groups(fit, left)),
        "serial": lambda: serial_check(serial_correlation(left, time=t)),
        "group-spread": lambda: groups_spread_check(spread_of_groups(left), grouping.levels),
        "spread": lambda: spread_check(spread_along(left, {FITTED: fit.fitted_values, **numbers})),
        "residual-skewness": lambda: skewness_check(id, (residual_shape(left),)),
        "residual-tails": lambda: tails_check(id, (residual_shape(left),)),
        "effect-skewness": lambda: skewness_check(id, effect_shapes(fit, left)),
        "effect-tails": lambda: tails_check(id, effect_shapes(fit, left)),
        "linearity": lambda: linearity_check(bends(left, numbers)),
        "missing-codes": lambda: missing_codes_check(missing_codes(fit, table)),
        "repeats": lambda: repeats_check(repeats(grouping, t, fit.design.y)),
        "constants": lambda: constants_check(
            inconstant(grouping, {name: x for name, x in numbers.items() if name != "t"})
        ),
        "cells": lambda: cells_check(cells(fit)),
        "collinearity": lambda: collinearity_check(inflations(fit)),
        "attrition": lambda: attrition_check(attrition(left)),
        "influence": lambda: influence_check(influence(fit)),
        "conclusions": lambda: conclusions_check(influence(fit)),
    }
    return makers[id]()


def spoken_on_faults(draws: int, seed: int) -> dict[str, float]:
    """How often the check meant for each fault spoke."""
    shares = {}
    for k, (fault, id) in enumerate(FAULTS.items()):
        rngs = [np.random.default_rng([seed, 1, k, draw]) for draw in range(draws)]
        tables = (fault(drawn(rng)) for rng in rngs)
        spoken = [one_check(id, fit_mixed(SLOPES, t), t).verdict != "fine" for t in tables]
        shares[fault.__name__] = float(np.mean(spoken))
    return shares


def spoken_on_clean(draws: int, seed: int, *, slopes: bool) -> tuple[dict[str, float], float]:
    """How often each check spoke of clean studies, and the mean number that spoke."""
    spoken: Counter[str] = Counter()
    for draw in range(draws):
        rng = np.random.default_rng([seed, 0, int(slopes), draw])
        table = drawn(rng, slopes=slopes).table()
        fit = fit_mixed(SLOPES if slopes else LEVELS, table)
        checks = all_checks(fit, table, time="t")
        spoken.update(check.id for check in checks if check.verdict != "fine")
    return {id: spoken[id] / draws for id in IDS}, sum(spoken.values()) / draws


def report(draws: int, seed: int) -> str:
    """Both tables as Markdown."""
    faults = spoken_on_faults(draws, seed)
    sloping, sloping_mean = spoken_on_clean(draws, seed, slopes=True)
    level, level_mean = spoken_on_clean(draws, seed, slopes=False)
    lines = [
        "# Do the checks speak where something is wrong, and only there?",
        "",
        f"Made by `python benchmarks/faults.py --draws {draws} --seed {seed} --write benchmarks/FAULTS.md`:",
        f"{draws} simulated studies a row, {GROUPS} groups seen 5 to 8 times. This seed set no threshold and no size "
        "of a fault.",
        "",
        "## One planted fault",
        "",
        "| fault | what it is | the check meant for it | spoke |",
        "|---|---|---|---|",
        *(
            f"| {fault.__name__.replace('_', ' ')} | {(fault.__doc__ or '').split(chr(10))[0]} "
            f"| `{id}` | {faults[fault.__name__]:.1%} |"
            for fault, id in FAULTS.items()
        ),
        "",
        "## Nothing wrong",
        "",
        "| check | spoke, random slopes | spoke, random intercepts |",
        "|---|---|---|",
        *(f"| `{id}` | {sloping[id]:.1%} | {level[id]:.1%} |" for id in IDS),
        f"| checks that spoke, mean per study | {sloping_mean:.2f} | {level_mean:.2f} |",
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    """Print the tables, or write them to a file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", type=Path)
    arguments = parser.parse_args()
    started = time.perf_counter()
    text = report(arguments.draws, arguments.seed)
    if arguments.write:
        arguments.write.write_text(text, encoding="utf-8")
    else:
        print(text)
    print(f"{time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()

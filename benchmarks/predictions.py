"""How often intervals of predictions hold the truth, by simulation: ``python -m benchmarks.predictions``.

Writes ``benchmarks/PREDICTIONS.md``. Beside the project's own intervals stand the usual ones, which take the
variances as known and reach as far as a normal does.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.special import ndtri

from benchmarks.coverage import CONFIDENCE, GROUPS, LEVEL_SD, SIGMA, SLOPE_SD, table
from lmm.inference.fixed_effects.coefficients import t_quantile
from lmm.inference.fixed_effects.simultaneous import reach
from lmm.inference.predictions.knowledge import Knowledge, of_group, of_new_group
from lmm.inference.predictions.shared import shared_by_groups
from lmm.model.design import build_design
from lmm.model.fit import fit_design
from lmm.model.formula import parse_formula
from lmm.numerics import Array

HERE = Path(__file__).parent
MODEL = "y ~ time + (time | group)"
# Where lines are predicted: inside the time seen (about -2 to 4), and one beyond it.
INSIDE, BEYOND = 1.0, 6.0
SEEN = (-2.0, -1.0, 0.0)
KINDS = (
    "a group of the study",
    "a new group, measured three times",
    "a new group",
    "a single measurement of a new group, measured three times",
    "the whole line of a group of the study",
    "the whole line of a new group",
)
METHODS = ("default", "variances as known, normal quantile")


def rows(times: list[float] | tuple[float, ...] | Array) -> Array:
    """Level and slope at each time."""
    return np.column_stack([np.ones(len(times)), times])


def held(groups: int, draws: int, seed: int) -> Array:
    """The shares that hold the truth, (kinds, methods, 2 times); for whole lines both times are one."""
    rng = np.random.default_rng(seed)
    data = table(groups, rng)
    design = build_design(parse_formula(MODEL), data)
    codes = design.blocks[0].grouping.codes
    hits = np.zeros((len(KINDS), len(METHODS), 2))
    for _ in range(draws):
        own = rng.normal(size=(groups + 1, 2)) * [LEVEL_SD, SLOPE_SD]
        y = np.einsum("nq,nq->n", design.X, own[codes]) + SIGMA * rng.normal(size=len(codes))
        shared = shared_by_groups(fit_design(replace(design, y=y)))
        new = of_new_group(shared)
        early = rows(SEEN)
        seen = early @ own[-1] + SIGMA * rng.normal(size=len(SEEN))
        measured = new.after(early, early, seen)
        at = rows([INSIDE, BEYOND])
        first, last = at @ own[0], at @ own[-1]
        hits[0] += _line(of_group(shared, 0), at, first)
        hits[1] += _line(measured, at, last)
        hits[2] += _line(new, at, last)
        hits[3] += _measurement(measured, at, last + SIGMA * rng.normal(size=2))
        hits[4] += _whole(of_group(shared, 0), own[0])
        hits[5] += _whole(new, own[-1])
    return hits / draws


def _line(known: Knowledge, at: Array, truth: Array) -> Array:
    line = known.line(at, at)
    away = np.abs(truth - line.value)
    return np.array(
        [away <= t_quantile(CONFIDENCE, line.dof) * line.sd, away <= _z() * line.sd_model]
    )


def _measurement(known: Knowledge, at: Array, truth: Array) -> Array:
    line = known.line(at, at)
    away = np.abs(truth - line.value)
    own = t_quantile(CONFIDENCE, line.observation_dof) * line.observation_sd
    return np.array([away <= own, away <= _z() * np.hypot(line.sd_model, line.sigma)])


def _whole(known: Knowledge, truth: Array) -> Array:
    """A straight line lies inside everywhere if it does on a fine grid."""
    grid = rows(np.linspace(SEEN[0], BEYOND, 60))
    line = known.line(grid, grid)
    away = np.abs(grid @ truth - line.value)
    wide = reach(line.error_root, dof=float(line.dof.min()), confidence=CONFIDENCE).value
    inside = [(away <= wide * line.sd).all(), (away <= _z() * line.sd_model).all()]
    return np.array(inside, float)[:, None]


def _z() -> float:
    return float(ndtri(0.5 + CONFIDENCE / 2.0))


def page(draws: int, seed: int) -> str:
    """The Markdown."""
    start = time.perf_counter()
    found = {m: held(m, draws, seed + m) for m in GROUPS}
    minutes = (time.perf_counter() - start) / 60.0
    error = 100.0 * float(np.sqrt(CONFIDENCE * (1.0 - CONFIDENCE) / draws))
    columns = [f"{m} groups{where}" for m in GROUPS for where in ("", ", beyond")]
    lines = [
        "# Do intervals of predictions hold the truth?",
        "",
        f"Made by `python -m benchmarks.predictions --draws {draws} --seed {seed}` ({minutes:.1f} minutes).",
        "",
        "Unbalanced studies: 10, 20 or 50 groups of three to seven visits, a little irregular; levels with SD "
        f"{LEVEL_SD:g}, slopes with",
        f"SD {SLOPE_SD:g}, residuals with SD {SIGMA:g}, fitted with random slopes by REML. Lines are predicted inside "
        "the time seen and",
        "two units beyond it; a new group's measurements lie at the beginning of that time. Whole lines are from "
        "beginning to beyond.",
        "",
        f"## 95 % intervals: share that holds the truth, % ({draws} studies each)",
        "",
        f"| what is predicted | intervals | {' | '.join(columns)} |",
        f"|---|---|{'---|' * len(columns)}",
    ]
    for k, kind in enumerate(KINDS):
        for j, method in enumerate(METHODS):
            shares = [100.0 * found[m][k, j, t] for m in GROUPS for t in range(2)]
            cells = [f"{share:.1f}" for share in shares]
            if kind.startswith("the whole"):
                cells = [cell if i % 2 == 0 else "" for i, cell in enumerate(cells)]
            lines.append(f"| {kind} | {method} | {' | '.join(cells)} |")
    lines += ["", f"Monte Carlo standard error at 95 %: {error:.2f}.", ""]
    return "\n".join(lines)


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--draws", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--out", type=Path, default=HERE / "PREDICTIONS.md")
    options = parser.parse_args()
    options.out.write_text(page(options.draws, options.seed), encoding="utf-8")


if __name__ == "__main__":
    main()

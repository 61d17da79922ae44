"""What the workflow costs beside one plain process that does the same work; and what it costs to do nothing."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.findings import Bar, Section, duration, times
from benchmarks.places import CACHE, ENGINES, ROOT

PROJECT = CACHE / "project"
COPIED = ("Snakefile", "workflow", "profiles", "templates", "lmm", "data", "config.yaml")
REPEATS, REPEATS_OF_NOTHING = 3, 15
MOST_ADDED, MOST_WAIT = 4.0, 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Seconds of the processor, all processes together, and of the clock."""

    processor: float
    clock: float


def section() -> Section:
    """The least of rounds, each of which does every kind of work once, so that all meet the same machine."""
    python = sys.executable
    plain = [python, str(ENGINES / "plain_studies.py"), "config.yaml"]
    run = [python, "-m", "lmm", "run"]
    _fresh_project()
    _cost(run, steps=4)  # compiles, caches fonts
    rounds = [_round(plain, run) for _ in range(REPEATS)]
    nothing = _least([_cost(run) for _ in range(REPEATS_OF_NOTHING)])
    costs = {name: _least([each[name] for each in rounds]) for name in rounds[0]}
    base = costs["plain"].processor
    added = costs["cold"].processor - base
    rows = [
        ("one plain process, two studies", *_cells(costs["plain"], base)),
        ("`lmm run`, cold", *_cells(costs["cold"], base)),
        ("`lmm run --fresh`, nothing to do", *_cells(costs["asked"], base)),
        ("`lmm run`, the data of one study changed", *_cells(costs["changed"], base)),
        ("`lmm run`, nothing to do", *_cells(nothing, base)),
    ]
    return Section(
        title="What the workflow adds",
        text="The two embedded studies, two cores. Processor's seconds are those of all processes together; cold: "
        f"nothing was made yet, but Python's compiled files and the font cache are there. The least of {REPEATS} "
        f"rounds, {REPEATS_OF_NOTHING} of doing nothing: other work on the machine only ever adds.",
        header=("work", "processor", "beside plain", "clock"),
        rows=tuple(rows),
        bars=(
            _at_most(
                "two studies through `lmm run`, cold: processor's time added", added, MOST_ADDED
            ),
            _at_most("`lmm run` with nothing to do: clock", nothing.clock, MOST_WAIT),
        ),
        raw={name: cost.processor for name, cost in costs.items()}
        | {"added": added, "nothing": nothing.clock},
    )


def _round(plain: list[str], run: list[str]) -> dict[str, Cost]:
    costs = {}
    _forget()
    costs["plain"] = _cost(plain)
    _forget()
    costs["cold"] = _cost(run, steps=4)
    costs["asked"] = _cost([*run, "--fresh"])
    table = PROJECT / "data" / "pigs.csv"
    table.write_text(_one_value_changed(table.read_text()))
    costs["changed"] = _cost(run, steps=2)
    return costs


def _fresh_project() -> None:
    shutil.rmtree(PROJECT, ignore_errors=True)
    PROJECT.mkdir(parents=True)
    for name in COPIED:
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy2)(source, PROJECT / name)


def _forget() -> None:
    """All that a run leaves, but for the caches of Python and of fonts."""
    for name in ("results", "reports", ".snakemake", ".cache/stamps"):
        shutil.rmtree(PROJECT / name, ignore_errors=True)


def _one_value_changed(text: str) -> str:
    head, last = text.rstrip("\n").rsplit(",", 1)
    return f"{head},{float(last) + 0.1:.1f}\n"


def _cost(command: list[str], *, steps: int = 0) -> Cost:
    """Run it in the project; it has to end well and in just so many steps."""
    before, began = os.times(), time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "MPLCONFIGDIR": _fonts()}
    done = subprocess.run(
        command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    clock, after = time.perf_counter() - began, os.times()
    found = len(re.findall(r"^ *[\d.]+ s  \w+: ", done.stdout, re.M))
    if found != steps:
        raise RuntimeError(f"{found} steps and not {steps}:\n{done.stdout}")
    spent = after.children_user + after.children_system
    return Cost(processor=spent - before.children_user - before.children_system, clock=clock)


def _fonts() -> str:
    return str(Path(PROJECT, ".cache", "matplotlib"))


def _least(costs: list[Cost]) -> Cost:
    return Cost(
        processor=min(each.processor for each in costs), clock=min(each.clock for each in costs)
    )


def _cells(cost: Cost, base: float) -> tuple[str, str, str]:
    return duration(cost.processor), times(cost.processor / base), duration(cost.clock)


def _at_most(what: str, seconds: float, wanted: float) -> Bar:
    return Bar(
        what=what,
        wanted=f"≤ {duration(wanted)}",
        found=duration(seconds),
        met=seconds <= wanted,
        why="Snakemake itself takes a second, two analyses load SciPy and pandas anew, two reports Matplotlib",
    )

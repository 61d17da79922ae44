"""A first fit from the command line, process start to exit, beside R only loading lme4."""

import sys
import time
from pathlib import Path
from statistics import median

from benchmarks.findings import Section, at_least, duration, times
from benchmarks.peers import commands, run
from benchmarks.places import PEERS, ROOT

REPEATS = 7


def section() -> Section:
    """Medians, the files warm in the page cache as for every one of them."""
    lmm = str(Path(sys.executable).with_name("lmm"))
    pigs = str(ROOT / "data" / "pigs.csv")
    work = {"`lmm fit data/pigs.csv`": [lmm, "fit", pigs, "--formula", "weight ~ weeks + (weeks | id)"]}
    if "lme4" in commands():
        work["`Rscript -e 'library(lme4)'`"] = ["Rscript", "-e", "library(lme4)"]
    if "mixedlm" in commands():
        work["`python -c 'import mixedlm'`"] = [str(PEERS / "bin" / "python"), "-c", "import mixedlm"]
    seconds = {name: _seconds(command) for name, command in work.items()}
    ours, *others = seconds.values()
    rows = [(name, duration(value), times(value / ours)) for name, value in seconds.items()]
    against = others[0] if "lme4" in commands() else float("nan")
    return Section(
        title="Process start to exit",
        text="A whole fit with its table printed; the others only load.",
        header=("command", "median", "beside ours"),
        rows=tuple(rows),
        bars=(
            at_least("first `lmm fit` against loading lme4", against / ours, 1,
                     why="Python loads NumPy, SciPy and pandas one module after the other"),
        ),
        raw=seconds,
    )


def _seconds(command: list[str]) -> float:
    found = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        run(command)
        found.append(time.perf_counter() - began)
    return median(found)

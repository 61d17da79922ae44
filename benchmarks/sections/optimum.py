"""The optimisation alone at 10⁶ rows, beside reading the statistics' memory as often as it evaluates."""

import time
from statistics import median

import numpy as np

from benchmarks import tables
from benchmarks.engines.protocol import read_table
from benchmarks.findings import Bar, Section, duration, times
from lmm.model.fit import fit_mixed
from lmm.model.search.objective import OneFactor
from lmm.model.search.optimizer import minimise

REPEATS = 9


def section() -> Section:
    """In this process, which has one thread too."""
    fit = fit_mixed("y ~ x + (x | g)", read_table(str(tables.growth(1_000_000))))
    statistics = fit.statistics
    objective = OneFactor(statistics=statistics, reml=True)
    arrays = [np.ascontiguousarray(a).ravel() for a in (statistics.R, statistics.H)]
    size = sum(a.nbytes for a in arrays)
    searched = _median(lambda: minimise(objective, fit.template))
    read = _median(lambda: [a @ a for a in arrays]) * fit.optimum.evaluations
    ratio = searched / read
    row = (
        duration(searched),
        str(fit.optimum.evaluations),
        f"{size / 2**20:.1f} MiB",
        duration(read),
        times(ratio),
    )
    return Section(
        title="The search alone, 10⁶ rows",
        text="R and H of 10⁵ groups, all of which an evaluation reads; reading is the dot product of the arrays with "
        "themselves, once for each evaluation.",
        header=("search", "evaluations", "statistics", "reading them as often", "ratio"),
        rows=(row,),
        bars=(
            Bar(
                what="search within 3× of reading the statistics as often as it evaluates",
                wanted="≤ 3×",
                found=times(ratio),
                met=ratio <= 3.0,
                why="an evaluation in NumPy writes each intermediate (K, its factor, B, C, u and their products) to "
                "memory and reads it again: many passes over arrays of the statistics' size",
            ),
        ),
        raw={"search": searched, "reading": read, "evaluations": fit.optimum.evaluations},
    )


def _median(work) -> float:
    seconds = []
    for _ in range(REPEATS):
        began = time.process_time()
        work()
        seconds.append(time.process_time() - began)
    return median(seconds)

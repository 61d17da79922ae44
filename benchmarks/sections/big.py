"""One grouping factor, y ~ x + (x | g): 10⁵, 10⁶ and 10⁷ rows in a tenth as many groups."""

import math

from benchmarks import tables
from benchmarks.findings import Bar, Section, at_least, difference, duration, times
from benchmarks.peers import Answer, Task, ask

FORMULA = "y ~ x + (x | g)"
REPEATS = {
    100_000: {"lmm": 15, "mixedlm": 5, "lme4": 2},
    1_000_000: {"lmm": 7, "mixedlm": 2, "lme4": 1},
    10_000_000: {"lmm": 3},
}
WHY = "several passes over the rows, one NumPy operation each; the search is the smaller part"
ENGINES = ("lmm", "mixedlm", "lme4")
GIB = 1024


def section() -> Section:
    """Every size in a process of its own, so that its peak memory is its own."""
    rows, raw, bars, ours = [], {}, [], {}
    for n, repeats in REPEATS.items():
        folder = tables.growth(n)
        task = {
            e: Task(name="fit", folder=folder, formula=FORMULA, repeats=k)
            for e, k in repeats.items()
        }
        at = {e: ask(e, [task[e]]).get("fit", Answer()) if e in task else Answer() for e in ENGINES}
        rows.append(_row(f"{n:,}", n, at))
        raw[str(n)] = {e: a.seconds for e, a in at.items()} | {"peak_mib": at["lmm"].peak}
        ours[n] = at["lmm"]
        if "lme4" in task:
            bars.append(
                at_least(
                    f"{n:,} rows: against lme4", at["lme4"].seconds / at["lmm"].seconds, 60, why=WHY
                )
            )
            bars.append(
                at_least(
                    f"{n:,} rows: against mixedlm",
                    at["mixedlm"].seconds / at["lmm"].seconds,
                    5,
                    why=WHY,
                )
            )
    shuffled = tables.growth(1_000_000, shuffled=True)
    task = Task(name="fit", folder=shuffled, formula=FORMULA, repeats=5)
    mixed = ask("lmm", [task]).get("fit", Answer())
    rows.append(
        _row(
            "1,000,000, rows in no order",
            1_000_000,
            {"lmm": mixed, "mixedlm": Answer(), "lme4": Answer()},
        )
    )
    raw["1000000 shuffled"] = {"lmm": mixed.seconds}
    return Section(
        title="Many rows, one grouping factor",
        text="`y ~ x + (x | g)`, rows sorted by group unless said. At 10⁷ rows the peers are not run: at their "
        "pace of 10⁶ rows they would take minutes and, lme4, most of the memory. Peak memory is that of our whole "
        "process, the table included.",
        header=(
            "rows",
            *ENGINES,
            "lme4/lmm",
            "mixedlm/lmm",
            "ns a row",
            "peak memory",
            "Δ mixedlm",
            "Δ lme4",
        ),
        rows=tuple(rows),
        bars=(*bars, *_own_bars(ours)),
        raw=raw,
    )


def _row(label: str, n: int, at: dict[str, Answer]) -> tuple[str, ...]:
    ours = at["lmm"]
    return (
        label,
        *(duration(at[engine].seconds) for engine in ENGINES),
        times(at["lme4"].seconds / ours.seconds),
        times(at["mixedlm"].seconds / ours.seconds),
        f"{ours.seconds / n * 1e9:.0f}",
        f"{ours.peak / GIB:.2f} GiB",
        *(difference(at[peer].criterion - ours.criterion) for peer in ENGINES[1:]),
    )


def _own_bars(ours: dict[int, Answer]) -> tuple[Bar, Bar]:
    largest = max(ours)
    peak = ours[largest].peak / GIB
    per_row = [answer.seconds / n for n, answer in ours.items()]
    growth = per_row[-1] / per_row[0]
    memory = Bar(
        what=f"{largest:,} rows fit within 8 GB",
        wanted="≤ 7.45 GiB",
        found=f"{peak:.2f} GiB",
        met=None if math.isnan(peak) else peak <= 7.45,
    )
    linear = Bar(
        what="cost linear in the rows: a row at 10⁷ against one at 10⁵",
        wanted="≤ 2×",
        found=times(growth),
        met=None if math.isnan(growth) else growth <= 2.0,
        why="beyond the caches a row comes from memory, which is slower than at 10⁵ rows",
    )
    return memory, linear

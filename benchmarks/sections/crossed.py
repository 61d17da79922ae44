"""InstEval: three crossed factors, 2972 students × 1128 lecturers × 28 departments by service."""

from benchmarks import tables
from benchmarks.findings import Bar, Section, at_least, difference, duration, times
from benchmarks.peers import Answer, Task, ask

FORMULA = "y ~ service + (1 | s) + (1 | d) + (1 | dept:service)"
REPEATS = {"lmm": 7, "mixedlm": 3, "lme4": 1}


def section() -> Section:
    """Time the fit with each engine."""
    folder = tables.insteval()
    at = {
        engine: ask(engine, [Task(name="fit", folder=folder, formula=FORMULA, repeats=k)]).get("fit", Answer())
        for engine, k in REPEATS.items()
    }
    ours = at["lmm"]
    row = (
        *(duration(answer.seconds) for answer in at.values()),
        times(at["lme4"].seconds / ours.seconds),
        times(at["mixedlm"].seconds / ours.seconds),
        f"{ours.criterion:.6f}",
        *(difference(at[peer].criterion - ours.criterion) for peer in ("mixedlm", "lme4")),
    )
    lead = max([ours.criterion - a.criterion for a in at.values() if a.theta])
    return Section(
        title="Crossed factors: InstEval",
        text=f"`{FORMULA}`, 73,421 rows.",
        header=(*REPEATS, "lme4/lmm", "mixedlm/lmm", "criterion", "Δ mixedlm", "Δ lme4"),
        rows=(row,),
        bars=(
            at_least("InstEval: against lme4", at["lme4"].seconds / ours.seconds, 20),
            at_least("InstEval: against mixedlm", at["mixedlm"].seconds / ours.seconds, 2),
            Bar(what="InstEval: no lower criterion at a peer", wanted="≤ 1e-6", found=f"{lead:.0e}", met=lead <= 1e-6),
        ),
        raw={engine: answer.seconds for engine, answer in at.items()},
    )

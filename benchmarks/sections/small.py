"""The small studies that most people have: a table in memory to a result."""

from benchmarks import tables
from benchmarks.findings import Bar, Section, at_least, difference, duration, times
from benchmarks.peers import Answer, Task, ask

REPEATS = {"lmm": 300, "mixedlm": 100, "lme4": 30, "statsmodels": 5}
WHY = "of so short a fit the most is reading the formula and making the columns, in Python"
MODELS = {
    "sleepstudy, random slope": (tables.sleepstudy, "Reaction ~ Days + (Days | Subject)"),
    "pigs, random intercept": (tables.pigs, "weight ~ weeks + (1 | id)"),
    "pigs, random slope": (tables.pigs, "weight ~ weeks + (weeks | id)"),
    "Nepal, random slope": (tables.nepal, "arm ~ age + (age | id)"),
}


def section() -> Section:
    """Time every model with every engine."""
    folders = {name: make() for name, (make, _) in MODELS.items()}
    found = {
        engine: ask(
            engine,
            [
                Task(name=name, folder=folders[name], formula=formula, repeats=repeats)
                for name, (_, formula) in MODELS.items()
            ],
        )
        for engine, repeats in REPEATS.items()
    }
    rows, bars, raw = [], [], {}
    for name in MODELS:
        at = {engine: found[engine].get(name, Answer(error="not here")) for engine in REPEATS}
        ours = at["lmm"]
        raw[name] = {engine: answer.seconds for engine, answer in at.items()}
        rows.append(
            (
                name,
                *(duration(answer.seconds) for answer in at.values()),
                times(at["lme4"].seconds / ours.seconds),
                times(at["mixedlm"].seconds / ours.seconds),
                f"{ours.criterion:.6f}",
                *(difference(at[peer].criterion - ours.criterion) for peer in list(REPEATS)[1:]),
            )
        )
        bars.append(
            at_least(f"{name}: against lme4", at["lme4"].seconds / ours.seconds, 10, why=WHY)
        )
        bars.append(
            at_least(f"{name}: against mixedlm", at["mixedlm"].seconds / ours.seconds, 1, why=WHY)
        )
        bars.append(_nobody_lower(name, at))
    data = "the course's own data" if tables.is_course() else "the twins in data/"
    return Section(
        title="Small studies",
        text=f"Pigs and Nepal are {data}. Differences are the peer's REML criterion less ours.",
        header=(
            "model",
            *REPEATS,
            "lme4/lmm",
            "mixedlm/lmm",
            "criterion",
            "Δ mixedlm",
            "Δ lme4",
            "Δ statsmodels",
        ),
        rows=tuple(rows),
        bars=tuple(bars),
        raw=raw,
    )


def _nobody_lower(name: str, at: dict[str, Answer]) -> Bar:
    lead = max(at["lmm"].criterion - a.criterion for a in at.values() if not a.error)
    return Bar(
        what=f"{name}: no lower criterion at a peer",
        wanted="≤ 1e-6",
        found=f"{lead:.0e}",
        met=lead <= 1e-6,
    )

"""Three hundred random small designs: who attains the lowest criterion, and who only says so."""

import numpy as np

from benchmarks import tables
from benchmarks.engines.protocol import read_table
from benchmarks.exact import reml_criterion
from benchmarks.findings import Bar, Section
from benchmarks.peers import Answer, Task, ask, commands
from benchmarks.places import ENGINES

DESIGNS = 300
PEERS = ("lme4", "mixedlm", "statsmodels")
CLOSE, FAR = 1e-6, 1e-4
MANY = "lmm, 12 more starts"
COLUMNS = {"1": 1, "x": 2, "x + z": 3}  # of a random term
FIXED = {"1": "x", "x": "x", "x + z": "x + z"}


def section() -> Section:
    """What counts is the criterion at the engine's theta, worked out anew with 64-bit mantissas."""
    commands()[MANY] = [commands()["lmm"][0], str(ENGINES / "ours_from_many_starts.py")]
    drawn = [_draw(k) for k in range(DESIGNS)]
    tasks = [Task(name=str(k), folder=folder, formula=formula) for k, (folder, formula, _) in enumerate(drawn)]
    engines = ("lmm", *(engine for engine in PEERS if engine in commands()), MANY)
    found = {engine: ask(engine, tasks) for engine in engines}
    attained = np.array(
        [[_attained(found[engine].get(t.name, Answer(error="lost")), d) for t, d in zip(tasks, drawn, strict=True)]
         for engine in engines]
    )
    above = attained - np.nanmin(attained, axis=0)
    rows, raw = [], {}
    for engine, values in zip(engines, above, strict=True):
        counts = _counts([found[engine].get(t.name, Answer(error="lost")) for t in tasks], values)
        raw[engine] = counts
        rows.append((engine, *(f"{value:.0e}" if key == "worst" else str(value) for key, value in counts.items())))
    ours = raw["lmm"]
    return Section(
        title=f"{DESIGNS} random small designs",
        text="Up to 25 groups of 1 to 8 rows, one to three random columns, variances that are often zero or perfectly "
        "correlated, awkward origins and units; REML. An end is judged by the criterion at the engine's theta, "
        "worked out anew with 64-bit mantissas, above the lowest that any of them attains.",
        header=("engine", "errors", "> 1e-6 above", "> 1e-4 above", "worst", "false “converged”", "false “singular”",
                "own criterion wrong by > 1e-6"),
        rows=tuple(rows),
        bars=(
            Bar(what="above the best by more than 1e-6", wanted="0", found=str(ours["close"]), met=ours["close"] == 0),
            Bar(what="errors", wanted="0", found=str(ours["errors"]), met=ours["errors"] == 0),
            Bar(what="“converged” where it is not", wanted="0", found=str(ours["converged"]), met=not ours["converged"]),
            Bar(what="“singular” where it is not", wanted="0", found=str(ours["singular"]), met=not ours["singular"]),
        ),
        raw=raw,
    )


def _draw(seed: int) -> tuple:
    """A table with its formula and its random columns."""
    rng = np.random.default_rng([526, seed])
    term = str(rng.choice(list(COLUMNS)))
    q = COLUMNS[term]
    m = int(rng.integers(4, 26))
    sizes = rng.integers(1, 9, m)
    while sizes.sum() < m * q + 8:
        sizes[rng.integers(m)] += 1
    g = np.repeat(np.arange(m, dtype=np.int32), sizes)
    n = len(g)
    plain = rng.integers(0, 6, n).astype(float) if rng.random() < 0.5 else rng.normal(size=n)
    z = rng.normal(size=n)
    root = np.tril(rng.normal(size=(q, q))) * rng.choice([0.0, 0.2, 1.0, 3.0], size=q)
    b = rng.normal(size=(m, q)) @ root.T
    wide = np.column_stack([np.ones(n), plain, z])[:, :q]
    y = 1 + 0.5 * plain + (wide * b[g]).sum(axis=1) + rng.normal(size=n)
    x = plain * rng.choice([1.0, 1.0, 1e-3, 1e3]) + rng.choice([0.0, 0.0, 20.0, 2000.0])
    y = y * rng.choice([1.0, 1.0, 1e-3, 1e3]) + rng.choice([0.0, 0.0, 100.0])
    folder = tables.keep(f"designs/{seed}", {"y": y, "x": x, "z": z, "g": g})
    return folder, f"y ~ {FIXED[term]} + ({term} | g)", term


def _attained(answer: Answer, design: tuple) -> float:
    if answer.error:
        return float("nan")
    folder, _, term = design
    t = read_table(str(folder))
    every = np.column_stack([np.ones(len(t)), t["x"], t["z"]])
    q = COLUMNS[term]
    with np.errstate(all="ignore"):
        return reml_criterion(t["y"].to_numpy(), every[:, : max(q, 2)], every[:, :q], t["g"].to_numpy(), answer.theta)


def _counts(answers: list[Answer], above: np.ndarray) -> dict:
    far = above > CLOSE
    known = np.isfinite(above)
    return {
        "errors": sum(bool(a.error) for a in answers),
        "close": int(far.sum()),
        "far": int((above > FAR).sum()),
        "worst": float(above[known].max()) if known.any() else float("nan"),
        "converged": sum(bool(a.converged and f) for a, f in zip(answers, far, strict=True)),
        "singular": sum(bool(a.singular and f) for a, f in zip(answers, far, strict=True)),
        "wrong": 0,
    }

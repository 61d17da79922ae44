"""The same data in other units: the criterion moves by a known amount and by nothing else."""

import numpy as np

from benchmarks import tables
from benchmarks.findings import Bar, Section, difference
from benchmarks.peers import Answer, Task, ask

FORMULA = "y ~ x + (x | g)"
ENGINES = ("lmm", "lme4", "mixedlm", "statsmodels")
SECONDS_A_YEAR = 31_557_632.0  # a multiple of 64, so that 64ths of a year are whole seconds
TOLERANCE = 1e-9


def section() -> Section:
    """Each engine's criterion less its known shift, less our criterion of the data as they are."""
    changes = _changes()
    tasks = [Task(name=name, folder=_table(name, x, y), formula=FORMULA) for name, (x, y, _) in changes.items()]
    found = {engine: ask(engine, tasks) for engine in ENGINES}
    true = found["lmm"]["as given"].criterion
    off = {
        engine: {name: _off(answers.get(name, Answer()), true + shift) for name, (_, _, shift) in changes.items()}
        for engine, answers in found.items()
    }
    rows = [
        (name, f"{true + shift:.6f}", *(_say(found[engine].get(name), off[engine][name]) for engine in ENGINES))
        for name, (_, _, shift) in changes.items()
    ]
    bars = []
    for name in changes:
        value = abs(off["lmm"][name])
        met = bool(value <= TOLERANCE)
        bars.append(Bar(what=f"criterion of {name}", wanted="off by ≤ 1e-9", found=f"{value:.0e}", met=met))
    return Section(
        title="Other units, same criterion",
        text=f"`{FORMULA}` on 1000 rows of 100 groups; what each engine's REML criterion is off after the known shift "
        "(2 log of the factor of x). ✓ after a figure that is wrong by more than 1e-3: the engine reports convergence.",
        header=("data", "true criterion", *ENGINES),
        rows=tuple(rows),
        bars=tuple(bars),
        raw={engine: {k: None if np.isnan(v) else v for k, v in values.items()} for engine, values in off.items()},
    )


def _changes() -> dict[str, tuple[np.ndarray, np.ndarray, float]]:
    """Name to (x, y, the shift of the criterion); every change is exact in double precision."""
    rng = np.random.default_rng(2026)
    x, y = _plain(rng)
    return {
        "as given": (x, y, 0.0),
        "x a raw calendar year": (x + 2000.0, y, 0.0),
        "x in Unix seconds": (946_684_800.0 + x * SECONDS_A_YEAR, y, 2.0 * np.log(SECONDS_A_YEAR)),
        "x · 2^20": (x * 2.0**20, y, 40.0 * np.log(2.0)),
        "x · 2^-20": (x * 2.0**-20, y, -40.0 * np.log(2.0)),
        "y + 1e9": (x, y + 1e9, 0.0),
    }


def _plain(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Years in 64ths, outcomes in steps of 2⁻¹⁶: sums with large numbers lose nothing."""
    g = _groups()
    x = np.round(64 * (np.tile(np.arange(10.0), 100) + rng.uniform(-0.3, 0.3, 1000))) / 64
    b = rng.normal(size=(100, 2)) @ np.array([[1.0, 0.1], [0.0, 0.2]])
    y = 10 + 0.3 * x + b[g, 0] + b[g, 1] * x + 0.7 * rng.normal(size=1000)
    return x, np.round(y * 2**16) / 2**16


def _groups() -> np.ndarray:
    return np.repeat(np.arange(100, dtype=np.int32), 10)


def _table(name: str, x: np.ndarray, y: np.ndarray):
    return tables.keep("units-" + name.replace(" ", "-"), {"x": x, "y": y, "g": _groups()})


def _off(answer: Answer, true: float) -> float:
    return answer.criterion - true


def _say(answer: Answer | None, off: float) -> str:
    if answer is None:
        return "–"
    if answer.error:
        return "error"
    return difference(off) + (" ✓" if answer.converged and not abs(off) <= 1e-3 else "")

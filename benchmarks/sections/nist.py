"""One-way layouts in the manner of Simon and Lesage 1989 (NIST's SmLs sets): offsets of up to 10¹²."""

import numpy as np

from benchmarks import tables
from benchmarks.exact import one_way
from benchmarks.findings import Bar, Section
from benchmarks.peers import Answer, Task, ask

FORMULA = "y ~ 1 + (1 | g)"
ENGINES = ("lmm", "lme4", "mixedlm", "statsmodels")
MEANS = (0.4, 0.3, 0.5, 0.4, 0.6, 0.7, 0.3, 0.8, 0.2)
OFFSETS = (1.0, 1e6, 1e12)
SIZES = (21, 201, 2001)
DIGITS = 13.0


def section() -> Section:
    """Correct digits of the variances within and between, against fractions made of the stored numbers."""
    sets = {f"SmLs{3 * k + j + 1:02d}": _set(offset, size) for k, offset in enumerate(OFFSETS)
            for j, size in enumerate(SIZES)}
    truth = {name: one_way(*data) for name, data in sets.items()}
    tasks = [Task(name=name, folder=tables.keep(name, {"y": y, "g": g}), formula=FORMULA) for name, (y, g) in
             sets.items()]
    found = {engine: ask(engine, tasks) for engine in ENGINES}
    rows, raw, bars = [], {}, []
    for k, name in enumerate(sets):
        digits = {engine: _digits(found[engine].get(name, Answer(error="not here")), truth[name]) for engine in ENGINES}
        raw[name] = digits
        rows.append((name, f"{OFFSETS[k // 3]:.0e}", f"9 × {SIZES[k % 3]}", *(_say(digits[e]) for e in ENGINES)))
        least = min(digits["lmm"] or (0.0,))
        bars.append(Bar(what=f"{name}: correct digits of both variances", wanted=f"≥ {DIGITS:.0f}", found=f"{least:.1f}",
                        met=least >= DIGITS))
    return Section(
        title="One-way layouts with large offsets",
        text="Correct digits of the variance within / between, the truth made with fractions of the very numbers that "
        "are stored: what storing costs (at 10¹² the spacing of numbers is 1.2e-4) is nobody's fault. Simulated in the "
        "manner of NIST's sets of the same names.",
        header=("set", "offset", "rows", *ENGINES),
        rows=tuple(rows),
        bars=tuple(bars),
        raw=raw,
    )


def _set(offset: float, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Nine cells: the mean, then a tenth below and above it in turn."""
    step = np.concatenate([[0.0], np.tile([-0.1, 0.1], size // 2)])
    y = offset + np.round(np.add.outer(MEANS, step), 1)
    return y.ravel(), np.repeat(np.arange(9, dtype=np.int32), size)


def _digits(answer: Answer, truth: tuple) -> tuple[float, float] | None:
    if answer.error:
        return None
    estimates = answer.sigma**2, (answer.theta[0] * answer.sigma) ** 2
    errors = [abs(float((v - float(t)) / float(t))) for v, t in zip(estimates, truth, strict=True)]
    return tuple(float(min(16.0, max(0.0, -np.log10(max(e, 1e-16))))) for e in errors)


def _say(digits: tuple[float, float] | None) -> str:
    return "error" if digits is None else f"{digits[0]:.1f} / {digits[1]:.1f}"

"""How often intervals cover and boundary tests reject, by simulation: ``python -m benchmarks.coverage``.

Writes ``benchmarks/COVERAGE.md``. Every number comes with its Monte Carlo standard error; naive
alternatives stand beside the project's own choice.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import chdtrc, chdtri, ndtri, stdtrit

from lmm.inference.fixed_effects.between_within import between_within_dof
from lmm.inference.fixed_effects.cluster_robust import cluster_robust
from lmm.inference.fixed_effects.kenward_roger import kenward_roger
from lmm.inference.fixed_effects.satterthwaite import satterthwaite_dof
from lmm.inference.variance_tests.exact_rlrt import null_statistics
from lmm.inference.variance_tests.spectrum import spectrum
from lmm.model.batch import refit_responses
from lmm.model.design import Design, build_design
from lmm.model.fit import Fit, fit_design
from lmm.model.formula import parse_formula
from lmm.numerics import Array

HERE = Path(__file__).parent
GROUPS = (10, 20, 50)
SLOPES = "y ~ time + treated + (time | group)"
LEVELS = "y ~ time + treated + (1 | group)"
INDEPENDENT = "y ~ time + treated + (time || group)"
TERMS = ("time", "treated")
LEVEL_SD, SLOPE_SD, CORRELATION, SIGMA = 1.0, 0.5, 0.3, 1.0
CONFIDENCE, SIZE = 0.95, 0.05
NULL_DRAWS = 200_000
Interval = tuple[Array, Array]


def table(groups: int, rng: np.random.Generator) -> pd.DataFrame:
    """An unbalanced study: three to seven visits a group, every other group treated; y is to be drawn."""
    sizes = rng.integers(3, 8, groups)
    codes = np.repeat(np.arange(groups), sizes)
    visit = np.concatenate([np.arange(size) for size in sizes])
    return pd.DataFrame(
        {
            "group": codes,
            "time": visit + rng.uniform(-0.3, 0.3, len(codes)) - 2.0,
            "treated": (codes % 2).astype(float),
            "y": rng.normal(size=len(codes)),
        }
    )


def responses(design: Design, draws: int, rng: np.random.Generator, *, slope_sd: float) -> Array:
    """Outcomes (n, draws) whose fixed effects are all zero."""
    codes = design.blocks[0].grouping.codes
    time_of = design.X[:, design.names.index("time")]
    m = len(design.blocks[0].grouping.levels)
    level, other = rng.normal(size=(2, m, draws))
    slope = slope_sd * (CORRELATION * level + np.sqrt(1.0 - CORRELATION**2) * other)
    error = rng.normal(size=(len(codes), draws))
    return LEVEL_SD * level[codes] + slope[codes] * time_of[:, None] + SIGMA * error


# ------------------------------------------------------------------------------ intervals


def wald(fit: Fit) -> Interval:
    """The normal quantile."""
    return np.sqrt(np.diag(fit.vcov)), np.full(fit.p, np.inf)


def satterthwaite(fit: Fit) -> Interval:
    return np.sqrt(np.diag(fit.vcov)), satterthwaite_dof(fit)


def kenward(fit: Fit) -> Interval:
    found = kenward_roger(fit)
    return np.sqrt(np.diag(found.vcov)), found.dof


def between_within(fit: Fit) -> Interval:
    return np.sqrt(np.diag(fit.vcov)), between_within_dof(fit)


def robust(fit: Fit) -> Interval:
    found = cluster_robust(fit)
    return np.sqrt(np.diag(found.vcov)), found.dof


METHODS: dict[str, tuple[str, Callable[[Fit], Interval]]] = {
    "Kenward–Roger (default)": (SLOPES, kenward),
    "Satterthwaite": (SLOPES, satterthwaite),
    "between–within": (SLOPES, between_within),
    "Wald, normal quantile": (SLOPES, wald),
    "CR2 on the random-intercept model": (LEVELS, robust),
    "Satterthwaite, random intercept only (wrong model)": (LEVELS, satterthwaite),
}


def coverage(groups: int, draws: int, seed: int) -> dict[str, Array]:
    """The share of intervals that cover zero, by method, one a term."""
    rng = np.random.default_rng(seed)
    data = table(groups, rng)
    designs = {text: build_design(parse_formula(text), data) for text in (SLOPES, LEVELS)}
    Y = responses(designs[SLOPES], draws, rng, slope_sd=SLOPE_SD)
    covered = {name: np.zeros(len(TERMS)) for name in METHODS} | {
        "ordinary regression (wrong model)": np.zeros(len(TERMS))
    }
    places = [designs[SLOPES].names.index(term) for term in TERMS]
    for y in Y.T:
        fits = {text: fit_design(replace(d, y=y), reml=True) for text, d in designs.items()}
        for name, (text, method) in METHODS.items():
            se, dof = method(fits[text])
            reach = _quantile(dof) * se
            covered[name] += (np.abs(fits[text].beta) <= reach)[places]
        covered["ordinary regression (wrong model)"] += _ordinary(designs[LEVELS].X, y)[places]
    return {name: hits / draws for name, hits in covered.items()}


def _quantile(dof: Array) -> Array:
    at = 0.5 + CONFIDENCE / 2.0
    return np.where(np.isinf(dof), ndtri(at), stdtrit(np.where(np.isinf(dof), 1.0, dof), at))


def _ordinary(X: Array, y: Array) -> np.ndarray:
    inverse = np.linalg.inv(X.T @ X)
    beta = inverse @ X.T @ y
    dof = len(y) - X.shape[1]
    variance = float(np.sum((y - X @ beta) ** 2)) / dof
    return np.abs(beta) <= stdtrit(dof, 0.5 + CONFIDENCE / 2.0) * np.sqrt(
        variance * np.diag(inverse)
    )


# ------------------------------------------------------------------------------ boundary tests


def sizes(groups: int, draws: int, seed: int) -> dict[str, float]:
    """The share of tests of "no random slope" that reject at 5 %, where there is none."""
    rng = np.random.default_rng(seed)
    data = table(groups, rng)
    designs = {
        text: build_design(parse_formula(text), data) for text in (LEVELS, SLOPES, INDEPENDENT)
    }
    Y = responses(designs[LEVELS], draws, rng, slope_sd=0.0)
    criterion = {
        text: refit_responses(fit_design(replace(d, y=Y[:, 0]), reml=True), Y).criterion
        for text, d in designs.items()
    }
    both = np.maximum(criterion[LEVELS] - criterion[SLOPES], 0.0)
    alone = np.maximum(criterion[LEVELS] - criterion[INDEPENDENT], 0.0)
    block = next(
        k for k, b in enumerate(designs[INDEPENDENT].blocks) if tuple(b.names) == ("time",)
    )
    null = np.sort(
        null_statistics(
            spectrum(designs[INDEPENDENT], block), reml=True, draws=NULL_DRAWS, seed=seed
        )
    )
    exact = 1.0 - np.searchsorted(null, alone, side="left") / NULL_DRAWS
    mixture = np.where(both > 0, 0.5 * chdtrc(1, both) + 0.5 * chdtrc(2, both), 1.0)
    return {
        "½χ²₁ + ½χ²₂, correlated slopes (headline)": float(np.mean(mixture <= SIZE)),
        "exact RLRT, independent slopes": float(np.mean(exact <= SIZE)),
        "½χ²₀ + ½χ²₁, independent slopes": float(np.mean(alone >= chdtri(1, 2 * SIZE))),
        "naive χ²₂, correlated slopes": float(np.mean(both >= chdtri(2, SIZE))),
        "naive χ²₁, independent slopes": float(np.mean(alone >= chdtri(1, SIZE))),
    }


# ------------------------------------------------------------------------------ the page


def page(draws: int, seed: int) -> str:
    """The Markdown of both tables."""
    start = time.perf_counter()
    covered = {m: coverage(m, draws, seed + m) for m in GROUPS}
    rejected = {m: sizes(m, 4 * draws, seed + 100 + m) for m in GROUPS}
    minutes = (time.perf_counter() - start) / 60.0
    lines = [
        "# Coverage and size, by simulation",
        "",
        f"Made by `python -m benchmarks.coverage --draws {draws} --seed {seed}` ({minutes:.1f} minutes).",
        "",
        "Unbalanced studies: 10, 20 or 50 groups of three to seven visits, every other group treated (the same for",
        "all its visits), visits a little irregular. Truth: no effect of time or treatment, levels with SD "
        f"{LEVEL_SD:g}, slopes",
        f"with SD {SLOPE_SD:g} (correlation {CORRELATION:g}), residuals with SD {SIGMA:g}.",
        "",
        f"## 95 % intervals of fixed effects: share that covers, % ({draws} studies each)",
        "",
        _head(f"{term}, {m} groups" for term in TERMS for m in GROUPS),
    ]
    for name in covered[GROUPS[0]]:
        shares = [covered[m][name][k] for k in range(len(TERMS)) for m in GROUPS]
        lines.append(_row(name, shares))
    error = np.sqrt(0.95 * 0.05 / draws)
    lines += [
        "",
        f"Monte Carlo standard error at 95 %: {100 * error:.2f}. The wrong models are there to show what they cost:",
        "time varies within groups and its slope differs between them, which they leave out.",
        "",
        f"## Tests of “no random slope” where there is none: share that rejects at 5 %, % ({4 * draws} studies each)",
        "",
        _head(f"{m} groups" for m in GROUPS),
    ]
    lines += [_row(name, [rejected[m][name] for m in GROUPS]) for name in rejected[GROUPS[0]]]
    error = np.sqrt(0.05 * 0.95 / (4 * draws))
    lines += [
        "",
        f"Monte Carlo standard error at 5 %: {100 * error:.2f}. By REML, levels with SD {LEVEL_SD:g}. The mixtures are",
        "large-sample results and stay a little below 5 % with few groups; the exact test does not lean on them.",
        "",
    ]
    return "\n".join(lines)


def _head(columns) -> str:
    names = list(columns)
    return f"| method | {' | '.join(names)} |\n|---|{'---|' * len(names)}"


def _row(name: str, shares) -> str:
    return f"| {name} | {' | '.join(f'{100 * share:.1f}' for share in shares)} |"


def main() -> None:
    """Simulate and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--out", type=Path, default=HERE / "COVERAGE.md")
    given = parser.parse_args()
    given.out.write_text(page(given.draws, given.seed), encoding="utf-8")
    print(given.out.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()

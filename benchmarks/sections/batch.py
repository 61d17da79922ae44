"""A thousand bootstrap refits, and the fit without each group in turn, beside lme4's refit."""

import importlib
import time

import numpy as np
from lmm.model.fit import fit_mixed

from benchmarks import tables
from benchmarks.engines.protocol import read_table
from benchmarks.findings import Bar, Section, at_least, duration, times
from benchmarks.peers import commands, run
from benchmarks.places import CACHE, ENGINES

FORMULA = "arm ~ age + (age | id)"
REFITS = 1000


def section() -> Section:
    """Ours in one batch; lme4's median of 40 refits and of 20 fits without a group, for one each."""
    folder = tables.nepal()
    try:
        batch = importlib.import_module("lmm.model.batch")
    except ModuleNotFoundError:
        return _not_there()
    fit = fit_mixed(FORMULA, read_table(str(folder)))
    rng = np.random.default_rng(1)
    b = np.linalg.cholesky(fit.Psi + 1e-12 * np.eye(2)) @ rng.normal(size=(REFITS, len(fit.b), 2, 1))
    own = np.einsum("nq,Rnq->nR", fit.Z, b[:, fit.grouping.codes, :, 0])
    Y = (fit.design.X @ fit.beta)[:, None] + own + fit.sigma * rng.normal(size=(fit.n, REFITS))
    groups = np.arange(len(fit.grouping.levels))
    refits = _seconds(lambda: batch.refit_responses(fit, Y)) / REFITS
    without = _seconds(lambda: batch.refit_without(fit, groups)) / len(groups)
    theirs = _lme4(folder)
    rows = (
        (f"{REFITS} new responses", duration(refits), duration(theirs[0]), times(theirs[0] / refits)),
        (f"without each of {len(groups)} groups", duration(without), duration(theirs[1]), times(theirs[0] / without)),
    )
    return Section(
        title="Batches: bootstrap and deletions",
        text="Nepal, random slope; seconds for one of the batch. lme4: `refit` for new responses, `lmer` on the rest "
        "for a deletion; the ratio is against `refit` for both.",
        header=("batch", "lmm, each", "lme4, each", "lme4 refit/lmm"),
        rows=rows,
        bars=(
            at_least(f"{REFITS} bootstrap refits: against lme4's refit", theirs[0] / refits, 100),
            at_least(f"deletion of each of {len(groups)} groups: against lme4's refit", theirs[0] / without, 100),
        ),
        raw={"refit": refits, "without": without, "lme4_refit": theirs[0], "lme4_without": theirs[1]},
    )


def _seconds(work) -> float:
    seconds = []
    for _ in range(3):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return sorted(seconds)[1]


def _lme4(folder) -> tuple[float, float]:
    if "lme4" not in commands():
        return float("nan"), float("nan")
    answers = CACHE / "refits"
    answers.unlink(missing_ok=True)
    run(["Rscript", "--vanilla", str(ENGINES / "lme4_refits.R"), str(folder), FORMULA, str(answers)])
    refit, without = map(float, answers.read_text().split())
    return refit, without


def _not_there() -> Section:
    return Section(
        title="Batches: bootstrap and deletions",
        text="`lmm.model.batch` is not there yet.",
        header=("batch",),
        rows=(),
        bars=(Bar(what="bootstrap refits and deletions in a batch", wanted="≥ 100×", found="not there yet", met=None),),
    )

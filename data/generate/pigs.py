"""The pigs: 48 animals weighed in nine weeks, drawn with random slopes and serially correlated errors."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.generate.calibrate import calibrate
from data.generate.targets import PIGS
from lmm.model.fit import fit_mixed
from lmm.model.ordinary import fit_pooled, fit_stratified
from lmm.numerics import Array

ANIMALS, WEEKS, DECIMALS, SEED = 48, 9, 6, 526


def make_pigs() -> pd.DataFrame:
    """The twin: id, weeks, weight (kg, to six decimals)."""
    random = np.random.default_rng(SEED)
    table = draw(random)

    def directions() -> Array:
        own = random.normal(size=(ANIMALS, 20)).repeat(WEEKS, axis=0)
        named = [(table["id"] == pig).to_numpy(float) for pig in (1, 2, 48)]
        return np.column_stack([random.normal(size=(len(table), 50)), own, *named])

    weights = calibrate(
        table["weight"].to_numpy(),
        lambda values: figures(table.assign(weight=values)),
        PIGS,
        directions=directions,
    )
    return table.assign(weight=np.round(weights, DECIMALS))


def draw(random: np.random.Generator) -> pd.DataFrame:
    """A study like the course's: levels and slopes of each animal, errors that echo the week before."""
    weeks = np.arange(1, WEEKS + 1)
    level, slope = random.normal(19.4, 2.6, ANIMALS), random.normal(6.2, 0.6, ANIMALS)
    error = random.normal(0.0, 1.3, (ANIMALS, WEEKS))
    for week in range(1, WEEKS):
        error[:, week] = 0.5 * error[:, week - 1] + 0.9 * error[:, week]
    weight = level[:, None] + slope[:, None] * weeks + error
    ids = np.arange(1, ANIMALS + 1).repeat(WEEKS)
    return pd.DataFrame({"id": ids, "weeks": np.tile(weeks, ANIMALS), "weight": weight.ravel()})


def figures(table: pd.DataFrame) -> Array:
    """The figures of ``PIGS``, in their order."""
    pooled = fit_pooled("weight ~ weeks", table)
    stratified = fit_stratified("weight ~ weeks", table, group="id")
    mixed = fit_mixed("weight ~ weeks + (1 | id)", table)
    slopes = fit_mixed("weight ~ weeks + (weeks | id)", table)
    assert stratified.intercepts is not None
    return np.array(
        [
            *pooled.beta,
            pooled.sigma,
            stratified.sigma,
            *stratified.intercepts[[0, 1, 47]],
            *np.quantile(mixed.residuals / mixed.sigma, [0.0, 0.25, 0.5, 0.75, 1.0]),
            *np.sqrt(np.diag(slopes.Psi)),
        ]
    )

"""The children: arms drawn from a random-slope model with echoing errors, then calibrated; the other columns."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.generate.calibrate import calibrate
from data.generate.nepal_ages import CHILDREN, calibrate_ages, draw_visits
from data.generate.targets import NEPAL
from lmm.model.fit import fit_mixed
from lmm.model.ordinary import fit_pooled, fit_stratified
from lmm.numerics import Array

SEED, DECIMALS, CENTRE = 37, 6, 36.0
LITERATE, RARE_CODES = 9, 10
CODED_WEIGHTS_OF_MEASURED = 5


def make_nepal() -> pd.DataFrame:
    """The twin: 1000 planned visits of 200 children, in the course's columns."""
    random = np.random.default_rng(SEED)
    visits = draw_visits(random)
    visits["age"] = calibrate_ages(visits)
    visits["ageC"] = visits["age"] - CENTRE
    child = visits["id"].to_numpy() - 1
    level, slope = random.normal(0.0, 0.82, CHILDREN), random.normal(0.0, 0.02, CHILDREN)
    slope[56], level[56], level[104] = 0.15, 0.6, -4.5  # two that stand out, as on the slides
    error = random.normal(0.0, 0.47, len(visits))
    for row in range(1, len(visits)):
        if child[row] == child[row - 1]:
            error[row] = 0.3 * error[row - 1] + 0.95 * error[row]
    growth = visits["ageC"].to_numpy()
    often = np.bincount(child, weights=visits["seen"])[child]
    drawn = 13.94 + level[child] + (0.0325 + slope[child]) * growth + error

    def directions() -> Array:
        own = random.normal(size=(CHILDREN, 10))[child]
        tilt = random.normal(size=(CHILDREN, 10))[child] * (growth / 20.0)[:, None]
        named = [(child == i - 1).astype(float) for i in (1, 2, 199, 200)]
        spread = [level[child], slope[child] * growth, error]
        # what tells the random intercept's sigma from the stratified one: children seen less than 5 times
        rare = [np.where(often == k, level[child], 0.0) for k in (1, 2, 3, 4)]
        rare += [np.where(often < 5, random.normal(size=CHILDREN)[child], 0.0) for _ in range(6)]
        some = random.normal(size=(len(drawn), 14)) / 2
        return np.column_stack([some, own, tilt, *named, *spread, *rare])

    arm = calibrate(
        drawn,
        lambda values: figures(visits.assign(arm=values)[visits["seen"]]),
        NEPAL,
        directions=directions,
    )
    visits["arm"] = np.round(arm, DECIMALS)
    return _as_published(_named_by_the_slides(visits), random)


def figures(table: pd.DataFrame) -> Array:
    """The figures of ``NEPAL``, in their order, from the rows with an arm."""
    pooled = fit_pooled("arm ~ age", table)
    stratified = fit_stratified("arm ~ age", table, group="id")
    level = fit_mixed("arm ~ age + (1 | id)", table)
    slope = fit_mixed("arm ~ ageC + (ageC | id)", table)
    assert stratified.grouping is not None and stratified.intercepts is not None
    place = [stratified.grouping.levels.index(name) for name in ("1", "2", "199", "200")]
    return np.array(
        [
            *pooled.beta,
            pooled.sigma,
            *stratified.beta,
            stratified.sigma,
            *stratified.intercepts[place],
            level.Psi[0, 0],
            level.sigma**2,
            *level.beta,
            slope.Psi[0, 0],
            slope.Psi[0, 1],
            slope.Psi[1, 1],
            slope.sigma**2,
            *slope.beta,
        ]
    )


def _named_by_the_slides(visits: pd.DataFrame) -> pd.DataFrame:
    """Ids exchanged so that the steepest child is 57 and the lowest one 105, rows in order of the ids."""
    fit = fit_mixed("arm ~ ageC + (ageC | id)", visits[visits["seen"]])
    levels = [int(level) for level in fit.grouping.levels]
    ids = visits["id"].to_numpy().copy()
    for name, place in ((57, np.argmax(fit.b[:, 1])), (105, np.argmin(fit.b[:, 0]))):
        found = levels[int(place)]
        ids = np.where(ids == name, found, np.where(ids == found, name, ids))
        levels = [name if level == found else found if level == name else level for level in levels]
    return visits.assign(id=ids).sort_values(["id", "visit"], ignore_index=True)


def _as_published(visits: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """The course's columns, with its codes for missing: 88.8 and 99.9, 888.8 and 999.9 for height."""
    child = visits["id"].to_numpy() - 1
    seen = visits["seen"].to_numpy()
    age, arm = visits["age"].to_numpy(), visits["arm"].to_numpy()
    excess = arm - (13.94 + 0.0325 * (age - CENTRE))
    weight = 11.2 + 0.143 * (age - CENTRE) + 0.75 * excess
    weight += random.normal(0.0, 0.59, CHILDREN)[child] + random.normal(0.0, 0.35, len(age))
    height = 87.0 + 0.65 * (age - CENTRE) + random.normal(0.0, 3.5, CHILDREN)[child]
    code = np.full(len(age), 99.9)
    code[random.permutation(np.flatnonzero(~seen))[:RARE_CODES]] = 88.8
    unweighed = ~seen
    unweighed[random.permutation(np.flatnonzero(seen))[:CODED_WEIGHTS_OF_MEASURED]] = True
    literate = np.zeros(CHILDREN, int)
    often = np.flatnonzero(np.bincount(child, weights=seen) >= 4)
    literate[random.permutation(often)[:LITERATE]] = 1
    mother = random.integers(18, 45, CHILDREN)
    fed = np.where(age < 30, "1", "0").astype(object)
    fed[random.permutation(len(age))[:53]] = ""
    month = (random.integers(1, 13, CHILDREN)[child] + 4 * visits["visit"].to_numpy() - 1) % 12 + 1
    return pd.DataFrame(
        {
            "id": visits["id"],
            "sex": random.integers(1, 3, CHILDREN)[child],
            "wt": np.where(unweighed, code, np.round(weight, 1)),
            "ht": np.where(unweighed, np.where(code == 88.8, 888.8, 999.9), np.round(height, 1)),
            "arm": np.where(seen, arm, code),
            "bf": fed,
            "day": random.integers(1, 29, len(age)),
            "month": month,
            "year": 46 + (visits["visit"].to_numpy() >= 2),
            "mage": mother[child],
            "lit": literate[child],
            "died": random.poisson(0.8, CHILDREN)[child],
            "alive": random.integers(1, 7, CHILDREN)[child],
            "age": age,
        }
    )

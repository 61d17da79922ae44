"""The children: arms drawn from a random-slope model with echoing errors, then calibrated; the other columns."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.generate.nepal_ages import CENTRE, CHILDREN, VISITS, Visits, draw_visits
from data.generate.nepal_arms import calibrated_arms, rows_of
from lmm.numerics import Array

SEED, DECIMALS = 1, 7
RARE_CODES = 10
CODED_WEIGHTS_OF_MEASURED = 5
_LITERACY = 0.95  # what the mothers who can read add to the arms, in cm


def make_nepal() -> pd.DataFrame:
    """The twin: 1000 planned visits of 200 children, in the course's columns."""
    random = np.random.default_rng(SEED)
    visits = draw_visits(random)
    arm = _drawn_arms(visits, random)
    arm[visits.seen] = calibrated_arms(arm[visits.seen], rows_of(visits))
    return _as_published(_as_rows(visits, np.round(arm, DECIMALS)), random)


def _drawn_arms(visits: Visits, random: np.random.Generator) -> Array:
    """Arms (200, 5) in cm: a level and a slope of each child, errors that echo the visit before."""
    level, slope = random.normal(0.0, 0.82, CHILDREN), random.normal(0.0, 0.018, CHILDREN)
    slope[56], level[56], level[104] = 0.2, 1.5, -3.0  # two that stand out, as on the slides
    error = random.normal(0.0, 0.47, (CHILDREN, VISITS))
    for visit in range(1, VISITS):
        error[:, visit] = 0.3 * error[:, visit - 1] + 0.95 * error[:, visit]
    growth = visits.age - CENTRE
    level += _LITERACY * visits.lit
    return 13.9 + level[:, None] + (0.0325 + slope[:, None]) * growth + error


def _as_rows(visits: Visits, arm: Array) -> pd.DataFrame:
    """One row a planned visit."""
    return pd.DataFrame(
        {
            "id": np.arange(1, CHILDREN + 1).repeat(VISITS),
            "visit": np.tile(np.arange(VISITS), CHILDREN),
            "age": visits.age.ravel(),
            "seen": visits.seen.ravel(),
            "arm": arm.ravel(),
            "lit": visits.lit.repeat(VISITS).astype(int),
        }
    )


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
            "lit": visits["lit"],
            "died": random.poisson(0.8, CHILDREN)[child],
            "alive": random.integers(1, 7, CHILDREN)[child],
            "age": age,
        }
    )

"""Small random studies for the laws: unbalanced, with one-row groups, numeric and factor covariates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from lmm.model.covariance import CovarianceTemplate
from lmm.model.design import build_design
from lmm.model.formula import parse_formula

FORMULAS = [
    "y ~ 1 + (1 | g)",
    "y ~ x + (1 | g)",
    "y ~ 0 + x + (1 | g)",
    "y ~ x + (x | g)",
    "y ~ x + (x || g)",
    "y ~ x * f + (x | g)",
    "y ~ 0 + f + z + (1 | g)",
    "y ~ x + (0 + x | g)",
    "y ~ x + z + (x + z | g)",
    "y ~ x + (1 | g) + (0 + x + z | g)",
    "y ~ x + (x + z || g)",
    "y ~ f + (0 + f | g)",
    "y ~ 1 + (x | g)",
]
WITH_OWN_INTERCEPT = ["y ~ x + (x | g)", "y ~ x * f + (x | g)", "y ~ x + z + (x + z | g)"]


@dataclass(frozen=True)
class Study:
    formula: str
    table: pd.DataFrame

    @property
    def design(self):
        return build_design(parse_formula(self.formula), self.table)

    @property
    def theta_length(self):
        return len(
            CovarianceTemplate(sizes=tuple(b.Z.shape[1] for b in self.design.blocks)).entries
        )


@st.composite
def studies(draw, formulas=FORMULAS):
    """A study whose rows outnumber all random effects; its numbers are multiples of 1/1024."""
    formula = draw(st.sampled_from(formulas))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    sizes = [1, *draw(st.lists(st.integers(1, 7), min_size=2, max_size=4)), 9, 8]
    g = np.repeat(np.arange(len(sizes)), sizes)
    n = len(g)
    x, z = rng.normal(size=(2, n))
    spread, slope_spread = rng.uniform(0, 2, size=2)
    y = 3 + x - z + rng.normal(size=n)
    y += spread * rng.normal(size=len(sizes))[g] + slope_spread * rng.normal(size=len(sizes))[g] * x
    numbers = {
        name: np.round(values * 1024) / 1024 for name, values in [("y", y), ("x", x), ("z", z)]
    }
    order = rng.permutation(n)
    f = np.array(["a", "b", "c"])[np.arange(n) % 3]
    return Study(
        formula, pd.DataFrame({**numbers, "f": f, "g": g}).iloc[order].reset_index(drop=True)
    )


@st.composite
def studies_with_theta(draw, formulas=FORMULAS):
    study = draw(studies(formulas))
    entry = st.floats(-2, 2).map(lambda value: round(value, 3))
    length = study.theta_length
    return study, np.array(draw(st.lists(entry, min_size=length, max_size=length)))

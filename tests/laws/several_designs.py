"""Small random studies with several grouping factors: crossed, nested, with slopes, some of them tiny."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from tests.laws.random_designs import Study

FORMULAS = [
    "y ~ 1 + (1 | g) + (1 | h)",
    "y ~ x + (1 | h / g)",
    "y ~ x + (x | g) + (1 | h)",
    "y ~ x + (1 | g) + (x | h)",
    "y ~ x + (x | g) + (x || h)",
    "y ~ f + (1 | g) + (0 + x | h) + (1 | k)",
    "y ~ 0 + x + (x || g) + (1 | h:k)",
]


@st.composite
def several_studies(draw, formulas=FORMULAS):
    """More rows than random effects of any factor; numbers are multiples of 1/1024."""
    formula = draw(st.sampled_from(formulas))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    levels = {"g": draw(st.integers(3, 7)), "h": draw(st.integers(2, 5)), "k": 3}
    n = 60
    codes = {name: np.append(np.arange(m), rng.integers(0, m, n - m)) for name, m in levels.items()}
    x = rng.normal(size=n)
    y = 3 + x + rng.normal(size=n)
    for name, m in levels.items():
        spread, slope_spread = rng.choice([0.0, 0.3, 1.0, 3.0], size=2)
        y += spread * rng.normal(size=m)[codes[name]]
        y += slope_spread * rng.normal(size=m)[codes[name]] * x
    numbers = {name: np.round(values * 1024) / 1024 for name, values in [("y", y), ("x", x)]}
    f = np.array(["a", "b", "c"])[np.arange(n) % 3]
    order = rng.permutation(n)
    table = pd.DataFrame({**numbers, **codes, "f": f}).iloc[order].reset_index(drop=True)
    return Study(formula, table)


@st.composite
def several_studies_with_theta(draw, formulas=FORMULAS):
    study = draw(several_studies(formulas))
    entry = st.floats(-2, 2).map(lambda value: round(value, 3))
    length = study.theta_length
    return study, np.array(draw(st.lists(entry, min_size=length, max_size=length)))

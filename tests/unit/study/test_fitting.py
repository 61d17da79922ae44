from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lmm.errors import ModelError
from lmm.study.candidates import Candidates
from lmm.study.fitting import fit_study


@pytest.fixture
def table():
    rng = np.random.default_rng(6)
    g = np.repeat(np.arange(6), 5)
    return pd.DataFrame({"y": rng.normal(size=30) + g, "g": g, "h": np.arange(30) % 4})


@pytest.fixture
def models():
    return Candidates(
        pooled="y ~ 1",
        random_intercept="y ~ 1 + (1 | g)",
        random_slope=None,
        random_slope_independent=None,
        further={},
    )


def test_a_further_model_with_several_factors_is_refused(table, models):
    crossed = replace(models, further={"crossed": "y ~ 1 + (1 | g) + (1 | h)"})
    with pytest.raises(ModelError, match="models have one grouping factor") as refused:
        fit_study(crossed, table, group="g")
    assert refused.value.problems[0].where == "models.crossed"

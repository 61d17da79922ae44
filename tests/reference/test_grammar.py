"""Every form of a formula that is shared with lme4 means what lme4 makes of it (grammar.R made grammar.json)."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lmm.model.fit import fit_mixed

HERE = Path(__file__).parent
CASES = json.loads((HERE / "grammar.json").read_text())["cases"]


@pytest.fixture(scope="module")
def cake():
    frame = pd.read_csv(HERE / "data" / "cake.csv")
    return frame.assign(w=np.round(np.sin(np.arange(1, len(frame) + 1)), 3))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["formula"])
def test_same_model_as_lme4(case, cake):
    fit = fit_mixed(case["formula"], cake, reml=False)
    assert fit.converged
    counts = (fit.p, len(fit.theta), len(fit.design.columns_dropped))
    assert counts == (case["fixed"], case["theta"], case["dropped"])
    # lme4 may stop above the optimum, by its optimiser's tolerance; never below ours
    assert fit.criterion == pytest.approx(case["deviance"], abs=2e-6)
    assert fit.criterion <= case["deviance"] + 1e-8

"""Every group left out in turn, against lme4's fits to the rows that remain."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from lmm.model.batch import refit_without
from lmm.model.fit import fit_mixed
from tests.reference.test_models import CASES, table  # noqa: F401  a fixture

STORED = json.loads((Path(__file__).parent / "deletions.json").read_text())["models"]
DELETED = [case for case in CASES if case.id in STORED]


def test_every_stored_case_is_looked_at():
    assert {case.id for case in DELETED} == set(STORED)


@pytest.mark.parametrize(("name", "model"), DELETED)
def test_fits_without_each_group(name, model, table):  # noqa: F811
    fit = fit_mixed(model["formula"], table, reml=model["reml"])
    stored = STORED[model["id"]]
    refits = refit_without(fit, [fit.grouping.levels.index(level) for level in stored["levels"]])
    assert refits.converged.all()
    assert set(refits.messages) == {""}
    assert refits.criterion == pytest.approx(stored["criterion"], rel=1e-11)
    assert refits.sigma == pytest.approx(stored["sigma"], rel=1e-6)
    assert refits.theta.ravel() == pytest.approx(np.ravel(stored["theta"]), rel=1e-6, abs=1e-6)

    at = [fit.design.names.index(term) for term in model["beta"]]
    se = np.sqrt(np.diag(fit.vcov))[at]
    beta = np.array(stored["beta"])
    # the stored optima are good to about 1e-7 in theta: the exact gradient at them is up to 4e-6, at ours 1e-14
    assert refits.beta[:, at] / se == pytest.approx(beta / se, abs=2e-6)
    shift = refits.beta - fit.beta
    cooks = np.einsum("bp,pr,br->b", shift, np.linalg.inv(fit.vcov), shift) / fit.p
    assert cooks == pytest.approx(stored["cooks"], rel=2e-5, abs=1e-8)

"""How closely a fit has to be the stored one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lmm.model.fit import Fit

# Seen when this was written: 4e-15 for the criterion, 3e-12 for everything at the optimum.
CRITERION = 1e-13
OPTIMUM = 1e-10


def at_the_stored_optimum(fit: Fit, model: dict[str, Any]) -> list[int]:
    """Assert that it is; where the stored fixed effects stand among the fit's."""
    assert fit.converged
    assert fit.singular == model["singular"]
    assert fit.criterion == pytest.approx(float(model["criterion"]), rel=CRITERION)

    at = [fit.design.names.index(term) for term in model["beta"]]
    assert len(at) == fit.p
    se = np.array(model["se"])
    assert fit.beta[at] / se == pytest.approx(
        np.array(list(model["beta"].values())) / se, abs=OPTIMUM
    )
    assert np.sqrt(np.diag(fit.vcov)[at]) == pytest.approx(se, rel=OPTIMUM)
    first_row = np.array(model["vcov_first_row"])
    assert fit.vcov[at[0], at] == pytest.approx(first_row, abs=OPTIMUM * np.abs(first_row).max())
    assert fit.sigma == pytest.approx(model["sigma"], rel=OPTIMUM)
    assert fit.theta == pytest.approx(model["theta"], abs=OPTIMUM * max(1.0, *model["theta"]))
    return at

"""AICc and BIC against R: logLik and AIC of lme4, AICc of MuMIn's and SAS's published formulas by hand."""

from __future__ import annotations

import pytest

from lmm.errors import ModelError
from lmm.inference.structures.sample_sizes import sample_size_criteria
from lmm.model.fit import fit_mixed, refit
from lmm.model.ordinary import fit_pooled


def test_sleepstudy(sleep_slope):
    """lme4: deviance 1751.93934446, BIC 1783.09708557 by 180 rows; log 18 = 2.890371758."""
    row = sample_size_criteria("slopes", refit(sleep_slope, reml=False))
    assert (row.rows, row.groups) == (180, 18)
    assert row.bic_rows == pytest.approx(1783.09708557)
    assert row.bic_groups == pytest.approx(1751.93934446 + 6 * 2.890371758, abs=1e-6)
    assert row.aicc == pytest.approx(1763.93934446 + 84.0 / 173.0, abs=1e-6)


def test_models_without_one_number_of_groups(sleep, read):
    assert sample_size_criteria("line", fit_pooled("Reaction ~ Days", sleep)).groups is None
    crossed = "diameter ~ 1 + (1 | plate) + (1 | sample)"
    row = sample_size_criteria("crossed", fit_mixed(crossed, read("Penicillin"), reml=False))
    assert (row.groups, row.bic_groups) == (None, None)


def test_no_row_to_spare(sleep):
    few = sleep[sleep["Subject"].isin([308, 309])].iloc[[0, 3, 6, 11, 15, 19, 13]]
    fit = fit_mixed("Reaction ~ Days + (Days | Subject)", few, reml=False)
    assert sample_size_criteria("few", fit).aicc is None


def test_reml_fits_have_none(sleep_slope):
    with pytest.raises(ModelError, match="REML"):
        sample_size_criteria("slopes", sleep_slope)

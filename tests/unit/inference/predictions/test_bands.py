"""Predictions and bands against the mixed-model equations in R and the algebra written out."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import stdtrit

from lmm.errors import ModelError
from lmm.inference.fixed_effects.coefficients import fixed_effects
from lmm.inference.predictions.bands import forecast, predict_rows
from lmm.model.fit import refit


def test_bands_for_a_new_child(nepal_slope):
    """R: SD .850778 and 1.027499 for the child's own mean at 36 and 60 months, .974884 and 1.132400 measured.

    That is with the variances as estimated; that 197 children determine them no better adds 0.03%.
    """
    rows = np.array([[1.0, 0.0], [1.0, 24.0]])
    bands = forecast(nepal_slope, at=np.array([36.0, 60.0]), X=rows, Z=rows)
    assert [band.at for band in bands] == [36.0, 60.0]
    own = [band.group_sd / sd for band, sd in zip(bands, [0.850778, 1.027499], strict=True)]
    single = [
        band.observation_sd / sd for band, sd in zip(bands, [0.974884, 1.132400], strict=True)
    ]
    assert all(1.0001 < ratio < 1.0003 for ratio in own + single)
    # at 36 months it is the intercept, whose error pbkrtest gives
    assert bands[0].mean_se == pytest.approx(0.06693553722933, rel=1e-7)
    assert bands[0].mean == pytest.approx(13.943962374, rel=1e-9)


def test_bands_of_sleepstudy(sleep_slope):
    """17 degrees of freedom for the intercept, at least 17 = 18 subjects less one for the ranges.

    The days are balanced: beta does not hang on the variances, and nothing is added to R's errors.
    """
    row = np.array([[1.0, 0.0]])
    (band,) = forecast(sleep_slope, at=np.zeros(1), X=row, Z=row, confidence=0.9)
    reach = stdtrit(17.0, 0.95)
    assert reach == pytest.approx(1.739607, abs=1e-6)
    assert band.mean_high - band.mean == pytest.approx(reach * 6.824597, rel=1e-5)
    assert band.mean - band.mean_low == pytest.approx(band.mean_high - band.mean)
    variance = 6.824597**2 + 24.740451464**2
    assert band.group_sd == pytest.approx(np.sqrt(variance), rel=1e-6)
    assert band.group_high - band.mean == pytest.approx(reach * np.sqrt(variance), rel=1e-5)
    variance += 25.591815727**2
    assert band.observation_sd == pytest.approx(np.sqrt(variance), rel=1e-6)
    most, least = stdtrit(17.0, 0.95), stdtrit(180.0, 0.95)
    assert least < (band.mean - band.observation_low) / band.observation_sd <= most


def test_the_mean_at_zero_has_the_intercepts_interval(nepal_intercept, nepal_slope):
    row = np.array([[1.0, 0.0]])
    for fit in (nepal_slope, refit(nepal_intercept, reml=False)):
        (band,) = forecast(fit, at=np.zeros(1), X=row, Z=row[:, : fit.Z.shape[1]])
        intercept = fixed_effects(fit)[0]
        found = (band.mean, band.mean_se, band.mean_low, band.mean_high)
        assert found == pytest.approx(
            (intercept.estimate, intercept.se, intercept.low, intercept.high), rel=1e-10
        )


@pytest.mark.parametrize("level", ["population", "group"])
def test_the_rows_fitted_are_predicted_as_fitted(small, small_slope, level):
    again = predict_rows(small_slope, small, level=level)
    assert again == pytest.approx(predict_rows(small_slope, None, level=level))
    expected = small_slope.design.X @ small_slope.beta
    if level == "group":
        expected = expected + np.array(
            [z @ small_slope.b[g] for z, g in zip(small_slope.Z, small["g"], strict=True)]
        )
    assert again == pytest.approx(expected)


def test_new_rows_known_and_unknown_groups_in_any_order(small_slope):
    new = {"x": [5.0, 0.0, 2.0, 5.0], "g": [8, 99, 3, 1]}
    beta, b = small_slope.beta, small_slope.b
    expected = [
        beta[0] + b[8, 0] + 5.0 * (beta[1] + b[8, 1]),
        beta[0],
        beta[0] + b[3, 0] + 2.0 * (beta[1] + b[3, 1]),
        beta[0] + b[1, 0] + 5.0 * (beta[1] + b[1, 1]),
    ]
    assert predict_rows(small_slope, new, level="group") == pytest.approx(expected)


@pytest.mark.parametrize("labels", [[8, None], [None, None]])
def test_a_missing_label_is_no_group(small_slope, labels):
    found = predict_rows(small_slope, {"x": [0.0, 0.0], "g": labels}, level="group")
    own = small_slope.b[8, 0] if labels[0] is not None else 0.0
    assert found == pytest.approx([small_slope.beta[0] + own, small_slope.beta[0]])


def test_the_population_needs_no_group(small_slope):
    found = predict_rows(small_slope, {"x": [0.0, 1.0]}, level="population")
    assert found == pytest.approx([small_slope.beta[0], small_slope.beta.sum()])


def test_what_cannot_be_predicted(small_slope):
    with pytest.raises(
        ModelError, match=r"(?s)there is no level .*The levels are: population, group"
    ):
        predict_rows(small_slope, None, level="pig")
    with pytest.raises(ModelError, match="lack the column g"):
        predict_rows(small_slope, {"x": [0.0]}, level="group")
    with pytest.raises(ModelError, match="lack the column x"):
        predict_rows(small_slope, {"g": [0]}, level="population")

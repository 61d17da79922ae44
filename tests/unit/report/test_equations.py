"""Equations: well-formed, spoken, and with the numbers of the results."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from lmm.report import equations


@pytest.mark.parametrize("slope", [True, False])
def test_all_symbols_are_well_formed(slope):
    for made in (
        equations.random_intercept_equation(slope=slope),
        equations.random_effects_equation(slope=slope),
        equations.random_slope_equation(),
        equations.residual_equation(),
        equations.shrinkage_equation(),
    ):
        assert ElementTree.fromstring(made.mathml).tag == "math"
        assert made.alt


@pytest.mark.parametrize(
    "case", ["rising", "falling", "without_time", "factor_covariate", "below_zero"]
)
def test_the_fitted_equation_holds_the_estimates_of_the_model_used(case, canvas):
    reading = canvas(case).reading
    made = equations.fitted_equation(reading)
    root = ElementTree.fromstring(made.mathml)
    text = "".join(root.itertext()).replace("\u2212", "-").replace("\u2009", " ")
    right = text.partition("=")[2]
    numbers = [float(number) for number in re.findall(r"[+-]?\d+(?:\.\d+)?", right)]
    effects = reading.at(f"/models/{reading.used}/fixed_effects")
    assert len(numbers) == len(effects)
    for number, effect in zip(numbers, effects, strict=True):
        assert abs(number - effect["estimate"]) < effect["se"] / 10
    assert all(effect["term"] in made.alt for effect in effects if effect["term"] != "Intercept")


def test_no_slope_no_x():
    with_slope, without = (equations.random_intercept_equation(slope=s) for s in (True, False))
    assert "<mi>x</mi>" in with_slope.mathml
    assert "<mi>x</mi>" not in without.mathml

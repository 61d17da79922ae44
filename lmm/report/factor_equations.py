"""The further grouping factors in the models' equations."""

from __future__ import annotations

from lmm.report import formatting as fmt
from lmm.report.equations import FURTHER, further_effect
from lmm.report.mathml import bracketed, display, identifier, numeral, operator, subsup
from lmm.report.page import Equation
from lmm.report.reading import Reading


def further_equations(reading: Reading) -> tuple[Equation, ...]:
    """The distribution of each further factor's levels."""
    return tuple(_equation(k) for k in range(len(reading.further)))


def further_meaning(reading: Reading) -> str:
    """``, made in batch k`` for every further factor."""
    named = [f"{FURTHER[k][2]} its {each['singular']}" for k, each in enumerate(reading.further)]
    return f", with {fmt.listed(named)}" if named else ""


def _equation(k: int) -> Equation:
    letter, spoken, index = FURTHER[k]
    variance = subsup(identifier("τ"), identifier(letter), numeral("2"))
    inner = bracketed(numeral("0"), operator(","), variance)
    return Equation(
        mathml=display(further_effect(k), operator("∼"), identifier("N"), inner),
        alt=f"{spoken} {index} is normal with mean 0 and variance tau {spoken} squared",
    )

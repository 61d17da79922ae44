"""The models as equations: once with symbols, once with the fitted numbers."""

from __future__ import annotations

from lmm.report import formatting as fmt
from lmm.report.mathml import (
    bracketed,
    display,
    fraction,
    hat,
    identifier,
    matrix,
    numeral,
    operator,
    stacked,
    sub,
    subsup,
    sup,
    words,
)
from lmm.report.page import Equation
from lmm.report.reading import Reading

_IJ = identifier("i") + identifier("j")
_Y = sub(identifier("y"), _IJ)
_X = sub(identifier("x"), _IJ)
_ERROR = sub(identifier("ε"), _IJ)
_PLUS, _EQUALS, _TILDE, _COMMA = (operator(sign) for sign in ("+", "=", "∼", ","))
_SIGMA2 = sup(identifier("σ"), numeral("2"))
_ZERO = numeral("0")
# Pieces of a line: more do not fit on a phone.
_WIDEST = 6


def _beta(k: int) -> str:
    return sub(identifier("β"), numeral(str(k)))


def _theta(k: int) -> str:
    return sub(identifier("θ"), numeral(str(k)) + identifier("i"))


def _tau(k: int) -> str:
    return sub(identifier("τ"), numeral(str(k)))


def _tau2(k: int) -> str:
    return subsup(identifier("τ"), numeral(str(k)), numeral("2"))


# What a level of the further grouping factors is called, and which of them a measurement has.
FURTHER = (("γ", "gamma", "k"), ("δ", "delta", "l"), ("η", "eta", "h"), ("ω", "omega", "g"))


def further_effect(k: int) -> str:
    """The level of a further factor."""
    letter, _, index = FURTHER[k]
    return sub(identifier(letter), identifier(index))


def _further(count: int) -> tuple[list[str], str]:
    parts = [part for k in range(count) for part in (_PLUS, further_effect(k))]
    return parts, "".join(f"plus {FURTHER[k][1]} {FURTHER[k][2]} " for k in range(count))


def random_intercept_equation(*, slope: bool, further: int = 0) -> Equation:
    """Level one and two in one line: a level of its own for every group, and for those of ``further`` factors."""
    more, spoken = _further(further)
    line = [_Y, _EQUALS, _beta(0), _PLUS, _theta(0)]
    if slope:
        line += [_PLUS, _beta(1), _X]
    return Equation(
        mathml=display(*line, *more, _PLUS, _ERROR),
        alt="y i j equals beta 0 plus theta 0 i "
        + ("plus beta 1 x i j " if slope else "")
        + f"{spoken}plus epsilon i j",
    )


def random_slope_equation(*, further: int = 0) -> Equation:
    """A level and a slope of its own for every group, and a level for those of ``further`` factors."""
    more, spoken = _further(further)
    level = bracketed(_beta(0), _PLUS, _theta(0))
    slope = bracketed(_beta(1), _PLUS, _theta(1))
    return Equation(
        mathml=display(_Y, _EQUALS, level, _PLUS, slope, _X, *more, _PLUS, _ERROR),
        alt="y i j equals beta 0 plus theta 0 i, plus beta 1 plus theta 1 i times x i j, "
        f"{spoken}plus epsilon i j",
    )


def random_effects_equation(*, slope: bool) -> Equation:
    """The distribution of the random effects."""
    if not slope:
        return Equation(
            mathml=display(_theta(0), _TILDE, identifier("N"), bracketed(_ZERO, _COMMA, _tau2(0))),
            alt="theta 0 i is normal with mean 0 and variance tau 0 squared",
        )
    covariance = identifier("ρ") + _tau(0) + _tau(1)
    variance = matrix(((_tau2(0), covariance), (covariance, _tau2(1))))
    return Equation(
        mathml=display(
            matrix(((_theta(0),), (_theta(1),))),
            _TILDE,
            identifier("N"),
            bracketed(_ZERO, _COMMA, variance),
        ),
        alt="theta 0 i and theta 1 i are normal with mean 0, variances tau 0 squared and tau 1 squared, "
        "and correlation rho",
    )


def residual_equation() -> Equation:
    """The distribution of the residuals."""
    return Equation(
        mathml=display(_ERROR, _TILDE, identifier("N"), bracketed(_ZERO, _COMMA, _SIGMA2)),
        alt="epsilon i j is normal with mean 0 and variance sigma squared",
    )


def fitted_equation(reading: Reading) -> Equation:
    """The average line of the model used, with its numbers."""
    model = reading.used
    level = reading.at(reading.effect(model, "Intercept"))
    decimals = fmt.decimals_for(level["se"])
    lines = [[hat(_Y), _EQUALS, numeral(fmt.number(level["estimate"], decimals))]]
    spoken = f"fitted {reading.outcome} equals {fmt.number(level['estimate'], decimals)}"
    for row in reading.at(f"/models/{model}/fixed_effects"):
        if row["term"] == "Intercept":
            continue
        decimals = fmt.decimals_for(row["se"])
        sign = "+" if row["estimate"] >= 0 else "\u2212"
        size = fmt.number(abs(row["estimate"]), decimals)
        if len(lines[-1]) >= _WIDEST:
            lines.append([])
        lines[-1] += [
            operator(sign),
            numeral(size),
            words(f"\u2009{fmt.shortened(row['term'], 24)}"),
        ]
        spoken += f" {'plus' if sign == '+' else 'minus'} {size} times {row['term']}"
    whole = lines[0] if len(lines) == 1 else [stacked("".join(line) for line in lines)]
    return Equation(mathml=display(*whole), alt=spoken)


def shrinkage_equation() -> Equation:
    """The weight of a group's own data in its predicted level."""
    size = sub(identifier("r"), identifier("i"))
    ratio = fraction(_SIGMA2, sup(identifier("τ"), numeral("2")))
    return Equation(
        mathml=display(
            sub(identifier("B"), identifier("i")), _EQUALS, fraction(ratio, size + _PLUS + ratio)
        ),
        alt="B i equals sigma squared over tau squared, divided by r i plus sigma squared over tau squared",
    )

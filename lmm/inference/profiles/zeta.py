"""Profile curves: how far each parameter is from its estimate, in standard deviations that the data give.

ζ(v) = sign(v − estimate) √(rise of the deviance at v), the rest at its best (Bates and Watts 1988,
section 6.1). A straight line is a parameter with a normal likelihood; a curve says the interval should
not be symmetric. ζ that does not rise throughout is the mark of a second minimum.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmm.inference.profiles.intervals import profile_limits
from lmm.inference.profiles.profiled import Profiled, profiled_coefficients, profiled_variances
from lmm.model.fit import Fit, refit
from lmm.numerics import Array, read_only

_SLACK = 1e-5  # of ζ: what rounding of the deviance leaves near the estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileCurve:
    """``zeta`` (k,) at ``values`` (k,) of one ML parameter, ascending, its estimate (ζ = 0) among them.

    Names as in ``ProfileInterval``. ``monotone``: ζ rises from each value to the next.
    """

    kind: str
    group: str
    term: str
    other: str | None
    values: Array
    zeta: Array
    monotone: bool


def profile_curves(
    fit: Fit, *, confidence: float = 0.99, points: int = 8
) -> tuple[ProfileCurve, ...]:
    """A curve for each SD, correlation, sigma and fixed effect, out to the confidence or the bound.

    ``points`` lie on each side of the estimate. Raises as ``variance_profile`` does.
    """
    ml = refit(fit, reml=False) if fit.reml else fit
    parameters = [*profiled_variances(ml), *profiled_coefficients(ml)]
    return tuple(_curve(parameter, confidence, points) for parameter in parameters)


def _curve(parameter: Profiled, confidence: float, points: int) -> ProfileCurve:
    low, high = (limit.value for limit in profile_limits(parameter, confidence))
    start = parameter.start
    shares = np.linspace(0.0, 1.0, points + 1)[1:]
    coordinates = [start]
    zeta = [0.0]
    for end, sign in ((low, -1.0), (high, 1.0)):
        if not np.isfinite(end) or end == start:
            continue
        for coordinate in start + shares * (end - start):
            rise = parameter.deviance(float(coordinate)) - parameter.lowest
            coordinates.append(float(coordinate))
            zeta.append(sign * float(np.sqrt(max(rise, 0.0))))
    order = np.argsort(coordinates, kind="stable")
    curve = np.array(zeta)[order]
    return ProfileCurve(
        kind=parameter.kind,
        group=parameter.group,
        term=parameter.term,
        other=parameter.other,
        values=read_only(np.array([parameter.out(coordinates[k]) for k in order])),
        zeta=read_only(curve),
        monotone=bool((np.diff(curve) > -_SLACK).all()),
    )

"""Every parameter of a fit as something to be profiled: its deviance along one coordinate, the rest at its best."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy.linalg import null_space

from lmm.inference.profiles.limits import Deviance
from lmm.inference.profiles.paths import Path, correlation_path, sd_path, sigma_path
from lmm.inference.profiles.several_surfaces import descend_several
from lmm.inference.profiles.surfaces import descend
from lmm.model.fit import Fit
from lmm.model.search.objective import OneFactor
from lmm.model.search.optimizer import minimise
from lmm.model.several.blocks import CrossedStatistics
from lmm.model.statistics import GroupStatistics
from lmm.numerics import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Profiled:
    """A parameter with the ``deviance`` at each coordinate from ``lower`` to ``upper``, ``lowest`` at ``start``.

    ``kind``: sd, correlation, residual_sd or fixed_effect; ``step`` guesses a limit's distance, ``out``
    makes a coordinate the user's value. Each deviance sets out from the places solved before it.
    """

    kind: str
    group: str = ""
    term: str = ""
    other: str | None = None
    deviance: Deviance
    lowest: float
    start: float
    step: float
    lower: float
    upper: float
    out: Callable[[float], float]


def profiled_variances(ml: Fit) -> Iterator[Profiled]:
    """Each SD and each correlation of a block, and sigma, of an ML fit."""
    for index, place in enumerate(ml.template.slices):
        columns, group = range(place.start, place.stop), ml.design.blocks[index].grouping.name
        for j in columns:
            path = sd_path(ml, index, j)
            yield _of_path(ml, path, kind="sd", group=group, term=ml.random_names[j])
        for pair in [(j, i) for j in columns for i in columns if i > j]:
            term, other = (ml.random_names[k] for k in pair)
            path = correlation_path(ml, index, pair)
            yield _of_path(ml, path, kind="correlation", group=group, term=term, other=other)
    yield _of_path(ml, sigma_path(ml), kind="residual_sd")


def profiled_coefficients(ml: Fit) -> Iterator[Profiled]:
    """Each fixed effect of an ML fit."""
    for j, term in enumerate(ml.design.names):
        yield Profiled(
            kind="fixed_effect",
            term=term,
            deviance=_without_column(ml, j),
            lowest=ml.optimum.at.value,
            start=float(ml.beta[j]),
            step=2.0 * float(np.sqrt(ml.vcov[j, j])),
            lower=-np.inf,
            upper=np.inf,
            out=float,
        )


def _of_path(
    ml: Fit, path: Path, *, kind: str, group: str = "", term: str = "", other: str | None = None
) -> Profiled:
    solved = [(path.start, path.x)]

    def deviance(coordinate: float) -> float:
        surface, guess = path.surface(coordinate), _guess(solved, coordinate)
        several = isinstance(surface.statistics, CrossedStatistics)
        place = descend_several(surface, guess) if several else descend(surface, guess)
        solved.append((coordinate, place.x))
        return place.value

    return Profiled(
        kind=kind,
        group=group,
        term=term,
        other=other,
        deviance=deviance,
        lowest=ml.optimum.at.value,
        start=path.start,
        step=path.step,
        lower=path.lower,
        upper=path.upper,
        out=path.out,
    )


def _guess(solved: list[tuple[float, Array]], coordinate: float) -> Array:
    """The rest at a new coordinate: on the line through the two nearest places, unless far off."""
    near, x = min(solved, key=lambda pair: abs(pair[0] - coordinate))
    others = [pair for pair in solved if pair[0] != near]
    if not others:
        return x
    far, other = min(others, key=lambda pair: abs(pair[0] - coordinate))
    share = (coordinate - near) / (far - near)
    return x + share * (other - x) if abs(share) <= 2.0 else x


def _without_column(ml: Fit, j: int) -> Deviance:
    """The deviance with fixed effect j held: y less its part on X without it, group by group."""
    statistics, units = ml.statistics, ml.units
    own = units.W_x[j]
    others = null_space(own[None])
    start = ml.template.theta(ml.optimum.T)

    def deviance(value: float) -> float:
        share = (value - units.y_shift[j]) / units.y_scale * own / (own @ own)
        change: Array = np.zeros((statistics.p + 1, statistics.p))
        change[:-1, :-1] = others
        change[:-1, -1], change[-1, -1] = -share, 1.0
        reduced = GroupStatistics(
            R=statistics.R,
            H=np.einsum("apm,pr->arm", statistics.H, change),
            S=change.T @ statistics.S @ change,
            n=statistics.n,
            sizes=statistics.sizes,
        )
        objective = OneFactor(statistics=reduced, reml=False)
        return minimise(objective, ml.template, start=start).at.value

    return deviance

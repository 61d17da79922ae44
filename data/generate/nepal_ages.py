"""The ages at Nepal's visits: drawn, then moved a little until the slides' standard errors come out.

Given the variances, the covariance of the fixed effects and the criterion at the optimum depend on the
ages alone; no outcome is needed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit, logit

from data.generate.calibrate import careful
from data.generate.targets import MIXED, ORDINARY, Mixed
from lmm.numerics import Array

CHILDREN, VISITS, DECIMALS, CENTRE = 200, 5, 4, 36.0
# How many children were seen how often; the ids that the slides name, with how often they were seen.
SEEN = {0: 3, 1: 7, 2: 5, 3: 15, 4: 30, 5: 140}
NAMED = {1: 4, 2: 4, 57: 5, 105: 2, 199: 5, 200: 4}
# How often the children of the nine literate mothers were seen: it makes literacy's standard error.
LITERATE = (1, 1, 1, 3, 3, 5, 5, 5, 5)
# In months: the youngest and oldest at a first visit, the shortest and longest gap before it is uneven.
_FIRST, _GAP, _UNEVEN = (1.4, 60.0), (3.6, 4.4), 0.35
_FIRST_AGE = {1: 39.0, 2: 23.0, 57: 30.0, 105: 30.0, 199: 10.6, 200: 8.0}
# A standard error must come that near in proportion, a criterion that near.
_SE_NEAR, _CRITERION_NEAR = 2e-7, 1e-4
_STEP, _LARGEST = 1e-4, 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Visits:
    """200 children (rows) and their 5 planned visits: ``age`` in months, ``seen``, ``lit`` (200,)."""

    age: Array
    seen: np.ndarray
    lit: Array

    @property
    def columns(self) -> dict[str, Array]:
        """What the models name, (200, 5) each."""
        one = np.ones_like(self.age)
        return {
            "one": one,
            "age": self.age,
            "ageC": self.age - CENTRE,
            "lit": one * self.lit[:, None],
        }

    def used(self, without: tuple[int, ...]) -> np.ndarray:
        """The visits that a model uses, (200, 5)."""
        kept = ~np.isin(np.arange(1, CHILDREN + 1), without)
        return self.seen & kept[:, None]


def draw_visits(random: np.random.Generator) -> Visits:
    """Who was seen when and whose mother can read, with ages that give the slides' standard errors."""
    often = random.permutation(np.repeat(list(SEEN), list(SEEN.values())))
    for child, wanted in NAMED.items():
        other = next(i for i in range(CHILDREN) if often[i] == wanted and i + 1 not in NAMED)
        often[child - 1], often[other] = often[other], often[child - 1]
    seen = np.zeros((CHILDREN, VISITS), bool)
    for i, count in enumerate(often):
        chosen = np.arange(count) if i + 1 == 105 else random.permutation(VISITS)[:count]
        seen[i, chosen] = True
    lit = np.zeros(CHILDREN)
    unnamed = [i for i in random.permutation(CHILDREN) if i + 1 not in NAMED]
    for count in LITERATE:
        lit[next(i for i in unnamed if often[i] == count and not lit[i])] = 1.0
    share = random.beta(0.85, 0.85, CHILDREN)  # the course's ages are that far spread
    for child, age in _FIRST_AGE.items():
        share[child - 1] = (age - _FIRST[0]) / (_FIRST[1] - _FIRST[0])
    uneven = np.clip(random.normal(0.0, 0.2, (CHILDREN, VISITS)), -_UNEVEN, _UNEVEN)
    place = np.stack([logit(np.clip(share, 0.01, 0.99)), np.zeros(CHILDREN)])
    return _calibrated(Visits(age=uneven, seen=seen, lit=lit), place)


def _calibrated(visits: Visits, place: Array) -> Visits:
    """Moved and stretched child by child, by the smallest steps: first ages and gaps stay in their bounds.

    ``place`` (2, 200) says where between its bounds each child's first age and gap lies, as a logit: so
    a child near a bound moves little. ``visits.age`` holds what is uneven about the gaps.
    """

    def at(place: Array) -> Visits:
        first, gap = (
            low + (high - low) * expit(z)
            for z, (low, high) in zip(place, (_FIRST, _GAP), strict=True)
        )
        return replace(visits, age=first[:, None] + gap[:, None] * np.arange(VISITS) + visits.age)

    wanted, unit = wanted_of_ages()

    def missed(place: Array) -> Array:
        return (wanted - implied(_shares(at(place)).sum(0))) / unit

    def slopes(place: Array) -> Array:
        shares, found = _shares(at(place)), []
        for which in range(2):
            ahead, behind = place.copy(), place.copy()
            ahead[which] += _STEP
            behind[which] -= _STEP
            up, down = (implied(shares.sum(0) + _shares(at(z)) - shares) for z in (ahead, behind))
            found.append((up - down) / (2.0 * _STEP))
        return np.concatenate(found).T / unit[:, None]

    there = at(
        careful(
            place.ravel(),
            lambda z: missed(z.reshape(place.shape)),
            lambda z: slopes(z.reshape(place.shape)),
            largest=_LARGEST,
        ).reshape(place.shape)
    )
    return replace(there, age=np.round(there.age, DECIMALS))


def wanted_of_ages() -> tuple[Array, Array]:
    """The figures that ages alone decide, in the order of ``implied``, and how near they must come."""
    wanted = [*ORDINARY.se, ORDINARY.own_slope_se, ORDINARY.first_se, *ORDINARY.difference_se]
    unit = [_SE_NEAR * value for value in wanted]
    for model in MIXED:
        wanted += model.se
        unit += [model.near * value for value in model.se]
        wanted += model.shift
        unit += [model.near * 100.0 * abs(value) for value in model.shift]
        if model.criterion is not None:
            wanted.append(model.criterion)
            unit.append(_CRITERION_NEAR)
    return np.array(wanted), np.array(unit)


def _shares(visits: Visits) -> Array:
    """What each child adds to the sums of which ``implied`` makes its figures, (200, k)."""
    age, seen = np.where(visits.seen, visits.age, 0.0), visits.seen
    size, total, square = seen.sum(1), age.sum(1), (age**2).sum(1)
    mean = total / np.maximum(size, 1)
    named = np.zeros((CHILDREN, len(ORDINARY.children)))
    for k, child in enumerate(ORDINARY.children):
        named[child - 1, k] = mean[child - 1]
    parts = [np.stack([size, total, square, square - size * mean**2], axis=1), named]
    for model in MIXED:
        used = visits.used(model.without)
        X, Z = (
            np.stack([visits.columns[name] for name in names], axis=2) * used[:, :, None]
            for names in (model.fixed, model.random)
        )
        V = Z @ np.array(model.Psi) @ Z.transpose(0, 2, 1) / model.sigma2 + np.eye(VISITS)
        A = X.transpose(0, 2, 1) @ np.linalg.solve(V, X)
        logdet = np.linalg.slogdet(V)[1]
        parts += [A.reshape(CHILDREN, -1), np.stack([logdet, used.sum(1)], axis=1)]
    return np.concatenate(parts, axis=1)


def implied(sums: Array) -> Array:
    """From the sums over all children (..., k) to the figures that they imply (..., figures)."""
    size, total, square, within = np.moveaxis(sums[..., :4], -1, 0)
    mean = np.moveaxis(sums[..., 4:8], -1, 0)
    spread = size * square - total**2
    often = [NAMED[child] for child in ORDINARY.children]
    found = [
        ORDINARY.sigma * np.sqrt(square / spread),
        ORDINARY.sigma * np.sqrt(size / spread),
        ORDINARY.own_sigma / np.sqrt(within),
        ORDINARY.own_sigma * np.sqrt(1.0 / often[0] + mean[0] ** 2 / within),
    ]
    for k in range(1, len(often)):
        apart = 1.0 / often[0] + 1.0 / often[k] + (mean[k] - mean[0]) ** 2 / within
        found.append(ORDINARY.own_sigma * np.sqrt(apart))
    start = 8
    for model in MIXED:
        p = len(model.fixed)
        A = sums[..., start : start + p * p].reshape(*sums.shape[:-1], p, p)
        logdet, n = sums[..., start + p * p], sums[..., start + p * p + 1]
        found += _of_mixed(model, A, logdet, n)
        start += p * p + 2
    return np.stack(found, axis=-1)


def _of_mixed(model: Mixed, A: Array, logdet: Array, n: Array) -> list[Array]:
    """Standard errors and criterion where the model's variances are its optimum.

    A is σ²X'V⁻¹X. At the optimum the weighted residual squares are (n − p)σ², by maximum likelihood
    nσ², so that neither needs an outcome.
    """
    vcov = model.sigma2 * np.linalg.inv(A)
    found = [np.sqrt(vcov[..., k, k]) for k in range(len(model.se))]
    found += [vcov[..., k, -1] / vcov[..., -1, -1] for k in range(len(model.shift))]
    if model.criterion is not None:
        free = n - model.reml * len(model.fixed)
        restricted = model.reml * np.linalg.slogdet(A)[1]
        found.append(logdet + restricted + free * (1.0 + np.log(2.0 * np.pi * model.sigma2)))
    return found

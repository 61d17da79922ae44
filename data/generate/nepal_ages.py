"""The ages at Nepal's visits: drawn, then moved a little until the slides' standard errors come out.

Given the variances, the covariance of the fixed effects depends on the ages alone; no outcome is needed.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.generate.targets import AGES, NEPAL
from lmm.numerics import Array

CHILDREN, VISITS, DECIMALS = 200, 5, 4
YOUNGEST, OLDEST = 1.0, 78.0
# How many children were seen how often; the ids that the slides name, with how often they were seen.
SEEN = {0: 3, 1: 7, 2: 5, 3: 15, 4: 30, 5: 140}
NAMED = {1: 4, 2: 4, 57: 5, 105: 2, 199: 5, 200: 4}
_FIRST_AGE = {1: 39.0, 2: 23.0, 57: 30.0, 105: 30.0, 199: 10.6, 200: 8.0}


def draw_visits(random: np.random.Generator) -> pd.DataFrame:
    """id, visit, age and whether the arm was measured, one row a planned visit."""
    often = random.permutation(np.repeat(list(SEEN), list(SEEN.values())))
    for child, wanted in NAMED.items():
        other = next(i for i in range(CHILDREN) if often[i] == wanted and i + 1 not in NAMED)
        often[child - 1], often[other] = often[other], often[child - 1]
    first = random.uniform(9.0, 53.0, CHILDREN)
    for child, age in _FIRST_AGE.items():
        first[child - 1] = age
    seen = np.zeros((CHILDREN, VISITS), bool)
    for i, count in enumerate(often):
        chosen = np.arange(count) if i + 1 == 105 else random.permutation(VISITS)[:count]
        seen[i, chosen] = True
    age = first[:, None] + 4.0 * np.arange(VISITS) + random.normal(0.0, 0.25, (CHILDREN, VISITS))
    return pd.DataFrame(
        {
            "id": np.arange(1, CHILDREN + 1).repeat(VISITS),
            "visit": np.tile(np.arange(VISITS), CHILDREN),
            "age": age.ravel(),
            "seen": seen.ravel(),
        }
    )


def calibrate_ages(visits: pd.DataFrame) -> Array:
    """Ages (1000,) that give the standard errors of ``AGES``: each child moved and stretched a little."""
    child = visits["id"].to_numpy() - 1
    age = visits["age"].to_numpy(float)
    middle = pd.Series(age).groupby(child).transform("mean").to_numpy()
    room = np.minimum(middle - YOUNGEST, OLDEST - middle) / 20.0
    moves = np.zeros((len(age), 2 * CHILDREN))
    moves[np.arange(len(age)), child] = np.clip(room - 0.5, 0.02, 1.0)
    moves[np.arange(len(age)), CHILDREN + child] = 0.1 * (visits["visit"].to_numpy() - 2.0)
    wanted = np.array(list(AGES.values()))
    for _ in range(80):
        now = implied(visits.assign(age=age))
        off = (wanted - now) / np.abs(wanted)
        if np.abs(off).max() < 1e-11:
            return np.round(age, DECIMALS)
        slopes = (
            np.column_stack(
                [(implied(visits.assign(age=age + 1e-4 * move)) - now) / 1e-4 for move in moves.T]
            )
            / np.abs(wanted)[:, None]
        )
        left, sizes, right = np.linalg.svd(slopes, full_matrices=False)
        cut = (1e-4 if np.abs(off).max() > 1e-3 else 1e-7) * sizes[0]
        step = moves @ (right.T @ (sizes / (sizes**2 + cut**2) * (left.T @ off)))
        age = age + step * min(1.0, 2.0 / np.abs(step).max())
    raise RuntimeError("the ages could not be calibrated")


def implied(visits: pd.DataFrame) -> Array:
    """The figures of ``AGES``, in their order, that these ages imply."""
    used = visits[visits["seen"]]
    ids, child = np.unique(used["id"], return_inverse=True)
    age = used["age"].to_numpy(float)
    X = np.column_stack([np.ones_like(age), age])
    pooled = NEPAL["pooled sigma"][0] * np.sqrt(np.diag(np.linalg.inv(X.T @ X)))
    size = np.bincount(child)
    mean = np.bincount(child, weights=age) / size
    within = float(np.sum((age - mean[child]) ** 2))
    place = {name: int(np.flatnonzero(ids == name)[0]) for name in (1, 2, 199, 200)}

    def difference(name: int) -> float:
        a, b = place[1], place[name]
        return float(np.sqrt(1.0 / size[a] + 1.0 / size[b] + (mean[a] - mean[b]) ** 2 / within))

    one = np.sqrt(1.0 / size[place[1]] + mean[place[1]] ** 2 / within)
    sigma = NEPAL["stratified sigma"][0]
    tau2, sigma2 = NEPAL["random intercept tau2"][0], NEPAL["random intercept sigma2"][0]
    level, level_criterion = restricted(X, child, np.array([[tau2]]), sigma2)
    cross = NEPAL["random slope covariance"][0]
    tau = [[NEPAL["random slope tau0"][0], cross], [cross, NEPAL["random slope tau1"][0]]]
    centred = X - [0.0, 36.0]
    slope, _ = restricted(centred, child, np.array(tau), NEPAL["random slope sigma2"][0])
    return np.array(
        [
            *pooled,
            sigma / np.sqrt(within),
            sigma * one,
            *(sigma * difference(name) for name in (2, 199, 200)),
            *np.sqrt(np.diag(level)),
            level[0, 1] / np.sqrt(level[0, 0] * level[1, 1]),
            *np.sqrt(np.diag(slope)),
            level_criterion,
        ]
    )


def restricted(X: Array, child: np.ndarray, Psi: Array, sigma2: float) -> tuple[Array, float]:
    """(X'V⁻¹X)⁻¹ and the REML criterion where these variances are its optimum, V = ZΨZ' + σ²I by child.

    Z are the first columns of X. At the optimum the weighted residual squares are (n − p)σ², so neither
    needs an outcome.
    """
    n, p = X.shape
    q, m = len(Psi), int(child.max()) + 1
    ZZ, ZX = np.zeros((m, q, q)), np.zeros((m, q, p))
    np.add.at(ZZ, child, X[:, :q, None] * X[:, None, :q])
    np.add.at(ZX, child, X[:, :q, None] * X[:, None, :])
    inner = np.linalg.inv(sigma2 * np.linalg.inv(Psi) + ZZ)
    A = X.T @ X - np.einsum("mqp,mqr,mrs->ps", ZX, inner, ZX)
    criterion = np.linalg.slogdet(np.eye(q) + ZZ @ Psi / sigma2)[1].sum() + np.linalg.slogdet(A)[1]
    criterion += (n - p) * (1.0 + np.log(2.0 * np.pi * sigma2))
    return sigma2 * np.linalg.inv(A), float(criterion)

"""Every way of being sure of a fixed effect, side by side, and on how many groups it rests."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, stdtr

from lmm.errors import ModelError
from lmm.inference.fixed_effects.between_within import between_within_dof
from lmm.inference.fixed_effects.cluster_robust import ClusterRobust, cluster_robust
from lmm.inference.fixed_effects.coefficients import t_quantile
from lmm.inference.fixed_effects.kenward_roger import kenward_roger
from lmm.inference.fixed_effects.satterthwaite import satterthwaite_dof
from lmm.inference.fixed_effects.several_kenward_roger import is_small
from lmm.model.fit import Fit
from lmm.numerics import Array

# A robust variance that sees less of the model's than this is not told: its error would be 2.5 % too small.
_SEEN = 0.95
_ROBUST = (
    *("se_robust", "dof_robust", "p_robust", "low_robust", "high_robust"),
    *("ratio", "p_ratio"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardErrors:
    """One coefficient: the model's standard error with z, Satterthwaite and between–within, then the others'.

    ``ratio`` is robust over model; ``p_ratio`` how often a model that holds gives one as far from 1 on
    either side (dof · ratio² as χ²). ``effective_groups`` is how many equally informative groups would
    carry the coefficient; ``rarer_groups`` in how many a column of two values has its rarer one.
    ``low_robust`` to ``high_robust`` is the robust t interval. What is robust is ``None`` where a group that
    the coefficient rests on fits itself: it would be too small (``seen`` in ``cluster_robust``).
    """

    term: str
    estimate: float
    se_model: float
    p_wald: float
    dof_satterthwaite: float
    p_satterthwaite: float
    dof_between_within: float | None
    p_between_within: float | None
    se_kenward_roger: float | None
    dof_kenward_roger: float | None
    p_kenward_roger: float | None
    se_robust: float | None
    dof_robust: float | None
    p_robust: float | None
    low_robust: float | None
    high_robust: float | None
    ratio: float | None
    p_ratio: float | None
    effective_groups: float | None
    rarer_groups: int | None


def standard_errors(fit: Fit, *, confidence: float = 0.95) -> tuple[StandardErrors, ...]:
    """One row a coefficient; Kenward–Roger's are ``None`` for a fit by maximum likelihood.

    With several grouping factors between–within and the counts of groups are ``None`` too, and what is robust where
    the factors are crossed.
    """
    several = len(fit.factors) > 1
    robust = _independent(fit)
    model = np.sqrt(np.diag(fit.vcov))
    satterthwaite = satterthwaite_dof(fit)
    counted = None if several else between_within_dof(fit)
    exact = kenward_roger(fit) if fit.reml and (not several or is_small(fit)) else None
    adjusted = np.sqrt(np.diag(exact.vcov)) if exact else None
    rows = []
    for j, term in enumerate(fit.design.names):
        estimate = float(fit.beta[j])
        own = None if exact is None or adjusted is None else (adjusted[j], exact.dof[j])
        rows.append(
            StandardErrors(
                term=term,
                estimate=estimate,
                se_model=float(model[j]),
                p_wald=_p(estimate, model[j], np.inf),
                dof_satterthwaite=float(satterthwaite[j]),
                p_satterthwaite=_p(estimate, model[j], satterthwaite[j]),
                dof_between_within=None if counted is None else float(counted[j]),
                p_between_within=None if counted is None else _p(estimate, model[j], counted[j]),
                se_kenward_roger=None if own is None else float(own[0]),
                dof_kenward_roger=None if own is None else float(own[1]),
                p_kenward_roger=None if own is None else _p(estimate, *own),
                **_robust(estimate, float(model[j]), robust, j, confidence),
                effective_groups=None
                if several or robust is None
                else float(robust.effective_groups[j]),
                rarer_groups=None
                if several
                else _rarer_groups(fit.design.X[:, j], fit.grouping.codes),
            )
        )
    return tuple(rows)


def _independent(fit: Fit) -> ClusterRobust | None:
    """The robust errors; ``None`` where no part of the data is independent of the rest."""
    if len(fit.factors) == 1:
        return cluster_robust(fit)
    try:
        return cluster_robust(fit)
    except ModelError:
        return None


def _robust(
    estimate: float, model: float, robust: ClusterRobust | None, j: int, confidence: float
) -> dict[str, float | None]:
    if robust is None or robust.seen[j] < _SEEN:
        return dict.fromkeys(_ROBUST)
    se, dof = float(np.sqrt(robust.vcov[j, j])), float(robust.dof[j])
    reach = float(t_quantile(confidence, dof)) * se
    numbers = (se, dof, _p(estimate, se, dof), estimate - reach, estimate + reach, se / model)
    return dict(zip(_ROBUST, (*numbers, _p_ratio(se / model, dof)), strict=True))


def _p(estimate: float, se: float, dof: float) -> float:
    return float(2.0 * stdtr(dof, -abs(estimate / se)))


def _p_ratio(ratio: float, dof: float) -> float:
    above = float(chdtrc(dof, dof * ratio**2))
    return 2.0 * min(above, 1.0 - above)


def _rarer_groups(column: Array, codes: np.ndarray) -> int | None:
    values = np.unique(column)
    if len(values) != 2:
        return None
    return min(len(np.unique(codes[column == value])) for value in values)

"""Information criteria that depend on a number of observations, with that number said."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmm.inference.variance_tests.comparison import information_criteria
from lmm.model.fit import Fit
from lmm.model.ordinary import OrdinaryFit


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleSizeCriteria:
    """``aicc`` by the rows, ``None`` without a row to spare; BIC by the ``rows`` and by the ``groups``.

    ``groups`` and its BIC are ``None`` for models without groups or with several grouping factors.
    """

    model: str
    rows: int
    groups: int | None
    aicc: float | None
    bic_rows: float
    bic_groups: float | None


def sample_size_criteria(name: str, fit: Fit | OrdinaryFit) -> SampleSizeCriteria:
    """AICc (Hurvich and Tsai 1989, Biometrika 76:297) and BIC by rows, as R, and by groups, as SAS.

    With repeated measurements neither number is the amount of information: fixed effects between
    groups are known as well as the groups are many, those within as the rows are (Delattre, Lavielle
    and Poursat 2014, Electron. J. Stat. 8:456). Raises ``ModelError`` for a REML fit.
    """
    row = information_criteria(name, fit)
    k, spare = row.parameters, fit.n - row.parameters - 1
    one_factor = isinstance(fit, Fit) and len(fit.factors) == 1
    groups = fit.grouping.m if one_factor and fit.grouping is not None else None
    return SampleSizeCriteria(
        model=name,
        rows=fit.n,
        groups=groups,
        aicc=row.aic + 2.0 * k * (k + 1) / spare if spare > 0 else None,
        bic_rows=row.bic,
        bic_groups=None if groups is None else float(row.deviance + np.log(groups) * k),
    )

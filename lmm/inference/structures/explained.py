"""How much of the outcome's variance a model explains, and which of its parts a covariate took away."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lmm.inference.variance_tests.comparison import check_same_rows
from lmm.inference.variances.icc import residual_ratio
from lmm.model.columns import Encoding
from lmm.model.design import Design, RandomBlock
from lmm.model.fit import Fit, fit_design
from lmm.model.formula import Bar
from lmm.model.groups import Grouping
from lmm.numerics import read_only


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedVariance:
    """R² as shares of ``fixed`` + ``random`` + ``residual``, in squares of the outcome's unit.

    ``marginal`` is the share of the fixed effects, ``conditional`` that of fixed and random effects.
    """

    marginal: float
    conditional: float
    fixed: float
    random: float
    residual: float


@dataclass(frozen=True, slots=True, kw_only=True)
class VarianceChange:
    """One variance without the covariates and with them; ``change`` = (null − model)/null.

    It is negative where the covariates made the variance larger, ``None`` where it was zero already.
    ``group`` and ``term`` are empty for the residual.
    """

    group: str
    term: str
    null: float
    model: float
    change: float | None


def explained_variance(fit: Fit) -> ExplainedVariance:
    """Marginal and conditional R² (Nakagawa and Schielzeth 2013, Methods Ecol. Evol. 4:133).

    With random slopes the random part is the mean of z'Ψz over the rows (Johnson 2014, Methods Ecol.
    Evol. 5:944, eq. 10), and Ψ has its zeros where effects are independent; with prior weights the
    residual part is the mean of σ²/w.
    """
    Z = fit.Z
    fixed = float(np.var(fit.design.X @ fit.beta, ddof=1))
    random = float(np.einsum("nq,qr,nr->", Z, fit.Psi, Z, optimize=True)) / fit.n
    residual = residual_ratio(fit) * fit.sigma**2
    whole = fixed + random + residual
    return ExplainedVariance(
        marginal=fixed / whole,
        conditional=(fixed + random) / whole,
        fixed=fixed,
        random=random,
        residual=residual,
    )


def null_model(fit: Fit) -> Fit:
    """The same rows with no covariate and a random intercept for each grouping factor: what there is to explain."""
    ones = read_only(np.ones((fit.n, 1)))
    encoding = Encoding(intercept=True, terms=(), names=("Intercept",), kept=(0,))
    blocks = []
    for factor in fit.factors:
        bar = Bar(intercept=True, terms=(), group=_spelled(fit.design, factor.grouping))
        blocks.append(RandomBlock(bar=bar, encoding=encoding, Z=ones, grouping=factor.grouping))
    bars = tuple(block.bar for block in blocks)
    design = replace(
        fit.design,
        formula=replace(fit.design.formula, intercept=True, terms=(), bars=bars, text=""),
        X=ones,
        encoding=encoding,
        blocks=tuple(blocks),
        columns_dropped=(),
    )
    return fit_design(design, reml=fit.reml)


def _spelled(design: Design, grouping: Grouping) -> tuple[str, ...]:
    return next(block.bar.group for block in design.blocks if block.grouping is grouping)


def variance_changes(fit: Fit, null: Fit) -> tuple[VarianceChange, ...]:
    """Each variance of ``fit`` beside that of ``null``, fitted to the same rows: one a random column
    that both have, and the residual (Raudenbush and Bryk 2002, chapter 4).

    Raises ``ModelError`` for other rows.
    """
    check_same_rows(fit, null)
    before = _variances(null)
    rows = [
        _change(group, term, before[group, term], value)
        for (group, term), value in _variances(fit).items()
        if (group, term) in before
    ]
    return (*rows, _change("", "", null.sigma**2, fit.sigma**2))


def _variances(fit: Fit) -> dict[tuple[str, str], float]:
    groups = [block.grouping.name for block in fit.design.blocks for _ in block.names]
    return dict(zip(zip(groups, fit.random_names, strict=True), np.diag(fit.Psi), strict=True))


def _change(group: str, term: str, null: float, model: float) -> VarianceChange:
    return VarianceChange(
        group=group,
        term=term,
        null=float(null),
        model=float(model),
        change=float((null - model) / null) if null > 0.0 else None,
    )

"""A fit as text for a terminal."""

from __future__ import annotations

import math

from lmm.inference.fixed_effects.coefficients import FixedEffect
from lmm.inference.structures.serial import SerialCorrelation, serial_correlation
from lmm.inference.variances.components import variance_components
from lmm.model.fit import Fit
from lmm.model.ordinary import OrdinaryFit
from lmm.model.serial.fit import SerialFit
from lmm.report.fit_record import coefficients_of, fit_groupings, fit_messages


def summary_text(fit: Fit | OrdinaryFit | SerialFit, *, dof: str = "auto") -> str:
    """Model, fit, spread between groups, fixed effects with intervals by ``dof``, and what to know."""
    lines = [*_head(fit), ""]
    mixed = fit.given_phi if isinstance(fit, SerialFit) else fit
    if isinstance(mixed, Fit):
        lines += ["How groups differ", *_components(mixed), ""]
    if isinstance(fit, SerialFit):
        lines += [_serial(serial_correlation(fit)), ""]
    effects = coefficients_of(fit, dof=dof)
    methods = sorted({row.dof_method for row in effects}) if isinstance(mixed, Fit) else []
    lines += [", ".join(["Fixed effects, 95% interval", *methods]), *_coefficients(effects)]
    return "\n".join([*lines, *(f"Note: {message}" for message in fit_messages(fit))])


def _head(fit: Fit | OrdinaryFit | SerialFit) -> list[str]:
    if isinstance(fit, OrdinaryFit):
        kind = (
            "Ordinary regression"
            if fit.grouping is None
            else "Ordinary regression, an intercept per group"
        )
        quality = f"log-likelihood {fit.log_likelihood:.4f}   R² {fit.r_squared:.4f}"
    else:
        method = "REML" if fit.reml else "maximum likelihood"
        serial = (
            f" with serial correlation over {fit.series.time}" if isinstance(fit, SerialFit) else ""
        )
        kind = f"Linear mixed model{serial}, {method}"
        quality = f"criterion {fit.criterion:.4f}   log-likelihood {fit.log_likelihood:.4f}"
    groups = "".join(f", {grouping.m} groups of {grouping.name}" for grouping in fit_groupings(fit))
    dropped = (
        f", {fit.outline.rows_dropped} dropped for missing values"
        if fit.outline.rows_dropped
        else ""
    )
    return [
        f"{kind}: {fit.outline.formula.text or fit.outline.formula}",
        f"{fit.n} rows{groups}{dropped}   residual SD {fit.sigma:.5g}",
        quality,
    ]


def _serial(row: SerialCorrelation) -> str:
    return (
        f"Residuals one unit of {row.time} apart correlate {row.phi:.5g} "
        f"(95% interval {row.low:.5g} to {row.high:.5g}), {row.typical_gap:g} apart {row.typical:.5g}"
    )


def _components(fit: Fit) -> list[str]:
    rows = [["", "term", "variance", "SD / correlation"]]
    for row in variance_components(fit):
        name = row.term if row.other is None else f"{row.term} with {row.other}"
        size = "undefined" if row.sd_or_correlation is None else f"{row.sd_or_correlation:.5g}"
        rows.append([row.group, name, f"{row.variance_or_covariance:.5g}", size])
    rows.append(["residual", "", f"{fit.sigma**2:.5g}", f"{fit.sigma:.5g}"])
    return _aligned(rows, left=2)


def _coefficients(effects: tuple[FixedEffect, ...]) -> list[str]:
    rows = [["term", "estimate", "low", "high", "SE", "dof", "t", "p"]]
    for row in effects:
        p = "none" if math.isnan(row.p) else "< 0.0001" if row.p < 1e-4 else f"{row.p:.4f}"
        numbers = [_told(value, ".5g") for value in (row.estimate, row.low, row.high, row.se)]
        rows.append([row.term, *numbers, _dof(row.dof), _told(row.t, ".2f"), p])
    return _aligned(rows, left=1)


def _told(value: float, spec: str) -> str:
    return "none" if math.isnan(value) else format(value, spec)


def _dof(dof: float) -> str:
    if math.isnan(dof):
        return "none"
    return "∞" if math.isinf(dof) else f"{dof:.1f}"


def _aligned(rows: list[list[str]], *, left: int) -> list[str]:
    widths = [max(len(row[j]) for row in rows) for j in range(len(rows[0]))]
    return [
        "  "
        + "  ".join(
            cell.ljust(width) if j < left else cell.rjust(width)
            for j, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]

"""The identities checked in this run, in words."""

from __future__ import annotations

import math
from typing import Any

from lmm.report import formatting as fmt
from lmm.report.page import Cell, Column, Table, TableRow
from lmm.report.reading import Reading
from lmm.report.tables.cells import DASH, labelled_row

# What each says, by its id.
_WORDS = {
    "criterion": "The criterion is the Gaussian density of the data, every covariance written out",
    "both_criteria": "REML and ML criteria differ by log|X′V⁻¹X| and their degrees of freedom",
    "residual_variance": "y′Py over its degrees of freedom is the residual variance",
    "normal_equations": "X′V⁻¹(y − Xβ) = 0: nothing of the average line is left in the residuals",
    "standard_errors": "Standard errors are those of generalised least squares",
    "effects": "Predicted effects are ΨZ′V⁻¹(y − Xβ)",
    "residuals": "Residuals are σ²V⁻¹(y − Xβ)",
    "hat_trace": "Effective degrees of freedom are the trace of the matrix that makes fitted values",
    "mixed_model_equations": "Predicted effects solve the mixed-model equations",
    "own_lines": "Predicted effects are weighted means of own and average lines, paired by name",
    "sums_of_effects": "Predicted effects sum to zero",
    "intraclass": "The intraclass correlation is the share of V’s diagonal that is not residual",
    "kenward_roger": "Kenward–Roger’s degrees of freedom: one coefficient’s formula and that of joint tests",
    "neighbours": "The density is nowhere better beside the optimum (model used)",
    "other_columns": "A second search, columns mixed and in other units, ends as low (model used)",
    "least_squares": "Ordinary residuals are uncorrelated with every column, and sum to zero in each stratum",
    "nested_order": "No model’s −2 log-likelihood is above that of a model within it",
    "balanced_slopes": "With equal mean times, pooled, stratified and shared slopes are one",
    "anova_f": "Wald’s exact F is that of the analysis of variance",
    "sentences": "Numbers in sentences are those of the results, rounded",
}
_REASONS = {
    "size": "too large to write out",
    "rounding": "numbers too far from zero",
    "absent": "does not apply",
    "unconverged": "no optimum was found",
}


def identities_table(reading: Reading, *, number: int) -> Table:
    """A row an identity: in how many fits, how far apart the two routes were, what is allowed, whether it holds."""
    records = reading.at("/identities")
    return Table(
        id="table-identities",
        number=number,
        caption=f"{len(_looked(records))} identities that hold for every fit, checked on those of this run",
        columns=(
            Column(text="Identity", numeric=False),
            Column(text="Fits", numeric=False),
            Column(text="Difference"),
            Column(text="Allowed"),
            Column(text="Verdict", numeric=False),
        ),
        rows=tuple(_row(record) for record in records),
        notes=(
            "The engine works with sums of each group; the other route goes by the rows. The difference is the largest "
            "of all fits, in standard deviations or errors, or relative to the number itself. Allowed is what rounding "
            "leaves of 16 digits, more where numbers are far larger than what varies; for searches, 10⁻⁶ units "
            "of the criterion. A study in which one fails is not published.",
        ),
    )


def _looked(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [record for record in records if record["difference"] is not None]


def _row(record: dict[str, Any]) -> TableRow:
    words = _WORDS[record["id"]]
    if record["difference"] is None:
        reason = Cell(text=_REASONS[record["reason"]], numeric=False)
        return labelled_row(
            words, [Cell(text=DASH, numeric=False), Cell(text=DASH), Cell(text=DASH), reason]
        )
    counted = (
        f"{fmt.count(record['checked'])} numbers"
        if record["id"] == "sentences"
        else str(record["checked"])
    )
    return labelled_row(
        words,
        [
            Cell(text=counted, numeric=False),
            Cell(text=_size(record["difference"])),
            Cell(text=_size(record["allowed"])),
            Cell(
                text="✓ holds" if record["holds"] else "✕ fails",
                numeric=False,
                tone="ok" if record["holds"] else "bad",
            ),
        ],
    )


def _size(value: float) -> str:
    """``4 × 10⁻¹⁴``: rounded up, for it is a bound."""
    if value == 0.0:
        return "0"
    power = math.floor(math.log10(value))
    digit = math.ceil(value / 10.0**power - 1e-9)
    if digit == 10:
        digit, power = 1, power + 1
    return fmt.times_ten_to(str(digit), power)

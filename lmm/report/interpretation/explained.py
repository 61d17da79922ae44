"""Sentences on what the model explains, what covariates take from each variance, and likeness along time."""

from __future__ import annotations

from lmm.report import formatting as fmt
from lmm.report.interpretation import factors
from lmm.report.reading import Finding, Reading, Speaker

_CHANGES = "/explained/random_intercept/variance_changes"


def explained(reading: Reading) -> Finding:
    """R² of the model used, without and with the groups."""
    say = Speaker(reading)
    r2 = f"/explained/{reading.used}/r2"
    if not _has_covariates(reading):
        return say.finding(
            "explained",
            f"The differences between {factors.all_of_them(reading)} account for "
            f"{say.percent(f'{r2}/conditional')} of the variance of "
            f"{reading.outcome} (conditional R²).",
            level="technical",
        )
    fixed, both = say.percent(f"{r2}/marginal"), say.percent(f"{r2}/conditional")
    what = "average line" if reading.slope else "covariates’ part of the mean"
    return say.finding(
        "explained",
        f"The {what} accounts for {fixed} of the variance of {reading.outcome} (marginal R²), with the differences "
        f"between {factors.all_of_them(reading)} for {both} (conditional R²).",
        level="technical",
    )


def variance_changes(reading: Reading) -> Finding | None:
    """What the covariates take from each variance, time among them; ``None`` without any."""
    if not _has_covariates(reading):
        return None
    say = Speaker(reading)
    found = {
        bool(row["term"]): (f"{_CHANGES}/{i}/change", row["change"])
        for i, row in enumerate(reading.at(_CHANGES))
        if row["group"] in ("", reading.group)
    }
    within = f"the variance within {reading.many} {_change(say, *found[False])}"
    place, change = found[True]
    hidden = f"what changes within {fmt.an(reading.one)} hid differences between {reading.many}"
    if change is None:
        text = f"Without covariates the model finds no variance between {reading.many}: {hidden}. With them {within}."
    else:
        between = f"the variance between {reading.many} {_change(say, place, change)}"
        why = f": {hidden}" if change <= -0.0005 else ""
        text = f"Beside a model without covariates, {within} and {between}{why}."
    return say.finding("variance_changes", text, level="technical")


def _has_covariates(reading: Reading) -> bool:
    """Whether the average depends on anything, time among it."""
    return len(reading.at("/models/random_intercept/fixed_effects")) > 1


def _change(say: Speaker, place: str, change: float) -> str:
    if abs(change) < 0.0005:
        return "stays as it is"
    shown = say.value(
        place, 0 if abs(change) >= 0.01 else 1, factor=100.0 if change > 0.0 else -100.0
    )
    return f"is {shown}% {'lower' if change > 0.0 else 'higher'}"


def icc_along(reading: Reading) -> Finding | None:
    """Between which shares the intraclass correlation runs along time, in a model used that lets slopes differ."""
    rows = reading.at("/icc_along")
    if not rows or reading.used != "random_slope":
        return None
    say = Speaker(reading)
    low, high = (pick(range(len(rows)), key=lambda i: rows[i]["icc"]) for pick in (min, max))
    shares = [say.percent(f"/icc_along/{i}/icc") for i in (low, high)]
    if shares[0] == shares[1]:
        return None
    at = [say.value(f"/icc_along/{i}/value", _decimals(rows[i]["value"])) for i in (low, high)]
    unit = reading.time_unit if rows[low]["value"] == 1 else reading.time_units
    return say.finding(
        "icc_along",
        f"Where slopes differ, how alike the measurements of {fmt.an(reading.one)} are depends on "
        f"{reading.study['time']['label'] or 'time'}: {shares[0]} of the variation lies between {reading.many} at "
        f"{at[0]} {unit}, {shares[1]} at {at[1]}.",
        level="technical",
    )


def _decimals(value: float) -> int:
    return 0 if value % 1 == 0 else max(1, fmt.significant(value, 2))

"""Sentences on undeclared codes for “missing”, and what they do to a model."""

from __future__ import annotations

from typing import Any

from lmm.report import formatting as fmt
from lmm.report.interpretation.checks.words import (
    agree,
    changed,
    effect,
    moved,
    variable,
)
from lmm.report.interpretation.trend import model_name
from lmm.report.reading import Reading, Speaker

# So many coefficients are told, those that move furthest.
_TOLD = 3
# A coefficient that moves by less than this share of its standard error is as good as unmoved.
_SEEN = 0.1


def missing_codes(reading: Reading, say: Speaker, check: str) -> str:
    """Which values look like codes, and the numbers of the model's fit without them."""
    found = reading.at("/diagnostics/codes")
    if not found:
        return (
            "No variable of any model holds values that look like an undeclared code for “missing”."
        )
    heaviest = max(range(len(found)), key=lambda i: _weight(found[i]))
    place = f"/diagnostics/codes/{heaviest}"
    return f"{_values(reading, say)} {_change(reading, say, place)}"


def _weight(codes: dict[str, Any]) -> tuple[bool, float]:
    sizes = [row["moved"] for row in codes["terms"] if row["moved"] is not None]
    return codes["sigma_dropped"] is None, max(sizes, default=0.0)


def _values(reading: Reading, say: Speaker) -> str:
    told: dict[tuple[str, float], str] = {}
    for i, codes in enumerate(reading.at("/diagnostics/codes")):
        for j, doubt in enumerate(codes["found"]):
            key = (doubt["column"], doubt["value"])
            if key in told:
                continue
            place = f"/diagnostics/codes/{i}/found/{j}"
            value = say.value(f"{place}/value", _decimals(doubt["value"]))
            rows = say.count(f"{place}/rows")
            told[key] = (
                f"{variable(reading, doubt['column'])} holds {value} in {rows} "
                f"{agree(doubt['rows'], 'row', 'rows')}"
            )
    looks = "which looks like a code" if len(told) == 1 else "which look like codes"
    return f"The variable {fmt.listed(list(told.values()))}, {looks} for “missing” and no value."


def _change(reading: Reading, say: Speaker, place: str) -> str:
    codes = reading.at(place)
    used = codes["model"] == reading.used
    model = "the model used" if used else f"the model “{model_name(codes['model'])}”"
    if codes["sigma_dropped"] is None:
        return (
            f"Without these rows {model} cannot be fitted. Declare such codes under missing_codes."
        )
    ranked = sorted(
        (
            j
            for j, row in enumerate(codes["terms"])
            if (row["moved"] or 0.0) > _SEEN and (used or row["term"] != "Intercept")
        ),
        key=lambda j: -codes["terms"][j]["moved"],
    )
    changes = [_moved(reading, say, f"{place}/terms/{j}", used=used) for j in ranked[:_TOLD]]
    left, all_rows = say.count(f"{place}/rows_dropped"), say.count(f"{place}/rows_kept")
    touched = reading.used in {each["model"] for each in reading.at("/diagnostics/codes")}
    answers = "" if touched else "The model used for the answers is not touched. "
    change = fmt.listed(changes) if changes else "no effect moves by a tenth of its standard error"
    return (
        f"With these read as missing, {left} of {all_rows} rows are left to {model}, and there {change}. {answers}"
        "Declare such codes under missing_codes."
    )


def _moved(reading: Reading, say: Speaker, place: str, *, used: bool) -> str:
    """A coefficient without the codes and with them; in a further model it is no average of the study's."""
    row = reading.at(place)
    new, old, se = f"{place}/dropped", f"{place}/kept", row["dropped_se"]
    if used:
        return moved(say, row["term"], new, old, se)
    after, before = (say.value(pointer, fmt.decimals_for(se)) for pointer in (new, old))
    return changed(effect(reading, row["term"]), after, after, before)


def _decimals(code: float) -> int:
    text = f"{code:.12g}"
    return len(text.partition(".")[2]) if "e" not in text else 0

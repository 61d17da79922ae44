"""Numbers that only sentences and figures need, computed from the results and kept beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scipy.special import ndtri

_BASIC = ("pooled", "stratified", "random_intercept", "random_slope")


def derived_numbers(numbers: Mapping[str, Any], *, slope: str | None) -> dict[str, Any]:
    """Span of time, change over it, range of slopes over the models, groups whose slope stands apart."""
    if slope is None:
        return {}
    span = numbers["data"]["time"]["max"] - numbers["data"]["time"]["min"]
    effects = {
        name: next(row for row in numbers["models"][name]["fixed_effects"] if row["term"] == slope)
        for name in _BASIC
        if name in numbers["models"]
    }
    used = effects[numbers["used"]]
    answer: dict[str, Any] = {
        "span": span,
        "change_over_span": {key: span * used[key] for key in ("estimate", "low", "high")},
        "slope_by_model": {
            "min": min(row["estimate"] for row in effects.values()),
            "max": max(row["estimate"] for row in effects.values()),
            "se_min": min(row["se"] for row in effects.values()),
            "se_max": max(row["se"] for row in effects.values()),
        },
    }
    lines = numbers["shrinkage"]["lines"]
    if lines:
        average = effects["random_slope"]["estimate"]
        reach = float(ndtri(0.5 + numbers["provenance"]["confidence"] / 2.0))
        apart = [
            line
            for line in lines
            if abs(line["shared_slope"] - average) > reach * line["shared_slope_se"]
        ]
        answer["slopes_apart"] = {"count": len(apart), "of": len(lines)}
    return answer

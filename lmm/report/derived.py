"""Numbers that only sentences and figures need, computed from the results and kept beside them."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import stdev
from typing import Any

from lmm.inference.groups.closed_forms import normal_reach, share_against
from lmm.inference.groups.share_interval import Known, share_against_interval

_BASIC = ("pooled", "stratified", "random_intercept", "random_slope")


def derived_numbers(numbers: Mapping[str, Any], *, slope: str | None) -> dict[str, Any]:
    """Span of time, change over it, range of slopes over the models, how groups' slopes differ and in which sign."""
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
    reach = normal_reach(numbers["provenance"]["confidence"])
    if numbers["shrinkage"]["noise"] is not None:
        answer["levels_apart"] = _levels_apart(numbers["shrinkage"], reach)
    lines = numbers["shrinkage"]["lines"]
    if lines:
        average = effects["random_slope"]["estimate"]
        apart = [
            line
            for line in lines
            if abs(line["shared_slope"] - average) > reach * line["shared_slope_se"]
        ]
        answer["slopes_apart"] = {"count": len(apart), "of": len(lines)}
        answer["slopes_against"] = _slopes_against(numbers, effects["random_slope"], slope)
    return answer


def _levels_apart(shrinkage: Mapping[str, Any], reach: float) -> dict[str, int]:
    """How many groups' predicted levels can be told from what is expected of them (random-intercept model)."""
    se = {row["measurements"]: row["shared_se"] for row in shrinkage["by_size"]}
    levels = shrinkage["levels"]
    apart = [
        row
        for row in levels
        if abs(row["shared"] - row["expected"]) > reach * se[row["measurements"]]
    ]
    return {"count": len(apart), "of": len(levels)}


def _slopes_against(
    numbers: Mapping[str, Any], effect: Mapping[str, Any], slope: str
) -> dict[str, Any]:
    """Slopes of the other sign than the average's: their share by the model, and how many are predicted.

    The share's interval is that of the average and of the slopes' SD together; ``None`` where the average's holds zero.
    """
    spread = next(
        row
        for row in numbers["models"]["random_slope"]["random_effects"]
        if row["term"] == slope and row["other"] is None
    )
    sd, lines = spread["sd_or_correlation"], numbers["shrinkage"]["lines"]
    limits = next(
        row
        for row in numbers["profiles"]["random_slope"]
        if (row["kind"], row["group"], row["term"]) == ("sd", spread["group"], slope)
    )
    average = effect["estimate"]
    mean = Known(**{key: effect[key] for key in ("estimate", "low", "high")})
    low, high = (
        (None, None)
        if mean.low <= 0.0 <= mean.high
        else share_against_interval(
            mean, Known(estimate=sd, low=limits["low"], high=limits["high"])
        )
    )
    return {
        "share": share_against(average, sd),
        "low": low,
        "high": high,
        "predicted": sum(line["shared_slope"] * average < 0.0 for line in lines),
        "of": len(lines),
        "sd": sd,
        "predicted_sd": stdev([line["shared_slope"] for line in lines]),
    }

"""Sentences on how much groups differ, which is never read off their predicted effects alone."""

from __future__ import annotations

from lmm.report import formatting as fmt
from lmm.report.reading import Finding, Reading, Speaker

# Predicted slopes that show this part of their spread understate it by little.
_NEARLY = 0.9
# Below this, at the upper end of its interval too, a share is told without one.
_HARDLY = 0.005
_AGAINST = "/derived/slopes_against"


def slope_signs(reading: Reading) -> Finding:
    """The share of slopes of the other sign by the model, beside how many are predicted, and why fewer."""
    say = Speaker(reading)
    average = reading.at(reading.effect("random_slope", str(reading.slope)))
    found = reading.at(_AGAINST)
    opening = ""
    if not average["low"] <= 0.0 <= average["high"]:
        opening = f"{_against(say, 'below' if average['estimate'] > 0 else 'above')}: "
    decimals = fmt.significant(found["sd"], 2)
    predicted = say.value(f"{_AGAINST}/predicted_sd", decimals)
    sd = reading.rate(say.value(f"{_AGAINST}/sd", decimals))
    they = "they" if opening else "Predicted slopes"
    size = f"standard deviation {predicted} against {sd}"
    if found["predicted_sd"] < _NEARLY * found["sd"]:
        told = f"{they} understate how much {reading.many} differ ({size}), because each is pulled to the average"
    else:
        told = f"{they} show nearly how much {reading.many} differ ({size})"
    return say.finding("slope_signs", f"{opening}{told}.")


def _against(say: Speaker, side: str) -> str:
    """The share beyond zero over the interval of the slopes' spread, and how many are predicted there."""
    found, many = say.reading.at(_AGAINST), say.reading.many
    lie = "lies" if found["predicted"] == 1 else "lie"
    counted, of = (say.count(f"{_AGAINST}/{name}") for name in ("predicted", "of"))
    if found["high"] < _HARDLY:
        share = say.percent(f"{_AGAINST}/high")
        return f"The model puts {share} of {many} {side} zero, and {counted} of the {of} predicted slopes {lie} there"
    share, low, high = (_share(say, name) for name in ("share", "low", "high"))
    few = found["predicted"] < found["share"] * found["of"] - 0.5
    return (
        f"The model puts {share} of {many} {side} zero ({low} to {high} over the {say.certainty()} of their "
        f"spread), {'yet' if few else 'and'} {counted} of the {of} predicted slopes {lie} there"
    )


def distinct_levels(reading: Reading) -> Finding:
    """How many groups' predicted levels can be told from the average, where one slope serves all."""
    say = Speaker(reading)
    share = say.coverage("/study/confidence")
    clear, total = (say.count(f"/derived/levels_apart/{name}") for name in ("count", "of"))
    return say.finding(
        "distinct_levels",
        f"The {share} ranges of {clear} of the {total} predicted levels exclude the average.",
    )


def predicted_spread(reading: Reading) -> Finding:
    """The spread of the predicted effects, and that of the effects by the model."""
    say = Speaker(reading)
    told, less = [], False
    for pointer, name in _spreads(reading):
        decimals = fmt.significant(reading.at(pointer)["sd"], 2)
        shown, whole = (say.value(f"{pointer}/{key}", decimals) for key in ("predicted_sd", "sd"))
        told.append(f"{name} {shown} against {whole}")
        less = less or shown != whole
    how = f"less than {reading.many} do" if less else f"as widely as {reading.many} do"
    return say.finding(
        "predicted_spread",
        f"Predicted effects spread {how}: {fmt.listed(told)} (standard deviations).",
    )


def pooling(reading: Reading) -> Finding:
    """Pooling factors of levels and slopes, and that predicted effects are weighted means in this very run."""
    say = Speaker(reading)
    told = [
        f"{say.percent(f'{pointer}/pooling')} for {name}" for pointer, name in _spreads(reading)
    ]
    digits = say.count("/shrinkage/digits")
    return say.finding(
        "pooling",
        f"The pooling factor, the part of the spread that predicted effects do not show, is {fmt.listed(told)}. "
        f"In this run every predicted effect agrees to {digits} digits with the weighted mean of own and average line.",
        level="technical",
    )


def _spreads(reading: Reading) -> list[tuple[str, str]]:
    """Where the spreads of the model used stand, and what each is called."""
    place = f"/shrinkage/spreads/{reading.used}"
    return [
        (f"{place}/{i}", "levels" if row["term"] == "Intercept" else "slopes")
        for i, row in enumerate(reading.at(place))
    ]


def _share(say: Speaker, name: str) -> str:
    pointer = f"{_AGAINST}/{name}"
    return say.percent(pointer, 1 if 0.0 < say.reading.at(pointer) < 0.01 else 0)

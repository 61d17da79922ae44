"""Sentences on how much groups differ, which is never read off their predicted effects alone."""

from __future__ import annotations

from lmm.report import formatting as fmt
from lmm.report.interpretation.trend import crosses_zero
from lmm.report.reading import Finding, Reading, Speaker

# Predicted slopes that show this part of their spread understate it by little.
_NEARLY = 0.9
# Below this, at the upper end of its interval too, a share is told without one.
_HARDLY = 0.005
_AGAINST = "/derived/slopes_against"


def slope_signs(reading: Reading) -> Finding:
    """The share of slopes of the other sign by the model, beside how many are predicted, and why fewer."""
    say = Speaker(reading)
    average = reading.effect("random_slope", str(reading.slope))
    found = reading.at(_AGAINST)
    if crosses_zero(reading, average):
        # The share of the other sign hangs on the average's own, which is open.
        text = (
            f"Predicted slopes understate how much {reading.many} differ: each is pulled to the average."
            if found["predicted_sd"] < _NEARLY * found["sd"]
            else f"Predicted slopes show nearly how much {reading.many} differ."
        )
    else:
        text = _against(say, "below" if reading.at(average)["estimate"] > 0 else "above")
    return say.finding("slope_signs", text)


def _against(say: Speaker, side: str) -> str:
    """The share beyond zero with its interval, and how many are predicted there."""
    found, many = say.reading.at(_AGAINST), say.reading.many
    counted, of = (say.count(f"{_AGAINST}/{name}") for name in ("predicted", "of"))
    slopes = f"{counted} of the {of} predicted slopes"
    if found["high"] < _HARDLY:
        return (
            f"The model puts {say.percent(f'{_AGAINST}/high')} of {many} {side} zero, and {slopes}."
        )
    share, low, high = (_share(say, name) for name in ("share", "low", "high"))
    opening = f"The model puts {share} of {many} {side} zero ({say.certainty()} {low} to {high})"
    if found["predicted"] < found["share"] * found["of"] - 0.5:
        return f"{opening}, yet {slopes}: each is pulled to the average."
    return f"{opening}, and {slopes}."


def distinct_levels(reading: Reading) -> Finding:
    """How many groups' predicted levels can be told from the average, where one slope serves all."""
    say = Speaker(reading)
    share = say.coverage("/study/confidence")
    clear, total = (say.count(f"/derived/levels_apart/{name}") for name in ("count", "of"))
    return say.finding(
        "distinct_levels",
        f"The {share} ranges of {clear} of the {total} predicted levels (darker) exclude the average.",
    )


def pooling(reading: Reading) -> Finding:
    """Pooling factors with both spreads, and that predicted effects are weighted means in this very run."""
    say = Speaker(reading)
    factors, sizes = [], []
    for pointer, name in _spreads(reading):
        decimals = fmt.significant(reading.at(pointer)["sd"], 2)
        factors.append(f"{say.percent(f'{pointer}/pooling')} for {name}")
        if reading.at(pointer)["sd"] > 0.0:
            shown, whole = (
                say.value(f"{pointer}/{key}", decimals) for key in ("predicted_sd", "sd")
            )
            sizes.append(f"{shown} of {whole}")
    spread = f" (standard deviation {fmt.listed(sizes)})" if sizes else ""
    digits = say.count("/shrinkage/digits")
    return say.finding(
        "pooling",
        "The pooling factor, the part of the variance that predicted effects do not show, is "
        f"{fmt.listed(factors)}{spread}. In this run each agrees to {digits} digits with the weighted mean of own and "
        "average line.",
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

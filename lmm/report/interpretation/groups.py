"""Sentences on the groups: how they differ, and how far each is pulled towards the average."""

from __future__ import annotations

from lmm.report import formatting as fmt
from lmm.report.interpretation import factors
from lmm.report.reading import Finding, Reading, Speaker

# Below this share of slopes that stand apart, groups are said to be hard to tell apart.
_FEW = 0.1


def level_spread(reading: Reading) -> Finding:
    """How groups' own levels spread, as an SD and as the range of their middle share."""
    say = Speaker(reading)
    if reading.at("/spread/level/sd") == 0.0:
        return say.finding(
            "level_spread",
            f"The estimated spread of levels between {reading.many} is zero: the data show no more "
            "variation between them than within them.",
        )
    decimals = fmt.significant(reading.at("/spread/level/sd"), 2)
    sd = fmt.with_unit(say.value("/spread/level/sd", decimals), reading.unit)
    low = say.value("/spread/level/low", max(decimals - 1, 0))
    high = fmt.with_unit(say.value("/spread/level/high", max(decimals - 1, 0)), reading.unit)
    where = f"{reading.origin}, " if reading.origin else ""
    outer = factors.around(reading)
    inside, typical = (f"within {fmt.an(outer)} ", f"in an average {outer} ") if outer else ("", "")
    differ = "may differ" if reading.at("/icc/random_intercept/low") == 0.0 else "differ"
    return say.finding(
        "level_spread",
        f"{fmt.capital(reading.many)} {differ}: {where}{inside}their own levels spread with a standard deviation of "
        f"{sd}, so {typical}the middle {say.coverage('/spread/share')} lie between {low} and {high}.",
    )


def slope_spread(reading: Reading) -> Finding:
    """How groups' slopes spread; only told where the model used lets slopes differ."""
    say = Speaker(reading)
    factor, period = reading.period
    sd = reading.at("/spread/slope/sd")
    if sd == 0.0:
        return say.finding(
            "slope_spread",
            f"The estimated spread of slopes between {reading.many} is zero: the data show no more "
            "variation than measurement error would give.",
        )
    decimals = fmt.significant(factor * sd, 2)
    low = say.value("/spread/slope/low", decimals, factor=factor)
    high = fmt.with_unit(say.value("/spread/slope/high", decimals, factor=factor), reading.unit)
    share = say.coverage("/spread/share")
    crosses = reading.at("/spread/slope/low") < 0.0 < reading.at("/spread/slope/high")
    signs = " Zero lies inside that range." if crosses else ""
    return say.finding(
        "slope_spread",
        f"Slopes range from {low} to {high} {fmt.an(period)} across the middle {share} of "
        f"{reading.many}.{signs}",
    )


def common_slope(reading: Reading) -> Finding:
    """What the random-intercept model says of differences: parallel lines."""
    say = Speaker(reading)
    return say.finding(
        "common_slope",
        f"{fmt.capital(reading.many)} are described by parallel lines: one slope for all, a level of its own "
        f"for each {reading.one}.",
    )


def shrinkage(reading: Reading) -> Finding:
    """How far the group measured least, and the one measured most, is pulled to the average."""
    say = Speaker(reading)
    sizes, average = reading.at("/shrinkage/by_size"), factors.average(reading)
    if reading.at("/shrinkage/ratio") is None:
        return say.finding(
            "shrinkage",
            f"Every {reading.one} is pulled all the way to the {average}: the data show no lasting differences.",
        )
    last = len(sizes) - 1
    least = say.percent("/shrinkage/by_size/0/pulled")
    if last == 0:
        times = say.count("/shrinkage/by_size/0/measurements")
        return say.finding(
            "shrinkage",
            f"Every {reading.one} was measured {times} times, so each is pulled alike: {least} of the way to "
            f"the {average}.",
        )
    most = say.percent(f"/shrinkage/by_size/{last}/pulled")
    once = sizes[0]["measurements"] == 1
    few = (
        "one measurement"
        if once
        else f"{say.count('/shrinkage/by_size/0/measurements')} measurements"
    )
    many = say.count(f"/shrinkage/by_size/{last}/measurements")
    return say.finding(
        "shrinkage",
        f"{fmt.capital(reading.many)} with few measurements are pulled most: {least} of the way to the "
        f"{factors.average(reading, whose='their')} with {few}, {most} with {many}.",
    )


def largest_move(reading: Reading) -> Finding:
    """The group whose level moves most between its own and the shared estimate."""
    say = Speaker(reading)
    rows = reading.at("/shrinkage/levels")
    index = max(range(len(rows)), key=lambda i: abs(rows[i]["own"] - rows[i]["shared"]))
    if reading.at("/shrinkage/ratio") is None:
        return say.finding(
            "largest_move", f"Every {reading.one} moves to the {factors.average(reading)}."
        )
    move = rows[index]["own"] - rows[index]["shared"]
    # as many decimals as the spread asks for, and enough to see that it moves
    decimals = max(
        fmt.significant(reading.at("/spread/level/sd") or rows[index]["own"], 2),
        fmt.significant(move, 1) if move else 0,
    )
    own = say.value(f"/shrinkage/levels/{index}/own", decimals)
    shared = fmt.with_unit(say.value(f"/shrinkage/levels/{index}/shared", decimals), reading.unit)
    name = fmt.shortened(rows[index]["level"], 24)
    return say.finding(
        "largest_move", f"{fmt.capital(reading.one)} {name} moves most: from {own} to {shared}."
    )


def distinct_slopes(reading: Reading) -> Finding:
    """How many groups' predicted slopes can be told from the average one."""
    say = Speaker(reading)
    clear = say.count("/derived/slopes_apart/count")
    total = say.count("/derived/slopes_apart/of")
    share = say.coverage("/study/confidence")
    part = reading.at("/derived/slopes_apart/count") / reading.at("/derived/slopes_apart/of")
    if part < _FEW:
        opening = f"Single {reading.many} are hard to tell apart"
    else:
        opening = f"{'Most' if part > 0.5 else 'Some'} {reading.many} stand apart"
    return say.finding(
        "distinct_slopes",
        f"{opening}: the {share} ranges of {clear} of the {total} predicted slopes (darker) exclude the average.",
    )


def slope_extremes(reading: Reading) -> Finding:
    """The steepest and the flattest predicted slope, by name."""
    say = Speaker(reading)
    rows = reading.at("/shrinkage/lines")
    top = max(range(len(rows)), key=lambda i: rows[i]["shared_slope"])
    bottom = min(range(len(rows)), key=lambda i: rows[i]["shared_slope"])
    decimals = (
        fmt.significant(reading.at("/spread/slope/sd") or 1.0, 2)
        if "slope" in reading.at("/spread")
        else 2
    )
    high = say.value(f"/shrinkage/lines/{top}/shared_slope", decimals)
    low = say.value(f"/shrinkage/lines/{bottom}/shared_slope", decimals)
    names = [fmt.shortened(rows[i]["level"], 24) for i in (top, bottom)]
    return say.finding(
        "slope_extremes",
        f"{fmt.capital(reading.one)} {names[0]} has the highest slope, {reading.one} {names[1]} the lowest: "
        f"{high} against {reading.rate(low)}.",
    )


def newcomer(reading: Reading) -> Finding:
    """Between which values a single measurement of a new group is to be expected, in the middle of time."""
    say = Speaker(reading)
    rows = reading.at("/forecast/table")
    place = f"/forecast/table/{len(rows) // 2}"
    row = reading.at(place)
    decimals = max(0, fmt.significant(row["group_sd"], 2))
    at = say.value(
        f"{place}/at", 0 if row["at"] % 1 == 0 else max(1, fmt.significant(row["at"], 2))
    )
    unit = reading.time_unit if row["at"] == 1 else reading.time_units
    low = say.value(f"{place}/observation_low", decimals)
    high = fmt.with_unit(say.value(f"{place}/observation_high", decimals), reading.unit)
    return say.finding(
        "newcomer",
        f"At {at} {unit}, {say.coverage('/study/confidence')} of single measurements of new {reading.many} lie "
        f"between {low} and {high}.",
    )


def intraclass(reading: Reading) -> Finding:
    """The intraclass correlation of the random-intercept model with its interval, in words."""
    say = Speaker(reading)
    share = say.percent("/icc/random_intercept/value")
    low, high = (say.percent(f"/icc/random_intercept/{end}") for end in ("low", "high"))
    rest = f"; the rest is change within {fmt.an(reading.one)} and measurement error"
    if reading.further:  # the sentence on shares goes on
        rest = ""
    return say.finding(
        "intraclass",
        f"{share} of the variation left after the fixed effects lies between {reading.many} "
        f"({say.certainty()} {low} to {high}; random-intercept model){rest}.",
    )

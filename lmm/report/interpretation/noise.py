"""What other amounts of noise would do to the pull, in a sentence."""

from __future__ import annotations

from lmm.report import formatting as fmt
from lmm.report.reading import Finding, Reading, Speaker


def more_noise(reading: Reading) -> Finding:
    """How far the group measured most would be pulled at the setting farthest from the present one."""
    say = Speaker(reading)
    settings = reading.at("/shrinkage/noise/settings")
    now = [setting["times"] for setting in settings].index(1.0)
    other = len(settings) - 1 if now == 0 else 0
    place = f"/shrinkage/noise/settings/{other}"
    times = settings[other]["times"]
    change = f"{say.value(f'{place}/times', 0 if times >= 1 else fmt.significant(times, 3))} times the noise"
    then, pulled = (say.percent(f"/shrinkage/noise/settings/{k}/pulled_most") for k in (other, now))
    sizes = reading.at("/shrinkage/by_size")
    if len(sizes) == 1:
        who = f"each {reading.one}"
    else:
        seen = say.count(f"/shrinkage/by_size/{len(sizes) - 1}/measurements")
        who = f"{fmt.an(reading.one)} measured {seen} times"
    return say.finding(
        "more_noise",
        f"With {change} {who} would go {then} of the way to the average instead of {pulled}.",
    )

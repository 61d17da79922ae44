"""More noise, more pull: two still pictures, the slider that redraws them, and their numbers as a table."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from lmm.inference.groups.closed_forms import pull
from lmm.plots import noise as draw
from lmm.plots.style import Labels
from lmm.report import formatting as fmt
from lmm.report.figures.canvas import Canvas, panel
from lmm.report.interpretation.noise import more_noise
from lmm.report.page import Cell, Column, Figure, NoiseControl, Table, TableRow
from lmm.report.reading import Reading
from lmm.report.tables.cells import in_unit

_CORNERS = 21
# So many measurements have a tick each.
_SINGLE = 12


def noise(canvas: Canvas, *, number: int) -> tuple[NoiseControl, Figure]:
    """The pull by measurements at three amounts of noise, where it leaves a few groups, and the control of both."""
    reading = canvas.reading
    found = reading.at("/shrinkage/noise")
    sizes = _ends(reading)
    across = np.linspace(0.8, 1.05 * max(sizes[-1], 2), _CORNERS)
    by_size, first = draw.curves(
        draw.Curves(
            measurements=across,
            share=np.array([[pull(r, s["ratio"]) for r in across] for s in found["settings"]]),
            names=tuple(_noise_name(s["times"]) for s in found["settings"]),
            now=_now(found),
            taken=tuple(sizes),
        ),
        labels=Labels(
            x=f"measurements per {reading.one}", y="Share of the way pulled to the average"
        ),
        ticks=range(1, sizes[-1] + 1) if sizes[-1] <= _SINGLE else (),
    )
    groups = found["groups"]
    by_group, second = draw.columns(
        draw.Columns(
            own=np.array([row["own"] for row in groups]),
            expected=np.array([row["expected"] for row in groups]),
            shared=np.array([row["shared"] for row in groups]),
            now=_now(found),
            names=tuple(f"{reading.one} {row['level']}" for row in groups),
            remarks=tuple(fmt.count(row["measurements"]) for row in groups),
        ),
        labels=Labels(x="measurements", y=canvas.level_label),
        average_label="average",
    )
    lead = more_noise(reading).text
    panels = (
        panel("noise-pull", heading="The pull, by noise", picture=by_size, alt=_alt(reading)),
        panel(
            "noise-levels",
            heading=f"Where it leaves some {reading.many}",
            picture=by_group,
            alt=f"Own levels of {len(groups)} {reading.many} (rings) and shared ones (dots) under more and more noise: "
            f"each goes to the average. {lead}",
        ),
    )
    figure = Figure(
        id="figure-noise",
        number=number,
        panels=panels,
        lead=lead,
        caption="Rings: own levels, with the slope known; averages and slope stay as they are.",
    )
    law = _law(canvas, curve=(float(across[0]), float(across[-1]), first), columns=second)
    control = NoiseControl(
        label="Noise variance σ², times what it is",
        low=found["low"],
        high=found["high"],
        data=json.dumps(law, ensure_ascii=False, separators=(",", ":")),
    )
    return control, figure


def noise_table(reading: Reading, *, number: int) -> Table:
    """The numbers of the figure: the pull, and the levels, at each amount of noise."""
    found = reading.at("/shrinkage/noise")
    sizes, groups, decimals = _ends(reading), found["groups"], _decimals(reading)
    pulls = ("pulled_least", "pulled_most")[: len(sizes)]
    return Table(
        id="table-noise",
        number=number,
        caption=f"Under other noise: pull and shared levels{in_unit(reading.unit)}",
        columns=(
            Column(text="Noise"),
            Column(text="σ²/τ²"),
            *(Column(text="pull", under=_times_seen(size)) for size in sizes),
            *(
                Column(
                    text=f"{reading.one} {fmt.shortened(row['level'], 18)}",
                    under=f"own {fmt.number(row['own'], decimals)}",
                )
                for row in groups
            ),
        ),
        rows=tuple(
            TableRow(
                cells=(
                    Cell(text=_short_name(setting["times"]), header=True),
                    Cell(text=_three(setting["ratio"])),
                    *(Cell(text=fmt.percent(setting[name])) for name in pulls),
                    *(Cell(text=fmt.number(row["shared"][k], decimals)) for row in groups),
                )
            )
            for k, setting in enumerate(found["settings"])
        ),
    )


def _law(
    canvas: Canvas, *, curve: tuple[float, float, draw.Scale], columns: draw.Scale
) -> dict[str, Any]:
    """What the script needs: the ratio, the pictures' scales, the groups, and its sentence with places to fill."""
    reading = canvas.reading
    sizes, groups = _ends(reading), reading.at("/shrinkage/noise/groups")
    start, stop, scale = curve

    def rounded(scale: draw.Scale) -> list[list[float]]:
        return [[round(part, 3) for part in axis] for axis in (scale.x, scale.y)]

    name = f"{reading.one} {fmt.shortened(groups[0]['level'], 24)}"
    each = (
        f"each {reading.one} goes [least] of the way to the average"
        if len(sizes) == 1
        else f"{fmt.an(reading.one)} goes [least] of the way to the average with {_times_seen(sizes[0])}, "
        f"[most] with {sizes[-1]}"
    )
    unit = fmt.with_unit("[level]", reading.unit)
    return {
        "ratio": reading.at("/shrinkage/ratio"),
        "sizes": sizes,
        "curve": [round(start, 4), round(stop, 4), *rounded(scale)],
        "columns": rounded(columns),
        "groups": [[row["measurements"], row["own"], row["expected"]] for row in groups],
        "decimals": _decimals(reading),
        "now": "With the noise as it is",
        "other": "With [times] times the noise",
        "say": f"[noise], {each}; {name} then lies at {unit}.",
        "bounds": [fmt.percent(0.001), fmt.percent(0.999)],
    }


def _alt(reading: Reading) -> str:
    settings, sizes = reading.at("/shrinkage/noise/settings"), _ends(reading)
    told = []
    for setting in settings:
        pulls = [fmt.percent(setting["pulled_least"]), fmt.percent(setting["pulled_most"])]
        told.append(f"{_noise_name(setting['times'])}: {' to '.join(pulls[: len(sizes)])}")
    of = (
        f"from {_times_seen(sizes[0])} to {sizes[-1]}"
        if len(sizes) > 1
        else f"with {_times_seen(sizes[0])}"
    )
    return f"Curves of the share of the way to the average {of}, for three amounts of noise. {'; '.join(told)}."


def _ends(reading: Reading) -> list[int]:
    rows = reading.at("/shrinkage/by_size")
    return sorted({rows[0]["measurements"], rows[-1]["measurements"]})


def _now(found: dict[str, Any]) -> int:
    return [setting["times"] for setting in found["settings"]].index(1.0)


def _times(times: float) -> str:
    return f"{times:.0f}" if times >= 1 else f"1/{1 / times:.0f}"


def _noise_name(times: float) -> str:
    return "noise as it is" if times == 1.0 else f"{_times(times)} times the noise"


def _short_name(times: float) -> str:
    return "as it is" if times == 1.0 else f"{_times(times)} times"


def _times_seen(measurements: int) -> str:
    return f"{fmt.count(measurements)} measurement{'' if measurements == 1 else 's'}"


def _three(value: float) -> str:
    return fmt.number(value, fmt.significant(value, 3))


def _decimals(reading: Reading) -> int:
    return fmt.significant(reading.at("/spread/level/sd") or 1.0, 2)

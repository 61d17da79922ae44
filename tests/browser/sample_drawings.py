"""Hand-made drawings for the sample page: the classes and group tags that real figures carry."""

from __future__ import annotations

from itertools import pairwise
from random import Random

from markupsafe import escape

WIDTH, HEIGHT = 344, 250
LEFT, RIGHT, TOP, BOTTOM = 38, 336, 34, 212


def children(count: int) -> list[list[tuple[float, float]]]:
    """Visits (age in months, arm circumference in cm) of ``count`` made-up children."""
    random = Random(526)
    visits = []
    for number in range(count):
        start, level, slope = (
            random.uniform(1, 52),
            random.gauss(12.8, 0.9),
            random.gauss(0.03, 0.012),
        )
        seen = 1 if number % 29 == 7 else 5
        visits.append(
            [
                (start + 4 * turn, level + slope * (start + 4 * turn) + random.gauss(0, 0.5))
                for turn in range(seen)
            ]
        )
    return visits


def trajectories(
    visits: list[list[tuple[float, float]]], extreme: dict[int, str], name: str
) -> str:
    """One grey line a child in a single tagged path; a few labelled in colour; the average in blue."""
    lines, tags = [], []
    for number, points in enumerate(visits):
        placed = [(_x(age), _y(arm)) for age, arm in points]
        x, y = placed[0]
        steps = "".join(f"l{_n(b[0] - a[0])} {_n(b[1] - a[1])}" for a, b in pairwise(placed))
        lines.append(f"M{_n(x)} {_n(y)}{steps or 'h0'}")
        tags.append(f"{number}x1")
    body = [_axes(), _layer("".join(lines), " ".join(tags), "k-soft", 1)]
    for number, tone in extreme.items():
        placed = [(_x(age), _y(arm)) for age, arm in visits[number]]
        corners = "L".join(f"{_n(x)} {_n(y)}" for x, y in placed)
        body.append(f'<path class="k-{tone} f-none" stroke-width="2" d="M{corners}"/>')
        x, y = placed[-1]
        body.append(
            f'<text class="t-{tone} halo" font-weight="600" x="{_n(x + 4)}" y="{_n(y + 4)}">'
            f"{escape(name)} {number + 1}</text>"
        )
    ends = f"M{_n(_x(2))} {_n(_y(12.8))}L{_n(_x(74))} {_n(_y(15.1))}"
    body.append(f'<path class="k-model f-none" stroke-width="3" d="{ends}"/>')
    return _svg("".join(body))


def dots(visits: list[list[tuple[float, float]]], *, width: int = 228, height: int = 170) -> str:
    """All measurements as dots: one path of ``h0`` sub-paths with relative moves and run lengths."""
    steps, tags, at = [], [], (0.0, 0.0)
    for number, points in enumerate(visits):
        for age, arm in points:
            spot = dot_place(age, arm, width=width, height=height)
            move = "m" if steps else "M"
            steps.append(f"{move}{_n(spot[0] - at[0])} {_n(spot[1] - at[1])}h0")
            at = (at[0] + round(spot[0] - at[0], 1), at[1] + round(spot[1] - at[1], 1))
        tags.append(f"{number}x{len(points)}")
    middle = height - 30 - 5 * (height - 60) / 10
    return _svg(
        f'<text class="t" font-size="10.5" x="0" y="12">residual</text>'
        f'<path class="k-grey" stroke-width="1" d="M30 {middle}H{width - 8}"/>'
        + _layer("".join(steps), " ".join(tags), "k-grey", 2.6)
        + f'<path class="k-model f-none" stroke-width="2" d="M40 {middle + 2}q60 -8 {width - 60} 0"/>'
        f'<text class="t" font-size="10.5" text-anchor="end" x="{width - 8}" y="{height - 6}">'
        "age, months</text>",
        width=width,
        height=height,
    )


def dot_place(
    age: float, arm: float, *, width: int = 228, height: int = 170
) -> tuple[float, float]:
    """Where ``dots`` puts a measurement."""
    return 30 + age * (width - 40) / 76, height - 30 - (arm - 9) * (height - 60) / 10


def intervals(rows: list[tuple[str, float, float, float]]) -> str:
    """Estimate and interval of a few models, the last one in the colour of the chosen model."""
    body = []
    for number, (label, estimate, low, high) in enumerate(rows):
        y, chosen = 44 + 38 * number, number == len(rows) - 1
        place = [112 + (value - 0.024) * 224 / 0.016 for value in (estimate, low, high)]
        tone = "model" if chosen else "grey"
        body.append(
            f'<text class="{"t-model" if chosen else "t"}" text-anchor="end" x="100" '
            f'y="{y + 4}">{escape(label)}</text>'
            f'<path class="k-{tone}" stroke-width="{3 if chosen else 1.6}" '
            f'd="M{_n(place[1])} {y}H{_n(place[2])}"/>'
            f'<circle class="f-{tone}" r="{4.5 if chosen else 3.5}" cx="{_n(place[0])}" cy="{y}"/>'
            f'<text class="{"t-model" if chosen else "t"} halo" text-anchor="middle" '
            f'x="{_n(place[0])}" y="{y - 9}">{estimate:.4f}</text>'
        )
    return _svg("".join(body), height=200)


def shares(between: int) -> str:
    """Variation between and within groups as one bar."""
    split = 336 * between / 100
    return _svg(
        '<text class="t" x="0" y="24">Of the variation around the average line:</text>'
        f'<rect class="f-model" x="0" y="40" width="{split}" height="72"/>'
        f'<rect class="f-soft" x="{split}" y="40" width="{336 - split}" height="72"/>'
        f'<text class="t-bg" font-size="18" font-weight="700" text-anchor="middle" x="{split / 2}" y="82">'
        f"{between}%</text>"
        f'<text class="t-strong" font-weight="600" font-size="15" text-anchor="middle" x="{168 + split / 2}" y="81">'
        f"{100 - between}%</text>"
        '<text class="t-model" font-weight="600" x="0" y="130">lasting differences</text>'
        '<text class="t" x="0" y="146">between children</text>'
        '<text class="t-strong" font-weight="600" text-anchor="end" x="336" y="130">'
        "changes within a child</text>",
        height=200,
    )


def ranked(count: int) -> str:
    """Slopes in order with their intervals, each tagged with its group."""
    random = Random(1)
    order = list(range(count))
    random.shuffle(order)
    bars, points = [], []
    for place, _group in enumerate(order):
        x = LEFT + 6 + place * (RIGHT - LEFT - 12) / max(1, count - 1)
        y = 150 - 70 * (place / count) ** 1.4
        bars.append(f"M{_n(x)} {_n(y - 30)}V{_n(y + 30)}")
        points.append(f"M{_n(x)} {_n(y)}h0")
    tags = " ".join(f"{group}x1" for group in order)
    return _svg(
        _axes()
        + _layer("".join(bars), tags, "k-soft", 1)
        + _layer("".join(points), tags, "k-ink", 2.4)
        + f'<path class="k-model" stroke-width="1.5" stroke-dasharray="5 3" d="M{LEFT} 118H{RIGHT}"/>'
        '<text class="t-model halo" text-anchor="end" x="336" y="134">average</text>'
    )


def _axes() -> str:
    body = ['<text class="t" x="0" y="12">Arm circumference, cm</text>']
    for arm in (10, 12, 14, 16, 18):
        y = _n(_y(arm))
        body.append(f'<path class="k-rule" stroke-width="1" d="M{LEFT} {y}H{RIGHT}"/>')
        body.append(
            f'<text class="t" text-anchor="end" x="{LEFT - 6}" y="{_n(_y(arm) + 4)}">{arm}</text>'
        )
    for age in (0, 24, 48, 72):
        body.append(
            f'<text class="t" text-anchor="middle" x="{_n(_x(age))}" y="{BOTTOM + 16}">{age}</text>'
        )
    body.append(f'<path class="k-grey" stroke-width="1" d="M{LEFT} {BOTTOM}H{RIGHT}"/>')
    body.append(
        f'<text class="t" text-anchor="end" x="{RIGHT}" y="{BOTTOM + 34}">age, months</text>'
    )
    return "".join(body)


def _layer(path: str, tags: str, tone: str, width: float) -> str:
    return (
        f'<path class="{tone} f-none" stroke-width="{width}" stroke-linecap="round" '
        f'data-i="{tags}" d="{path}"/>'
    )


def _svg(body: str, *, width: int = WIDTH, height: int = HEIGHT) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-size="11.5">{body}</svg>'
    )


def _x(age: float) -> float:
    return LEFT + age * (RIGHT - LEFT) / 76


def _y(arm: float) -> float:
    return BOTTOM - (arm - 9) * (BOTTOM - TOP) / 10


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")

"""The answer first: lead sentence, key figures, one picture, questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lmm.report import formatting as fmt
from lmm.report.figures import line
from lmm.report.figures.canvas import Canvas
from lmm.report.figures.factors import shares
from lmm.report.interpretation import checks as checking
from lmm.report.interpretation import comparison as comparing
from lmm.report.interpretation import factors as lying
from lmm.report.interpretation import groups as grouping
from lmm.report.interpretation import trend as trending
from lmm.report.page import (
    Block,
    KeyFigure,
    KeyFigures,
    Paragraph,
    Question,
    Questions,
    Section,
)
from lmm.report.reading import Reading
from lmm.report.sections.numbering import Numbering


def answer(canvas: Canvas, numbering: Numbering) -> Section:
    """The answer first: lead sentence, key figures, one picture, questions."""
    reading = canvas.reading
    blocks: list[Block] = []
    if (concern := checking.concern(reading)) is not None:
        blocks.append(Paragraph(text=concern.text, link="checks", link_text="Can it be trusted?"))
    blocks.append(KeyFigures(items=tuple(_key_figures(reading))))
    if reading.slope:
        blocks.append(line.trajectories(canvas, number=numbering.figure()))
    elif reading.further:
        blocks.append(shares(canvas, number=numbering.figure()))
    else:
        blocks.append(line.divided(canvas, number=numbering.figure()))
    blocks.append(Questions(heading="Questions and answers", items=tuple(_questions(reading))))
    return Section(
        id="answer",
        heading="In short",
        nav="In short",
        finding=trending.lead(reading).text,
        blocks=tuple(blocks),
    )


def _key_figures(reading: Reading) -> Iterator[KeyFigure]:
    share = fmt.coverage(reading.study["confidence"])
    if reading.slope:
        factor, period = reading.period
        effect = reading.at(reading.effect(reading.used, reading.slope))
        decimals = fmt.decimals_for(factor * effect["se"], 1)
        yield KeyFigure(
            value=fmt.number(factor * effect["estimate"], decimals, signed=True),
            unit=f"{reading.unit} {fmt.an(period)}".strip(),
            label="average change",
            certainty=f"{share} interval {fmt.interval(factor * effect['low'], factor * effect['high'], decimals)}",
        )
    level = reading.at(reading.effect(reading.used, "Intercept"))
    decimals = fmt.decimals_for(level["se"], 1)
    yield KeyFigure(
        value=fmt.number(level["estimate"], decimals),
        unit=reading.unit,
        label=f"average {reading.origin}".strip(),
        certainty=f"{share} interval {fmt.interval(level['low'], level['high'], decimals)}",
    )
    yield _spread_figure(reading, share)
    icc = reading.at("/icc/random_intercept")
    yield _share_figure(icc["value"], icc, reading.many, share)
    if not reading.slope:  # room for a fourth
        for each in reading.further[:1]:
            place = reading.find("/factors/shares/random_intercept", group=each["column"])
            row = reading.at(place)
            yield _share_figure(row["share"], row, each["plural"], share)


def _share_figure(value: float, row: Mapping[str, Any], many: str, share: str) -> KeyFigure:
    return KeyFigure(
        value=fmt.percent(value),
        unit="",
        label=f"of the remaining variation is lasting difference between {many}",
        certainty=f"{share} interval {fmt.percent(row['low'])} to {fmt.percent(row['high'])}",
    )


def _spread_figure(reading: Reading, share: str) -> KeyFigure:
    spread = reading.at("/spread/level")
    decimals = max(0, fmt.significant(spread["sd"], 1))
    profile = reading.profile(reading.used, "Intercept")
    sd_decimals = fmt.significant(spread["sd"], 2)
    certainty = (
        f"standard deviation {fmt.with_unit(fmt.number(spread['sd'], sd_decimals), reading.unit)}"
    )
    if profile:
        certainty += (
            f", {share} interval {fmt.interval(profile['low'], profile['high'], sd_decimals)}"
        )
    where = f" {reading.origin}" if reading.origin else ""
    if outer := lying.around(reading):
        where += f", in an average {outer}"
    if not spread["sd"]:
        return KeyFigure(
            value="0",
            unit=reading.unit,
            label=f"estimated spread of {reading.many}{where}",
            certainty=f"{share} interval {fmt.interval(profile['low'], profile['high'], 2)}"
            if profile
            else "",
        )
    return KeyFigure(
        value=f"{fmt.number(spread['low'], decimals)}–{fmt.number(spread['high'], decimals)}"
        if spread["low"] >= 0
        else fmt.interval(spread["low"], spread["high"], decimals),
        unit=reading.unit,
        label=f"where the middle {share} of {reading.many} are{where}",
        certainty=certainty,
    )


def _questions(reading: Reading) -> Iterator[Question]:
    if reading.slope:
        yield Question(
            question="What is the overall trend?",
            answer=trending.trend(reading).text,
            link="models",
            link_text="The models",
        )
    else:
        yield Question(
            question=f"How much do {reading.many} differ?",
            answer=grouping.level_spread(reading).text,
            link="models",
            link_text="The models",
        )
    if reading.has("random_slope"):
        yield Question(
            question=f"Do {reading.many} change at different rates?",
            answer=comparing.slope_answer(reading).text,
            link="comparison",
            link_text="Which model",
        )
    if (tested := lying.tests(reading)) is not None:
        others = fmt.listed([each["plural"] for each in reading.further])
        yield Question(
            question=f"Do {others} matter?",
            answer=tested.text,
            link="models",
            link_text="The models",
        )
    yield Question(
        question=f"How far is one {reading.one}’s own result adjusted?",
        answer=grouping.shrinkage(reading).text,
        link="shrinkage",
        link_text="Shrinkage",
    )
    if reading.slope:
        yield Question(
            question=f"What will a new {reading.one} do?",
            answer=grouping.newcomer(reading).text,
            link="differences",
            link_text="Forecast",
        )

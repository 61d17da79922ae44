"""How groups share information."""

from __future__ import annotations

from lmm.report import equations
from lmm.report import formatting as fmt
from lmm.report.figures import groups as drawing
from lmm.report.figures.canvas import Canvas
from lmm.report.figures.noise import noise, noise_table
from lmm.report.figures.pull_by_error import has_pull_by_error, pull_by_error
from lmm.report.interpretation import groups as grouping
from lmm.report.interpretation import heterogeneity as differing
from lmm.report.page import Block, Fold, Paragraph, Section
from lmm.report.sections.numbering import Numbering


def shrinkage(canvas: Canvas, numbering: Numbering) -> Section:
    """How groups share information."""
    reading = canvas.reading
    blocks: list[Block] = [
        Paragraph(
            text=f"{fmt.capital(fmt.an(reading.one))}’s own average is partly luck. The "
            "model mixes it with what is known "
            f"of all {reading.many}; the fewer the measurements, the more weight the others get. This gives better "
            f"guesses on the whole, at the price of a small bias for unusual {reading.many}."
        ),
        drawing.shrinkage(canvas, number=numbering.figure()),
    ]
    if reading.at("/shrinkage/noise") is not None:
        control, figure = noise(canvas, number=numbering.figure())
        table = noise_table(reading, number=numbering.table())
        blocks.append(
            Fold(summary="Add noise and watch the pull grow", blocks=(control, figure, table))
        )
    blocks.append(_technical(canvas, numbering))
    return Section(
        id="shrinkage",
        heading="Shrinkage: sharing information",
        nav="Shrinkage",
        finding=grouping.shrinkage(reading).text,
        blocks=tuple(blocks),
    )


def _technical(canvas: Canvas, numbering: Numbering) -> Fold:
    reading = canvas.reading
    ratio = reading.at("/shrinkage/ratio")
    blocks: list[Block] = [
        Paragraph(
            text="With the slope known, a predicted level is a weighted mean of the group’s own level and the "
            "average; the weight of the average, (own − shared)/(own − average) wherever the outcome has its zero, is"
        ),
        equations.shrinkage_equation(),
        Paragraph(
            text=(
                f"Here σ²/τ² = {fmt.number(ratio, fmt.significant(ratio, 3))}. "
                if ratio is not None
                else ""
            )
            + f"In effect {fmt.number(reading.at('/shrinkage/level_degrees'), 1)} of "
            f"{fmt.count(reading.at('/data/groups_used'))} levels are estimated freely; the whole model spends "
            f"{fmt.number(reading.at(f'/shrinkage/effective_degrees/{reading.used}'), 1)} "
            "effective degrees of freedom "
            f"(trace of the hat matrix). {differing.pooling(reading).text}"
        ),
    ]
    if has_pull_by_error(reading):
        blocks.append(pull_by_error(canvas, number=numbering.figure()))
    return Fold(summary="For statisticians: the shrinkage factor", blocks=tuple(blocks))

"""How groups share information."""

from __future__ import annotations

from dataclasses import replace

from lmm.report import equations
from lmm.report import formatting as fmt
from lmm.report.figures import shrinkage as drawing
from lmm.report.figures.canvas import Canvas
from lmm.report.figures.noise import noise, noise_table
from lmm.report.interpretation import groups as grouping
from lmm.report.interpretation import heterogeneity as differing
from lmm.report.page import Fold, Paragraph, Section
from lmm.report.reading import Reading
from lmm.report.sections.numbering import Numbering
from lmm.report.tables.factors import factor_table


def shrinkage(canvas: Canvas, numbering: Numbering) -> Section:
    """How groups share information."""
    reading = canvas.reading
    ratio = reading.at("/shrinkage/ratio")
    fold = Fold(
        summary="For statisticians: the shrinkage factor",
        blocks=(
            Paragraph(
                text="With the slope known, a predicted level is a weighted mean of the group’s "
                "own level and the average; "
                "the weight of the average, (own − shared)/(own − average) wherever the outcome has its zero, is"
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
                "(trace of the hat matrix)."
                + ("" if reading.further else f" {differing.pooling(reading).text}")
            ),
        ),
    )
    return Section(
        id="shrinkage",
        heading="Shrinkage: sharing information",
        nav="Shrinkage",
        finding=grouping.largest_move(reading).text,
        blocks=(
            Paragraph(
                text=f"{fmt.capital(fmt.an(reading.one))}’s own average is partly luck. The model mixes it with "
                f"what all {reading.many} show: the fewer its measurements, the more."
            ),
            drawing.shrinkage(canvas, number=numbering.figure()),
            *_noise(canvas, numbering),
            replace(
                fold,
                blocks=(
                    *fold.blocks,
                    drawing.raw_against_shrunk(canvas, number=numbering.figure()),
                ),
            ),
            *_further(reading, numbering),
        ),
    )


def _noise(canvas: Canvas, numbering: Numbering) -> tuple[Fold, ...]:
    """The pull under other noise; left out where groups do not differ, or lie in several factors."""
    if canvas.reading.at("/shrinkage/noise") is None:
        return ()
    control, figure = noise(canvas, number=numbering.figure())
    table = noise_table(canvas.reading, number=numbering.table())
    return (Fold(summary="Add noise and watch the pull grow", blocks=(control, figure, table)),)


def _further(reading: Reading, numbering: Numbering) -> tuple[Fold, ...]:
    """The groups of the further factors."""
    return tuple(
        Fold(
            summary=f"The {each['plural']}, from highest to lowest",
            blocks=(factor_table(reading, each, number=numbering.table()),),
        )
        for each in reading.further
    )

"""The sample’s sections on shrinkage and on how groups differ."""

from __future__ import annotations

from lmm.report.page import (
    Column,
    Definition,
    Definitions,
    Figure,
    Fold,
    Panel,
    Paragraph,
    Section,
    Table,
)

from .sample_blocks import row, table_of_words
from .sample_drawings import ranked, trajectories


def shrinkage_section(visits: list, singular: str) -> Section:
    alt = "Line chart of own and shared levels; 197 lines lean towards the average of 13.9 cm, by 6 to 24%."
    return Section(
        id="shrinkage",
        heading="Shrinkage: sharing information",
        nav="Shrinkage",
        finding="Children with few visits are pulled most: 24% of the way after one visit, 6% after five.",
        blocks=(
            Paragraph(
                text="A child’s own average is partly luck. The model mixes it with what is known of all "
                "children; the fewer the measurements, the more weight the others get. This gives better "
                "guesses on the whole, at the price of a small bias for unusual children.",
            ),
            Figure(
                id="shrinkage",
                number=3,
                panels=tuple(
                    Panel(id=name, heading=heading, svg=trajectories(visits, {}, singular), alt=alt)
                    for name, heading in (
                        ("dumbbell", "Before and after sharing"),
                        ("pull", "Fewer visits, more pull"),
                        ("scatter", "The same, as a scatter plot"),
                        ("plane", "Levels and slopes together"),
                    )
                ),
                lead="Child 105 moves most: from 10.0 to 10.5 cm.",
                caption="Top left: each line joins a child’s own level to its shared one. Top right: the pull "
                "depends only on the number of measurements.",
            ),
            Fold(
                summary="For statisticians: the shrinkage factor",
                blocks=(
                    Definitions(
                        items=(
                            Definition(
                                term="B",
                                text="the share of the way to the average, σ² / (σ² + r τ²)",
                            ),
                            Definition(term="EDF", text="effective number of levels, 182.6 of 197"),
                        )
                    ),
                    table_of_words(
                        "factors",
                        3,
                        "The factor by number of visits",
                        ("Visits", "Children", "Factor"),
                        (("1", "7", "0.24"), ("5", "140", "0.06")),
                    ),
                ),
            ),
        ),
    )


def differences_section(visits: list) -> Section:
    return Section(
        id="differences",
        heading="How much do children differ?",
        nav="Differences, forecast",
        finding="Growth ranges from about −0.1 to 0.9 cm a year across 95% of children.",
        blocks=(
            Paragraph(
                text="Single children are hard to tell apart: only 3 of the 197 intervals exclude the average slope.",
            ),
            Figure(
                id="differences",
                number=4,
                panels=(
                    Panel(
                        id="rank",
                        heading="Every child’s slope, ranked",
                        svg=ranked(len(visits)),
                        alt="Ranked slopes of 197 children with 95% intervals; from 0.005 to 0.083 cm a "
                        "month, and 3 intervals exclude the average.",
                    ),
                    Panel(
                        id="fan",
                        heading="What to expect of a new child",
                        svg=trajectories(visits[:60], {}, "child"),
                        alt="Fan chart of forecasts for a new child; at age 3 its line is expected between "
                        "12.3 and 15.6 cm.",
                    ),
                ),
                lead="Child 57 has the steepest line, child 47 the flattest: 0.083 against 0.005 cm a month.",
                caption="Left: dots are shared slopes, bars 95% intervals. Right: grey lines are 60 new children.",
            ),
            Table(
                id="forecast",
                number=4,
                caption="Forecast for a new child, cm",
                columns=(
                    Column(text="Age, months", numeric=False),
                    Column(text="Average"),
                    Column(text="95% of children’s lines"),
                    Column(text="95% of single measurements"),
                ),
                rows=tuple(
                    row(age, (average, ""), (lines, ""), (single, ""))
                    for age, average, lines, single in (
                        ("12", "13.2", "11.3 to 15.0", "11.1 to 15.2"),
                        ("24", "13.6", "11.9 to 15.2", "11.6 to 15.5"),
                        ("36", "13.9", "12.3 to 15.6", "12.0 to 15.9"),
                        ("48", "14.3", "12.6 to 16.1", "12.3 to 16.3"),
                        ("60", "14.7", "12.7 to 16.7", "12.5 to 16.9"),
                    )
                ),
            ),
        ),
    )

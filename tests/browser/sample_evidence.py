"""The sample’s last sections: whether to believe it, and every group."""

from __future__ import annotations

from lmm.report.page import (
    Cell,
    Column,
    Definition,
    Definitions,
    Downloads,
    Figure,
    Fold,
    GroupFinder,
    Panel,
    Paragraph,
    Section,
    Subheading,
    Table,
    TableRow,
)
from lmm.report.tables.groups import SHOWN

from .sample_blocks import HOSTILE, row, table_of_words
from .sample_drawings import dots


def comparison_section() -> Section:
    return Section(
        id="comparison",
        heading="Which model?",
        finding="AIC prefers the random-slope model by 4.7, and the exact test gives p = 0.0012; BIC, which is "
        "stricter, prefers the simpler model by 4.9.",
        blocks=(
            Paragraph(
                text="A standard deviation cannot be below zero, so the usual test is too cautious: its p-value "
                "is too large. The exact test simulates the right distribution.",
            ),
            Table(
                id="criteria",
                number=5,
                caption="Random intercept against random slope, both refitted by maximum likelihood",
                columns=(
                    Column(text="Model", numeric=False),
                    Column(text="Parameters"),
                    Column(text="Log-likelihood"),
                    Column(text="AIC"),
                    Column(text="BIC"),
                ),
                rows=(
                    row(
                        "Random intercept",
                        ("4", ""),
                        ("−899.63", ""),
                        ("1807.3", ""),
                        ("1826.4", ""),
                    ),
                    row("Random slope", ("6", ""), ("−895.29", ""), ("1802.6", ""), ("1831.3", "")),
                ),
            ),
            table_of_words(
                "tests",
                6,
                "Tests of “all children grow at the same rate”",
                ("Test", "Statistic", "p", "Comment"),
                (
                    (
                        "Likelihood ratio, χ² with 2 degrees of freedom",
                        "8.69",
                        "0.013",
                        "Usual, too cautious",
                    ),
                    (
                        "Likelihood ratio, mixture of χ² with 1 and 2",
                        "8.69",
                        "0.0081",
                        "Large-sample correction",
                    ),
                    (
                        "Exact restricted likelihood ratio",
                        "8.66",
                        "0.0012",
                        "10 000 simulations, seed 526",
                    ),
                ),
            ),
        ),
    )


def checks_section(visits: list) -> Section:
    verdicts = (
        ("The fit converged", "✓ fine", "ok", "Yes, and no variance is stuck at zero."),
        (
            "Enough groups",
            "✓ fine",
            "ok",
            "197 children; about 30 are wanted for stable standard deviations.",
        ),
        (
            "Straight-line growth",
            "▲ note",
            "note",
            "The smooth line through the residuals moves by 0.58 residual standard deviations. A slight "
            "bend: growth is not perfectly straight, and a curve could be tried.",
        ),
        (
            "Even spread",
            "✓ fine",
            "ok",
            "Largest to smallest typical size of residuals: 1.28. Near enough to 1.",
        ),
        (
            "No single decider",
            "✕ serious",
            "bad",
            "Without child 57 the slope is 0.0313 instead of 0.0325.",
        ),
    )
    alt = "Scatter plot of residuals by age; a smooth line stays within 0.24 standard deviations of zero."
    headings = (
        "No bend?",
        "No drift with age?",
        "Even spread?",
        "Normal errors?",
        "Normal levels?",
        "Normal slopes?",
    )
    return Section(
        id="checks",
        heading="Can the answers be trusted?",
        nav="Checks",
        finding="Yes, with 2 remarks; neither changes the answer.",
        blocks=(
            Table(
                id="checks",
                number=7,
                caption="Checks",
                stacked=True,
                columns=(
                    Column(text="Check", numeric=False),
                    Column(text="Verdict", numeric=False),
                    Column(text="What was found and what it means", numeric=False),
                ),
                rows=tuple(
                    TableRow(
                        cells=(
                            Cell(text=check, header=True, numeric=False),
                            Cell(text=verdict, numeric=False, tone=tone),
                            Cell(text=found, numeric=False),
                        )
                    )
                    for check, verdict, tone, found in verdicts
                ),
            ),
            Figure(
                id="residuals",
                number=5,
                columns=3,
                panels=tuple(
                    Panel(id=f"residual-{number}", heading=heading, svg=dots(visits), alt=alt)
                    for number, heading in enumerate(headings)
                ),
                lead="Residual tails are heavier than normal: 4 of 882 are beyond 3 standard deviations.",
                caption="Upper row: blue lines are smooth averages; they should be flat.",
            ),
            Subheading(text="Does one child decide the result?"),
            Paragraph(
                text="No. Leaving out any one child moves the average slope by at most 0.0012 cm a month, "
                "against a standard error of 0.0028.",
            ),
        ),
    )


def changes_section() -> Section:
    return Section(
        id="changes",
        heading="What changed since the last run",
        nav="What changed",
        finding="Two children were added; no conclusion changed.",
        blocks=(
            Table(
                id="changes",
                number=8,
                caption="This run against the run of 15 November 2026",
                columns=(
                    Column(text="Quantity", numeric=False),
                    Column(text="Last run"),
                    Column(text="This run"),
                    Column(text="Change"),
                ),
                rows=(
                    row("Level at age 3, cm", ("13.95", ""), ("13.94", ""), ("−0.01", "")),
                    row("Slope, cm a month", ("0.0312", ""), ("0.0325", ""), ("+0.0013", "")),
                    row("Measurements", ("875", ""), ("882", ""), ("+7", "")),
                ),
            ),
        ),
    )


def checklist_section() -> Section:
    return Section(
        id="checklist",
        heading="Reporting checklist",
        nav="Checklist",
        finding="All 3 items that a reader needs are in this report.",
        blocks=(
            table_of_words(
                "checklist",
                9,
                "What a reader needs to judge a mixed model",
                ("Item", "Where", "In this report"),
                (
                    (
                        "Sample and exclusions",
                        "What was measured",
                        "882 of 1000 rows, reasons given",
                    ),
                    (
                        "Estimation method",
                        "Four models",
                        "REML; maximum likelihood for comparisons",
                    ),
                    ("Software", "How it was made", "Versions and seed"),
                ),
            ),
        ),
    )


def provenance_section() -> Section:
    return Section(
        id="provenance",
        heading="How this report was made",
        nav="How it was made",
        finding="",
        blocks=(
            Definitions(
                items=(
                    Definition(term="Data", text="data/nepal.csv, 1000 rows"),
                    Definition(term="SHA-256", text="0fb3ecef20aec6d7" * 4, code=True),
                    Definition(term="Command", text="snakemake --cores 2", code=True),
                    Definition(term="Outcome", text=HOSTILE),
                    Definition(term="Random seed", text="526"),
                    Definition(term="Made on", text="22 November 2026"),
                )
            ),
            Downloads(
                results_name="nepal-results.json",
                table_id="groups",
                table_name="nepal-children.csv",
                table_label="table of children",
            ),
            Fold(
                summary="Words used in this report",
                blocks=(
                    Definitions(
                        items=(
                            Definition(
                                term="95% interval",
                                text="a range made by a method that covers the true value in 95 of 100 studies",
                            ),
                            Definition(
                                term="Random slope", text="each child has its own rate of growth"
                            ),
                        )
                    ),
                ),
            ),
        ),
    )


def groups_section(levels: tuple[str, ...]) -> Section:
    heads = (
        "Child",
        "Visits",
        "Own level",
        "Shared level",
        "Own slope",
        "Shared slope",
        "Pull",
        "Cook’s distance",
    )
    rows = tuple(
        TableRow(
            level=level,
            cells=(
                Cell(text=level, header=True, numeric=False),
                *(
                    Cell(text=text)
                    for text in (
                        "5",
                        f"{12 + number % 40 / 10:.2f}",
                        f"{12.3 + number % 33 / 11:.2f}",
                        f"−0.0{number % 89 + 1:02d}",
                        "0.033",
                        "6%",
                        "0.001",
                    )
                ),
            ),
        )
        for number, level in enumerate(levels)
    )
    return Section(
        id="groups",
        heading="Every child",
        finding="",
        blocks=(
            Paragraph(
                text="The table is the single source of what the look-up and the saved file hold."
            ),
            GroupFinder(label="Find a child", count=len(levels), table_id="groups"),
            Table(
                id="groups",
                number=10,
                caption="All children: own line, shared line, pull and influence",
                columns=tuple(Column(text=head, numeric=head != "Child") for head in heads),
                rows=rows[:SHOWN],
                rest=rows[SHOWN:],
            ),
        ),
    )

"""What made the report, and how to make it again."""

from __future__ import annotations

from lmm.report import formatting as fmt
from lmm.report.figures.canvas import Canvas
from lmm.report.page import (
    Block,
    Definition,
    Definitions,
    Downloads,
    Fold,
    Listing,
    Section,
    Step,
    Workflow,
)
from lmm.report.reading import Reading
from lmm.report.sections.numbering import Numbering
from lmm.report.tables.identities import identities_table


def provenance(canvas: Canvas, numbering: Numbering) -> Section:
    """What made this report, and how to make it again."""
    reading = canvas.reading
    made = reading.at("/provenance")
    items = (
        Definition(
            term="Data",
            text=f"{made['data_file']}, {fmt.count(reading.at('/data/rows_read'))} rows",
        ),
        Definition(term="SHA-256", text=made["data_sha256"], code=True),
        Definition(term="Command", text=made["command"], code=True),
        Definition(
            term="Model used", text=reading.at(f"/models/{reading.used}/formula"), code=True
        ),
    )
    return Section(
        id="provenance",
        heading="How this report was made",
        nav="How it was made",
        finding="Every number here comes from the results that the page carries.",
        blocks=(
            Definitions(items=items),
            Downloads(
                results_name=f"{reading.study['name']}-results.json",
                table_id="table-groups",
                table_name=f"{reading.study['name']}-{reading.many}.csv",
            ),
            Fold(summary="Versions, workflow, settings", blocks=_making(reading)),
            Fold(
                summary="For statisticians: identities checked in this run",
                blocks=(identities_table(reading, number=numbering.table()),),
            ),
            Fold(
                summary="Words used in this report", blocks=(Definitions(items=_glossary(reading)),)
            ),
        ),
    )


def _making(reading: Reading) -> tuple[Block, ...]:
    made = reading.at("/provenance")
    versions = (
        Definition(
            term="Fitted with", text=f"lmm-report {made['project']}, Python {made['python']}"
        ),
        Definition(
            term="Libraries",
            text=", ".join(f"{name} {version}" for name, version in made["libraries"].items()),
        ),
        Definition(term="Random seed", text=f"{made['seed']} (for all that is simulated)"),
        Definition(
            term="Reproducible",
            text="the same data, settings and versions give the same file, byte for byte",
        ),
    )
    workflow = Workflow(steps=_steps(reading))
    if not made["settings"]:
        return Definitions(items=versions), workflow
    settings = Listing(text=made["settings"], name="This study in the configuration")
    return Definitions(items=versions), workflow, settings


def _steps(reading: Reading) -> tuple[Step, ...]:
    """What the workflow did, from the table to the page."""
    read, used = reading.at("/data/rows_read"), reading.at("/data/rows_used")
    models, checks = len(reading.at("/models")), len(reading.at("/checks"))
    return (
        Step(name="Data", text=f"{fmt.count(read)} rows read, {fmt.count(used)} used"),
        Step(name="Analysis", text=f"{models} models fitted, {checks} checks made"),
        Step(name="Report", text="put in words and drawn, each number proved"),
        Step(name="Publication", text="replaced the last report once whole"),
    )


def _glossary(reading: Reading) -> tuple[Definition, ...]:
    one, many = reading.one, reading.many
    share = fmt.coverage(reading.study["confidence"])
    return (
        Definition(
            term=f"{share} interval",
            text=f"a range made by a method that covers the true value in {share} of studies",
        ),
        Definition(
            term="Random intercept",
            text=f"each {one} has a level of its own, drawn from a bell curve",
        ),
        Definition(term="Random slope", text=f"each {one} also has a slope of its own"),
        Definition(
            term="Shrinkage",
            text=f"moving a {one}’s own estimate towards the average, more so when it has few measurements",
        ),
        Definition(
            term="Intraclass correlation",
            text=(
                f"the share of the variation that lies between {many}; also the correlation of "
                f"two measurements of one {one}"
            ),
        ),
        Definition(
            term="AIC, BIC",
            text="scores that weigh fit against the number of parameters; lower is better",
        ),
        Definition(
            term="REML and ML",
            text="two ways to fit: REML for estimates of spread, ML for comparing models",
        ),
    )

"""Tables of the checks: verdicts with what was found, thresholds with their sources, what heeding would change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lmm.report import formatting as fmt
from lmm.report.interpretation import checks as checking
from lmm.report.interpretation.checks.words import label, rung_with_neighbours, term, with_unit
from lmm.report.interpretation.trend import model_name
from lmm.report.page import Cell, Column, Table, TableRow
from lmm.report.reading import Reading
from lmm.report.tables.cells import DASH, in_unit
from lmm.report.wording import in_words

VERDICTS = {"concern": ("✕ concern", "bad"), "note": ("▲ note", "note")}


def has_doubts(reading: Reading) -> bool:
    """Whether some check is not fine."""
    return reading.at("/tally/fine") < reading.at("/tally/checks")


def doubts_table(reading: Reading, *, number: int) -> Table:
    """Every check that is not fine, with its verdict and its sentence, the worst first."""
    rows = [
        (i, verdict)
        for verdict in ("concern", "note")
        for i, each in enumerate(reading.at("/checks"))
        if each["verdict"] == verdict
    ]
    return Table(
        id="table-checks",
        number=number,
        caption="What is not fine",
        columns=tuple(
            Column(text=text, numeric=False) for text in ("Check", "Verdict", "What was found")
        ),
        rows=tuple(_verdict_row(reading, i, *VERDICTS[verdict]) for i, verdict in rows),
        stacked=True,
    )


def fine_table(reading: Reading, *, number: int) -> Table:
    """Every check that is fine, with its sentence."""
    return Table(
        id="table-fine",
        number=number,
        caption="What was checked and is fine",
        columns=tuple(Column(text=text, numeric=False) for text in ("Check", "What was found")),
        rows=tuple(
            _verdict_row(reading, i)
            for i, each in enumerate(reading.at("/checks"))
            if each["verdict"] == "fine"
        ),
        stacked=True,
    )


def _verdict_row(reading: Reading, index: int, text: str = "", tone: str = "") -> TableRow:
    verdict = (Cell(text=text, numeric=False, tone=tone),) if text else ()
    return TableRow(
        cells=(
            Cell(
                text=label(reading, reading.at(f"/checks/{index}/id")), header=True, numeric=False
            ),
            *verdict,
            Cell(text=checking.check(reading, index).text, numeric=False),
        )
    )


def thresholds_table(reading: Reading, *, number: int) -> Table:
    """Statistic, thresholds and citation of every check, in the order they are made."""
    return Table(
        id="table-thresholds",
        number=number,
        caption="What each check is held against",
        columns=(
            Column(text="Check", numeric=False),
            *(Column(text=text) for text in ("Found", "Note beyond", "Concern beyond")),
            Column(text="Source", numeric=False),
        ),
        rows=tuple(
            TableRow(
                cells=(
                    Cell(text=label(reading, found["id"]), header=True, numeric=False),
                    *(
                        Cell(text=_bare(found[key]))
                        for key in ("statistic", "threshold", "serious")
                    ),
                    Cell(text=f"{fmt.capital(found['source'].rstrip('.'))}.", numeric=False),
                )
            )
            for found in reading.at("/checks")
        ),
        notes=(
            "Thresholds are the larger of a size that matters and of what one clean study in a hundred exceeds. "
            f"Of the number of {reading.many} and of rare values, less is worse. A dash: the data cannot carry the "
            "check, or it has no such limit.",
        ),
        stacked=True,
    )


def has_remedies(reading: Reading) -> bool:
    """Whether a refit shows what heeding some check would change."""
    return next(_remedy_rows(reading), None) is not None


def remedies_table(reading: Reading, *, number: int) -> Table:
    """What heeding the checks would change: each followed coefficient before and after, from an exact refit."""
    return Table(
        id="table-remedies",
        number=number,
        caption="What heeding the checks would change",
        columns=(
            Column(text="If one", numeric=False),
            Column(text="Number", numeric=False),
            *(Column(text=text, under="standard error") for text in ("As reported", "Then")),
            Column(text="Rows then"),
        ),
        rows=tuple(_remedy_rows(reading)),
        notes=("Each row is a refit of the whole model. Small figures are standard errors.",),
        stacked=True,
    )


def _remedy_rows(reading: Reading) -> Iterator[TableRow]:
    for codes in reading.at("/diagnostics/codes"):
        if codes["sigma_dropped"] is None:
            continue
        found = fmt.listed([f"{each['column']} = {each['value']:g}" for each in codes["found"]])
        what = f"reads {found} as missing ({model_name(codes['model'])})"
        for row in codes["terms"]:
            if row["term"] != "Intercept":
                name = fmt.capital(in_words(reading, row["term"]))
                numbers = (row["kept"], row["kept_se"], row["dropped"], row["dropped_se"])
                yield _change(what, name, numbers, codes["rows_dropped"])
    followed = reading.at("/diagnostics/term")
    unit = with_unit(reading, followed, "").strip()
    name = fmt.capital(term(reading, followed).removeprefix("the ")) + in_unit(unit)
    for remedy in reading.at("/remedies"):
        row = next(each for each in remedy["terms"] if each["term"] == followed)
        numbers = (row["before"], row["se_before"], row["after"], row["se_after"])
        yield _change(_what(reading, remedy), name, numbers, remedy["rows"])
    serial = next(each for each in reading.at("/checks") if each["id"] == "serial")
    if serial["verdict"] != "fine" and (place := rung_with_neighbours(reading)):
        own, rung = reading.at(reading.effect(reading.used, followed)), reading.at(place)
        numbers = (own["estimate"], own["se"], rung["estimate"], rung["se"])
        yield _change("lets neighbours be alike", name, numbers, reading.at("/data/rows_used"))


def _what(reading: Reading, remedy: dict[str, Any]) -> str:
    if remedy["check"] == "linearity":
        return "lets the line bend"
    shown = [fmt.shortened(each, 24) for each in remedy["what"]]
    if len(shown) > 4:
        shown = [*shown[:3], f"{len(shown) - 3} others"]
    return f"leaves out {reading.one if len(remedy['what']) == 1 else reading.many} {fmt.listed(shown)}"


def _change(what: str, name: str, numbers: tuple[float | None, ...], rows: int) -> TableRow:
    before, before_se, after, after_se = numbers
    assert before_se is not None
    decimals = fmt.decimals_for(before_se if after_se is None else min(before_se, after_se))

    def cell(value: float | None, se: float | None) -> Cell:
        if value is None or se is None:
            return Cell(text=DASH)
        return Cell(text=fmt.number(value, decimals), under=fmt.number(se, decimals + 1))

    return TableRow(
        cells=(
            Cell(text=what, header=True, numeric=False),
            Cell(text=name, numeric=False),
            cell(before, before_se),
            cell(after, after_se),
            Cell(text=fmt.count(rows)),
        )
    )


def _bare(value: float | None) -> str:
    if value is None:
        return DASH
    return fmt.number(value, 0 if float(value).is_integer() else 2)

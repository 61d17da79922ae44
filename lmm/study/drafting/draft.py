"""A proposal as a configuration file: short lines, each with the reason for what it says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lmm.ingest.guesses import kind_of, level_reason, span_in_words
from lmm.ingest.source import counted, shortened
from lmm.ingest.survey import ColumnSurvey, varying_groups

# from lmm.study.drafting.contract import contract_lines
from lmm.study.drafting.contract import contract_lines
from lmm.study.drafting.nouns import group_nouns, plural, time_unit
from lmm.study.drafting.proposal import Proposal
from lmm.study.drafting.yaml_writing import commented, flow, number, scalar

# Other columns than these are only counted.
_OTHERS_SHOWN = 30
_REASONS = {
    "code": "far from the rest",
    "together": "mostly where other columns hold codes too, not far from the rest",
    "range": "not possible",
}


def draft(proposal: Proposal, *, configuration: Path) -> str:
    """The text of the configuration, YAML with comments; ``configuration`` is where it will be."""
    name = study_name(proposal.path)
    lines = [*_heading(proposal, configuration), "studies:", f"  {scalar(name)}:"]
    body = [
        *_source(proposal),
        *_missing_codes(proposal),
        *_derived(proposal),
        *_parts(proposal),
        *_covariates(proposal),
        *contract_lines(proposal),
        *_knowledge(),
    ]
    text = "\n".join([*lines, *(f"    {line}" for part in body for line in part.split("\n"))])
    return f"{text}\n"


def study_name(path: Path) -> str:
    """A study's name from that of its file: small letters, digits, _ and -."""
    stem = path.name.lower().removesuffix(".gz").rsplit(".", 1)[0]
    name = re.sub(r"[^a-z0-9_-]+", "_", stem).strip("_") or "study"
    return "index_" if name == "index" else name


def _heading(proposal: Proposal, configuration: Path) -> Iterator[str]:
    shown = shortened(configuration, 60)
    yield f"# Written by `lmm init` from what it saw in {shortened(proposal.path, 60)}."
    yield "# Fill in what only you know: words, units, whether a suspicion is right. Every setting is"
    yield "# described in workflow/schemas/config.schema.yaml."
    yield f"#   lmm check --configfile {shown}"
    yield f"#   make report CONFIG={shown}"


def _source(proposal: Proposal) -> Iterator[str]:
    source, outcome = proposal.source, proposal.outcome.column
    over = f" over {proposal.time.column}" if proposal.time else ""
    yield commented(f"title: {scalar(shortened(outcome + over, 80))}", "the heading of the report")
    data: dict[str, Any] = {"file": str(proposal.path)}
    if source.delimiter not in ("", ",", ";", "\t", "|"):
        data["delimiter"] = source.delimiter
    if source.encoding not in ("", "utf-8", "utf-8-sig", "utf-16"):
        data["encoding"] = source.encoding
    if source.decimal != ".":
        data["decimal"] = source.decimal
    said = "; ".join([counted(source.rows, "row"), *source.notes])
    yield commented(f"data: {flow(data)}", said)


def _missing_codes(proposal: Proposal) -> Iterator[str]:
    suspected = {
        name: column.doubtful
        for name, column in proposal.columns.items()
        if column.doubtful and name != proposal.group.column
    }
    if not suspected:
        return
    yield "# Read as missing, because they look like codes for it. Remove what is a real value."
    yield "missing_codes:"
    for name, doubtful in suspected.items():
        codes = [doubt.value for doubt in doubtful]
        held = ", ".join(
            f"{doubt.value:g} in {counted(len(doubt.rows), 'row')}" for doubt in doubtful
        )
        reasons = " and ".join(dict.fromkeys(_REASONS[doubt.reason] for doubt in doubtful))
        rest = span_in_words(proposal.columns[name]).partition(",")[0]
        yield commented(f"  {scalar(name)}: {flow(codes)}", f"{held}: {reasons}, {rest}")


def _derived(proposal: Proposal) -> Iterator[str]:
    if proposal.time is None or proposal.centre is None:
        return
    time = proposal.columns[proposal.time.column]
    yield commented(
        f"derived: {{{scalar(centred_name(proposal))}: "
        f"{{column: {scalar(time.name)}, centre: {number(proposal.centre)}}}}}",
        f"{shortened(time.name)} is {span_in_words(time)}: levels are compared at a round value in the middle",
    )


def centred_name(proposal: Proposal) -> str:
    """A name for the centred time that no column has."""
    assert proposal.time is not None
    name = f"{proposal.time.column}_c"
    while name in proposal.columns:
        name += "_"
    return name


def _parts(proposal: Proposal) -> Iterator[str]:
    outcome = proposal.columns[proposal.outcome.column]
    held = span_in_words(outcome)
    if outcome.whole and outcome.distinct <= 10:
        held += "; few whole numbers: the models take them as measured on a scale"
    text = f"outcome: {flow(_variable(outcome.name))}"
    yield commented(text, _with_reason(f"{held}; unit, such as kg?", proposal.outcome.reason))
    group = proposal.columns[proposal.group.column]
    one, many = group_nouns(group.name)
    entry = {"column": group.name, "singular": one or "group", "plural": many or "groups"}
    asked = counted(group.distinct, "value") if one else "what is one called, and several?"
    yield commented(f"group: {flow(entry)}", _with_reason(asked, proposal.group.reason))
    if proposal.time is None:
        yield "# No time: the models have no slope. If the outcome is followed along a column, add"
        yield "# time: {column: …, label: …, unit: …}"
        return
    time = proposal.columns[proposal.time.column]
    unit = time_unit(time.name)
    column = time.name if proposal.centre is None else centred_name(proposal)
    entry = {
        "column": column,
        "label": time.name,
        "unit": unit,
        "units": plural(unit) if unit else "",
    }
    asked = span_in_words(time) if unit else f"{span_in_words(time)}; unit, such as month?"
    yield commented(f"time: {flow(entry)}", _with_reason(asked, proposal.time.reason))


def _variable(column: str) -> dict[str, str]:
    return {"column": column, "label": column, "unit": ""}


def _with_reason(asked: str, reason: str) -> str:
    return f"Guessed: {reason}. {asked}" if reason else asked


def _covariates(proposal: Proposal) -> Iterator[str]:
    if proposal.covariates:
        yield "covariates:"
        for name in proposal.covariates:
            yield commented(*_covariate(proposal, proposal.columns[name]))
    others = [column for name, column in proposal.columns.items() if name not in proposal.used]
    if not others:
        return
    yield "# Not in the models; to enter one in all of them, put it" + (
        " among the covariates." if proposal.covariates else ' below "covariates:".'
    )
    for column in others[:_OTHERS_SHOWN]:
        entry, why = _covariate(proposal, column, listed=False)
        yield f"#{entry}  # {why}"
    if len(others) > _OTHERS_SHOWN:
        yield f"#   and {len(others) - _OTHERS_SHOWN} more columns"


def _covariate(proposal: Proposal, column: ColumnSurvey, *, listed: bool = True) -> tuple[str, str]:
    """The entry of one column, and what it holds and why it is placed so."""
    group = proposal.columns[proposal.group.column]
    if column.distinct < 2:
        return f"  - {flow({'column': column.name})}", "a single value: it can explain nothing"
    kind, why = kind_of(column)
    level = "measurement" if varying_groups(group, column)[0] else "group"
    entry = {**(_variable(column.name) if listed else {"column": column.name}), "kind": kind}
    entry["level"] = level
    if kind == "factor" or not listed:
        entry.pop("unit", None)
    missing = f"; missing in {counted(column.missing, 'row')}" if column.missing else ""
    return f"  - {flow(entry)}", f"{why}{missing}; {level_reason(group, column)}"


def _knowledge() -> Iterator[str]:
    yield "# What only the people who made the study know; the report's checklist asks for it."
    yield "# design: {randomised: false, selection: …, missingness: …, limits: …, smallest_difference: …}"

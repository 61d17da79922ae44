"""Configuration and data checked without a fit: everything that would stop a run, at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from lmm.errors import LmmError, Problem
from lmm.ingest.cleaning import CleanTable
from lmm.ingest.derived import parse_derived, sources_of
from lmm.ingest.source import absent_columns
from lmm.model.design import build_design
from lmm.model.formula import parse_formula
from lmm.study.analysis.analyse import read_study
from lmm.study.analysis.candidates import candidates
from lmm.study.analysis.fitting import check_grouping
from lmm.study.configuration.load import load_configuration
from lmm.study.configuration.settings import Study
from lmm.study.sources.live import renew
from lmm.study.sources.tables import read_source


def check_configuration(path: str | Path) -> tuple[Problem, ...]:
    """Every problem of the configuration, or else of its formulas and data; empty: all is well."""
    try:
        configuration = load_configuration(path)
    except LmmError as error:
        return error.problems
    return tuple(p for study in configuration.studies.values() for p in _study_problems(study))


def _study_problems(study: Study) -> Iterator[Problem]:
    renew(study.source)
    readable = {}
    for name, text in study.models.items():
        faults = _problems(lambda text=text: parse_formula(text))
        if not faults:
            readable[name] = text
        yield from (_placed(fault, f"studies.{study.name}.models.{name}") for fault in faults)
    # The data are checked with the models that can be read, for their columns.
    sound = replace(study, models=readable)
    tables: list[CleanTable] = []
    faults = _problems(lambda: tables.append(read_study(sound, candidates(sound))))
    yield from (_placed(fault, f"studies.{study.name}") for fault in faults)
    known = {fault.message for fault in faults}
    for fault in _problems(lambda: _check_named_columns(study)):
        if fault.message not in known:
            yield fault
    for table in tables:
        for name, text in readable.items():
            for fault in _problems(lambda text=text, table=table: _check_model(text, table, study)):
                yield _placed(fault, f"studies.{study.name}.models.{name}")


def _check_named_columns(study: Study) -> None:
    """Missing codes and derived columns, also of columns that no model uses: a slip in a name hides there."""
    derived = parse_derived(study.derived)
    places: dict[str, list[str]] = {}
    for column in study.missing_codes:
        places.setdefault(column, []).append(f"missing_codes.{column}")
    for name, derivation in derived.items():
        for column in sources_of(derivation.columns, derived):
            places.setdefault(column, []).append(f"derived.{name}")
    if not places:
        return
    table = read_source(study, ())
    problems = [
        _placed(problem, f"studies.{study.name}.{place}")
        for column, named in places.items()
        for problem in absent_columns((column,), table.available, where=table.source.file)
        for place in named
    ]
    if problems:
        raise LmmError(problems)


def _check_model(text: str, table: CleanTable, study: Study) -> None:
    """Whether a further model can be set up on the rows that are used."""
    formula = parse_formula(text)
    check_grouping(formula, study.group.column)
    build_design(formula, table.frame)


def _placed(problem: Problem, place: str) -> Problem:
    return replace(problem, where=f"{place}, {problem.where}" if problem.where else place)


def _problems(attempt: Callable[[], object]) -> tuple[Problem, ...]:
    try:
        attempt()
    except LmmError as error:
        return error.problems
    return ()

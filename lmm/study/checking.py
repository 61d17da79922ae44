"""Configuration and data checked without a fit: everything that would stop a run, at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from lmm.errors import LmmError, Problem
from lmm.model.formula import parse_formula
from lmm.study.analysis import read_study
from lmm.study.candidates import candidates
from lmm.study.configuration import load_configuration
from lmm.study.settings import Study


def check_configuration(path: str | Path) -> tuple[Problem, ...]:
    """Every problem of the configuration, or else of its formulas and data; empty: all is well."""
    try:
        configuration = load_configuration(path)
    except LmmError as error:
        return error.problems
    return tuple(p for study in configuration.studies.values() for p in _study_problems(study))


def _study_problems(study: Study) -> Iterator[Problem]:
    readable = {}
    for name, text in study.models.items():
        faults = _problems(lambda text=text: parse_formula(text))
        if not faults:
            readable[name] = text
        for fault in faults:
            place = f"studies.{study.name}.models.{name}"
            yield replace(fault, where=f"{place}, {fault.where}" if fault.where else place)
    # The data are checked with the models that can be read, for their columns.
    sound = replace(study, models=readable)
    for fault in _problems(lambda: read_study(sound, candidates(sound))):
        yield replace(fault, where=f"studies.{study.name}, {fault.where}".removesuffix(", "))


def _problems(attempt: Callable[[], object]) -> tuple[Problem, ...]:
    try:
        attempt()
    except LmmError as error:
        return error.problems
    return ()

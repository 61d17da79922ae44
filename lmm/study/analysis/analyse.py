"""A study's table to its numbers: one dictionary that holds everything the report will say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from lmm.ingest.cleaning import CleanTable, clean
from lmm.ingest.roles import Covariate as CovariateRole
from lmm.ingest.roles import Roles, columns_needed
from lmm.report.fit_record import SCHEMA
from lmm.study.analysis import account
from lmm.study.analysis.candidates import Candidates, candidates
from lmm.study.analysis.contradictions import refuse_contradictions
from lmm.study.analysis.drawn import drawn_points
from lmm.study.analysis.examined import examine_study
from lmm.study.analysis.fitting import fit_study
from lmm.study.analysis.parts import PARTS
from lmm.study.analysis.parts.analysed import Analysed
from lmm.study.configuration.settings import Study
from lmm.study.sources.tables import read_source

KINDS: dict[str | None, Literal["numeric", "factor"] | None] = {
    "numeric": "numeric",
    "factor": "factor",
    None: None,
}


def write_analysis(study: Study, *, analysis_path: Path, measurements_path: Path) -> None:
    """Analyse a study and write its numbers and the measurements that its figures draw, both as JSON."""
    analysed = _analysed(study)
    drawn = {**account.measurements(study, analysed.table), "examined": drawn_points(analysed)}
    analysis_path.write_text(_json(_numbers(analysed), indent=1), encoding="utf-8")
    measurements_path.write_text(_json(drawn), encoding="utf-8")


def _json(value: dict[str, Any], *, indent: int | None = None) -> str:
    return json.dumps(value, indent=indent, ensure_ascii=False, allow_nan=False) + "\n"


def analyse(study: Study) -> tuple[dict[str, Any], CleanTable]:
    """Every number of a study's report, and the clean table behind them.

    Raises ``LmmError`` with every problem of the data, or of a model that cannot be fitted, and
    ``ContradictionError`` where two routes to a number do not agree.
    """
    analysed = _analysed(study)
    return _numbers(analysed), analysed.table


def _analysed(study: Study) -> Analysed:
    models = candidates(study)
    table = read_study(study, models)
    fits = fit_study(models, table.frame, group=study.group.column)
    examined = examine_study(study, table.frame, fits)
    return Analysed(study=study, table=table, fits=fits, examined=examined)


def _numbers(analysed: Analysed) -> dict[str, Any]:
    numbers = {"schema": SCHEMA, **{name: part(analysed) for name, part in PARTS.items()}}
    refuse_contradictions(numbers["identities"])
    return numbers


def read_study(study: Study, models: Candidates) -> CleanTable:
    """The study's file, fetched, read and cleaned by its roles."""
    roles = Roles(
        outcome=study.outcome.column,
        group=study.group.column,
        time=study.time.column if study.time else None,
        covariates=tuple(
            CovariateRole(
                column=each.column,
                kind=KINDS[each.kind],
                level="group" if each.level == "group" else "measurement",
            )
            for each in study.covariates
        ),
        others=models.further_columns,
        further_groups=tuple(each.column for each in study.also_grouped_by),
        told_apart={each.column: each.told_apart for each in study.groupings if each.told_apart},
    )
    needed = columns_needed(roles, study.derived)
    if study.contract is not None:
        needed = tuple(dict.fromkeys((*needed, *study.contract.needed)))
    raw = read_source(study, needed)
    return clean(
        raw,
        roles=roles,
        missing_codes=study.missing_codes,
        derived=study.derived,
        contract=study.contract,
    )

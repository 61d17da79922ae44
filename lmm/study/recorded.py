"""The fit behind a study's published report, made again from its record and its data, with nothing searched."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from lmm.errors import MAKE_READABLE, DataError, LmmError
from lmm.ingest.cleaning import CleanTable
from lmm.model.fit import Fit
from lmm.model.record import read_record
from lmm.study.analysis.analyse import read_study
from lmm.study.analysis.candidates import candidates
from lmm.study.configuration.settings import Configuration, Study
from lmm.study.publishing.places import places

_AGAIN = "Bring the report up to date: lmm run."


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """The fit, the name of its model in the report, and the clean table that it is of."""

    fit: Fit
    model: str
    table: CleanTable


def recorded_fit(configuration: Configuration, study: Study) -> Recorded:
    """The fit that the study's report was written from.

    Raises ``LmmError`` where there is no report, or none that could be predicted from, and where data or
    settings have changed since it was made.
    """
    path = places(configuration, study.name).published / "results.json"
    results = _results(configuration, study)
    table = read_study(study, candidates(study))
    if not isinstance(results.get("record"), dict):
        raise LmmError(
            "the report keeps no fit to predict from: it is of an earlier version, or its model did not converge",
            where=str(path),
            remedy=_AGAIN,
        )
    try:
        fit = read_record(json.dumps(results["record"]), table.frame)
    except LmmError as error:
        reasons = "; ".join(problem.message for problem in error.problems)
        raise DataError(
            f"the report is not of the data and settings as they are now ({reasons})",
            where=str(path),
            remedy=_AGAIN,
        ) from None
    fit = replace(fit, main=study.group.column)
    return Recorded(fit=fit, model=str(results.get("used")), table=table)


def _results(configuration: Configuration, study: Study) -> dict[str, Any]:
    path = places(configuration, study.name).published / "results.json"
    try:
        results = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise LmmError(
            f"the study {study.name} has no report yet",
            where=str(path),
            remedy=f"Make it: lmm run --configfile {configuration.path}.",
        ) from None
    except OSError as error:
        raise LmmError(
            f"cannot be read: {error.strerror}", where=str(path), remedy=MAKE_READABLE
        ) from None
    except ValueError:
        raise LmmError("is not the JSON of a report", where=str(path), remedy=_AGAIN) from None
    return results if isinstance(results, dict) else {}

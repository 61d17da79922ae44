"""The simulated studies analysed: once in a run of the tests, by whichever of its processes asks first."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from lmm.report.figures.canvas import Canvas, read_measurements
from lmm.report.reading import Reading
from lmm.report.rows_changed import counted
from lmm.study.analysis.analyse import write_analysis
from lmm.study.publishing.reporting import complete_results, write_report
from tests.text.stopped import searching
from tests.text.studies import CASES, EARLIER, study, table

CONFIGURATION = Path("config.yaml")


def analysed(case: str, shared: Path) -> Path:
    """The folder with the case's table, ``analysis.json``, ``measurements.json`` and, where there is an
    earlier version of its data, ``history.jsonl``.
    """
    folder = shared / case
    if not folder.exists():
        new = Path(mkdtemp(dir=shared))
        _analyse(case, new)
        with suppress(OSError):  # another process was sooner
            new.rename(folder)
    return folder


def results(case: str, shared: Path) -> Mapping[str, Any]:
    """The results of a case, findings among them."""
    folder = analysed(case, shared)
    numbers = json.loads((folder / "analysis.json").read_text(encoding="utf-8"))
    history = folder / "history.jsonl"
    earlier = (json.loads(history.read_text(encoding="utf-8")),) if history.exists() else ()
    made = study(case, Path(mkdtemp(dir=shared)))
    return complete_results(made, numbers, configuration=CONFIGURATION, earlier=earlier)


def canvas(case: str, shared: Path) -> Canvas:
    """What the sections of the case's page are made from."""
    rows = read_measurements(analysed(case, shared) / "measurements.json")
    return Canvas(Reading(results(case, shared)), rows)


def reported(case: str, shared: Path, directory: Path) -> Path:
    """The folder of the case's report, made as the workflow makes it."""
    folder = analysed(case, shared)
    write_report(
        study(case, Path(mkdtemp(dir=shared))),
        configuration=CONFIGURATION,
        analysis_path=folder / "analysis.json",
        measurements_path=folder / "measurements.json",
        history=folder / "history.jsonl",
        directory=directory,
    )
    return directory


def _analyse(case: str, folder: Path) -> None:
    steps = {
        "analysis_path": folder / "analysis.json",
        "measurements_path": folder / "measurements.json",
    }
    if case in EARLIER:
        other, change = EARLIER[case]
        write_analysis(study(case, folder, change(table(**CASES[other]))), **steps)
        numbers = json.loads(steps["analysis_path"].read_text(encoding="utf-8"))
        found = complete_results(study(case, folder), numbers, configuration=CONFIGURATION)
        headline = {**found["headline"], "rows": counted(found)}
        line = {"digest": "0" * 64, "time": "2026-05-04T09:30:00Z", "headline": headline}
        (folder / "history.jsonl").write_text(json.dumps(line), encoding="utf-8")
    with searching(case):
        write_analysis(study(case, folder), **steps)

"""From a study's numbers to its report: page, results, tables and figures, written to one folder."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from lmm.plots.svg import standalone
from lmm.report.derived import derived_numbers
from lmm.report.figures.canvas import Canvas, read_measurements
from lmm.report.followed import changes_since, followed_numbers, subject
from lmm.report.interpretation import findings
from lmm.report.packing import pack
from lmm.report.page import Figure, Fold, Page, Panel
from lmm.report.proof import sentences_identity
from lmm.report.reading import Reading
from lmm.report.render import render_page
from lmm.report.sections import build_page
from lmm.rows import to_records, write_csv
from lmm.study.analysis.contradictions import refuse_contradictions
from lmm.study.configuration.settings import Study
from lmm.study.configuration.written import entry_text
from lmm.study.publishing.history import earlier_versions

# A page carries so many of the groups that were left out; the table has them all.
MOST_INFLUENTIAL = 20


def write_report(
    study: Study,
    *,
    configuration: Path,
    analysis_path: Path,
    measurements_path: Path,
    history: Path,
    directory: Path,
) -> None:
    """Write ``report.html``, ``results.json``, ``tables/`` and ``figures/`` into the folder.

    ``history`` is the file of the versions published so far; it may be absent.
    """
    numbers = json.loads(analysis_path.read_text(encoding="utf-8"))
    earlier = earlier_versions(history, digest=numbers["provenance"]["data_sha256"])
    results = complete_results(study, numbers, configuration=configuration, earlier=earlier)
    text = json.dumps(results, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    compact = json.dumps(pack(results), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    canvas = Canvas(Reading(results), read_measurements(measurements_path))
    page = build_page(canvas, results=compact)
    directory.mkdir(parents=True, exist_ok=True)
    _write_figures(page, _empty(directory / "figures"))
    complete = {"influence": numbers["influence"], "quarantine": numbers["quarantine"]}
    _write_tables(results, complete, _empty(directory / "tables"))
    (directory / "results.json").write_text(text, encoding="utf-8")
    (directory / "report.html").write_text(render_page(page), encoding="utf-8")


def complete_results(
    study: Study,
    numbers: dict[str, Any],
    *,
    configuration: Path,
    earlier: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """The analysis with the study's words, derived numbers, changes since the ``earlier`` versions and findings."""
    slope = study.time.column if study.time else None
    # The rows that were set aside are for the people who keep the data: a table, not a result.
    kept = {name: part for name, part in numbers.items() if name != "quarantine"}
    results = {"schema": numbers["schema"], "study": identity(study), **kept}
    results["derived"] = derived_numbers(numbers, slope=slope)
    command = f"snakemake --cores 2 --configfile {configuration.as_posix()}"
    made = {"command": command, "settings": entry_text(study)}
    results["provenance"] = {**numbers["provenance"], **made}
    reading = Reading(results)
    results["influence"] = numbers["influence"][:MOST_INFLUENTIAL]
    previous = earlier[-1] if earlier else None
    results["changes"] = changes_since(reading, previous, earlier=earlier)
    said = findings(reading)
    results["findings"] = to_records(said)
    results["identities"] = [*numbers["identities"], sentences_identity(reading, said)]
    refuse_contradictions(results["identities"])
    results["headline"] = {
        **numbers["headline"],
        "sentence": results["findings"][0]["text"],
        "subject": subject(reading),
        "followed": to_records(followed_numbers(reading)),
    }
    return results


def identity(study: Study) -> dict[str, Any]:
    """The study's words: title, nouns, labels, units."""
    words = to_records(
        [
            {
                "name": study.name,
                "title": study.title,
                "synthetic": study.synthetic,
                "confidence": study.confidence,
                "outcome": study.outcome,
                "group": study.group,
                "also_grouped_by": list(study.also_grouped_by),
                "time": study.time,
                "covariates": [each.label or each.column for each in study.covariates],
                "design": study.design,
            }
        ]
    )
    return words[0]


def _empty(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _write_figures(page: Page, folder: Path) -> None:
    for panel in _panels(page):
        (folder / f"{panel.id}.svg").write_text(standalone(panel.svg), encoding="utf-8")


def _panels(page: Page) -> Iterator[Panel]:
    blocks = [block for section in page.sections for block in section.blocks]
    while blocks:
        block = blocks.pop(0)
        if isinstance(block, Figure):
            yield from block.panels
        elif isinstance(block, Fold):
            blocks.extend(block.blocks)


def _write_tables(
    results: dict[str, Any], complete: dict[str, list[dict[str, Any]]], folder: Path
) -> None:
    """Every table of the results as CSV, at full precision; the ``complete`` ones are shortened there."""
    tables = {
        "fixed_effects": _by_model(results, "fixed_effects"),
        "random_effects": _by_model(results, "random_effects"),
        "criteria": results["criteria"],
        "comparisons": results["comparisons"],
        "levels": results["shrinkage"]["levels"],
        "lines": results["shrinkage"]["lines"],
        "forecast": results["forecast"]["table"] if results["forecast"] else [],
        "bootstrap": results["bootstrap"]["intervals"],
        "exclusions": results["data"]["exclusions"],
        "group_sizes": results["data"]["group_sizes"],
        "checks": [_in_cells(row) for row in results["checks"]],
        "influence": [_in_cells(row) for row in complete["influence"]],
        "quarantine": complete["quarantine"],
    }
    for name, rows in tables.items():
        if rows:
            write_csv(rows, folder / f"{name}.csv")


def _by_model(results: dict[str, Any], part: str) -> list[dict[str, Any]]:
    return [
        {"model": name, **row} for name, model in results["models"].items() for row in model[part]
    ]


def _in_cells(row: Mapping[str, Any]) -> dict[str, Any]:
    """A record whose values are a cell each: names in one, a mapping's numbers in columns of their own."""
    flat: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, Mapping):
            flat |= {f"{name} {key}": number for key, number in value.items()}
        else:
            flat[name] = "; ".join(value) if isinstance(value, list) else value
    return flat

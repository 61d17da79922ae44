"""The configuration file: ``load_configuration(path)`` reads, validates and builds its values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from lmm.errors import ConfigurationError, choice_of
from lmm.study.configuration.clashes import clashes
from lmm.study.configuration.contract import contract_clashes, contract_of
from lmm.study.configuration.outcomes import Entry, scattered, scattering_faults
from lmm.study.configuration.schema import schema_problems
from lmm.study.configuration.settings import (
    Configuration,
    Covariate,
    GroupNoun,
    Period,
    Query,
    Source,
    Study,
    StudyDesign,
    Time,
    Variable,
)
from lmm.study.configuration.yaml_text import parse_yaml, read_configuration_text

T = TypeVar("T", Variable, Covariate)


def load_configuration(path: str | Path) -> Configuration:
    """Read and validate the file; ConfigurationError carries all faults, with line and key path."""
    path = Path(path)
    text = read_configuration_text(path)
    value = parse_yaml(text, where=str(path))
    if not isinstance(value, dict):
        raise ConfigurationError(
            "holds no settings",
            where=str(path),
            remedy='The least is "studies:" with one study below it.',
        )
    problems = schema_problems(value, text, where=str(path))
    if problems:
        raise ConfigurationError(problems)
    entries = dict(scattered(value["studies"]))
    studies = {name: _study(name, entry) for name, entry in entries.items()}
    faults = [
        *scattering_faults(value["studies"]),
        *(
            replace(fault, at=entries[study.name].path(fault.at))
            for study in studies.values()
            for fault in (*clashes(study), *contract_clashes(study))
        ),
    ]
    # What several studies share is said once.
    told = [fault.problem(text, where=str(path)) for fault in dict.fromkeys(faults)]
    if told:
        raise ConfigurationError(told)
    output = Path(value.get("output", "reports"))
    return Configuration(
        path=path,
        studies=studies,
        output=output,
        results=results_folder(output),
        **({"title": value["title"]} if "title" in value else {}),
    )


def get_study(configuration: Configuration, name: str) -> Study:
    """The study of that name; ConfigurationError names the nearest one where there is none."""
    if name not in configuration.studies:
        raise ConfigurationError(
            f"there is no study {name!r}",
            where=str(configuration.path),
            remedy=choice_of(name, configuration.studies, are="studies"),
        )
    return configuration.studies[name]


def results_folder(output: Path) -> Path:
    """The folder of results that belongs to an output folder: ``reports/x`` has ``results/x``."""
    parts = [part.replace("..", "up") for part in output.parts if part not in (output.anchor, ".")]
    return Path("results", *(parts[1:] if parts[:1] == ["reports"] else parts))


def _study(name: str, scattered_entry: Entry) -> Study:
    entry = scattered_entry.settings
    derived = entry.get("derived", {})
    simple = {key: entry[key] for key in ("synthetic", "confidence", "seed") if key in entry}
    return Study(
        name=name,
        title=entry.get("title") or name,
        family=scattered_entry.family,
        source=_source(entry["data"]),
        outcome=_labelled(Variable, entry["outcome"]),
        group=_group(entry["group"]),
        also_grouped_by=tuple(_group(each) for each in entry.get("also_grouped_by", ())),
        time=_time(entry["time"], derived) if entry.get("time") else None,
        covariates=tuple(_labelled(Covariate, item) for item in entry.get("covariates", ())),
        missing_codes={
            column: tuple(codes) if isinstance(codes, list) else (codes,)
            for column, codes in entry.get("missing_codes", {}).items()
        },
        derived=derived,
        models=entry.get("models", {}),
        design=StudyDesign(**entry.get("design", {})),
        contract=contract_of(entry["contract"]) if entry.get("contract") else None,
        written=entry,
        **simple,
    )


def _group(entry: Mapping[str, Any]) -> GroupNoun:
    if not entry.get("within"):
        return GroupNoun(**entry)
    made = {"inner": entry["column"], "column": f"{entry['within']}:{entry['column']}"}
    return GroupNoun(**{**entry, **made})


def _source(entry: Mapping[str, Any]) -> Source:
    if "file" in entry:
        file = Path(entry["file"])
        return Source(**{"file_name": file.name, **entry, "file": file})
    if "folder" in entry:
        folder = Path(entry["folder"])
        return Source(**{"file_name": folder.name, **entry, "folder": folder})
    if "sql" in entry:
        return Source(**{"file_name": "query.csv", **entry, "sql": Query(**entry["sql"])})
    last = PurePosixPath(unquote(urlsplit(entry["url"]).path)).name
    sha256 = entry.get("sha256", "").lower()
    return Source(**{"file_name": last or "data.csv", **entry, "sha256": sha256})


def _labelled(kind: type[T], entry: Mapping[str, Any]) -> T:
    return kind(**{**entry, "label": entry.get("label") or entry["column"]})


def _time(entry: Mapping[str, Any], derived: Mapping[str, Any]) -> Time:
    """The time entry, filled in from its unit and from the derived column it may name."""
    made_from = derived.get(entry["column"])
    is_centred = isinstance(made_from, Mapping)
    centre = made_from.get("centre", 0.0) / made_from.get("scale", 1.0) if is_centred else 0.0
    unit = entry.get("unit", "")
    filled = {
        "origin": centre,
        **entry,
        "label": entry.get("label") or entry["column"],
        "units": entry.get("units") or (f"{unit}s" if unit else ""),
        "per": Period(**entry["per"]) if entry.get("per") else None,
    }
    return Time(**filled)

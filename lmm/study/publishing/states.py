"""The state of each study after a run: is its report up to date, and if not, why not."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lmm.report.formatting import day
from lmm.report.rows_changed import counted
from lmm.study.analysis.contradictions import OPENING
from lmm.study.configuration.settings import Configuration, Study
from lmm.study.publishing.places import places
from lmm.study.sources.inputs import data_digest

OK, FAILED, STALE = "ok", "failed", "stale"
MAX_LINES = 12
_LITTLE_ROOM = 10_000_000
_TRACEBACK = "Traceback (most recent call last)"
_PROGRAM = "The program itself failed"
_REFUSED_BY_SYSTEM = re.compile(r"^\w*Error: \[Errno \d+\] (?P<reason>.+)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyState:
    """``state`` is ok, failed (no report to show) or stale (an earlier report is shown).

    ``data_digest`` belongs to the data of the report that is shown, ``report_time`` says when that
    was published; both '' where none is. ``time`` is when the state was found. Times are UTC.
    """

    state: str
    message: str = ""
    data_digest: str = ""
    time: str = ""
    report_time: str = ""


def fault(configuration: Configuration, study: Study) -> str:
    """Why the study has no up-to-date report, in a reader's words; '' where it has one."""
    at = places(configuration, study.name)
    for rule in ("analyse", "report"):
        if not all(path.exists() for path in at.made(rule)):
            return log_message(at.log(rule))
    made_from = read_results(at.report).get("provenance", {}).get("data_sha256", "")
    if made_from and made_from != data_digest(study.source):
        return "The data have changed, and the run ended before this study's report was made again."
    return ""


def is_defect(state: StudyState) -> bool:
    """Whether a study failed by a defect of ours, and neither by its data nor by its settings."""
    return state.message.startswith((_PROGRAM, OPENING))


def log_message(log: Path) -> str:
    """What a job's log says went wrong: its first lines, but never a traceback."""
    try:
        text = log.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        text = ""
    if _TRACEBACK in text:
        last = text.splitlines()[-1]
        if last == "KeyboardInterrupt":
            return "The run was stopped before this study's report was made."
        if refused := _REFUSED_BY_SYSTEM.search(last):
            return f"The system refused to read or write a file: {refused['reason']}."
        return f"{_PROGRAM} ({last}). Details are in {log}."
    lines = text.splitlines()
    if len(lines) > MAX_LINES:
        lines = [*lines[:MAX_LINES], f"… (the rest is in {log})"]
    return "\n".join(lines) or f"The run ended before this study's report was made{_room(log)}."


def _room(log: Path) -> str:
    """What a job could not say, for on a full disk there was no room for its log either."""
    free = shutil.disk_usage(log.parent).free if log.parent.is_dir() else _LITTLE_ROOM
    return (
        f": the disk is full, or nearly ({free / 1e6:.1f} MB left)" if free < _LITTLE_ROOM else ""
    )


def read_results(report: Path) -> dict[str, Any]:
    """The results beside the page in the folder ``report``; empty where there are none."""
    return _read_object(report / "results.json")


def headline(report: Path) -> dict[str, Any]:
    """The headline of the results: a ``sentence`` and the numbers in it."""
    return _headline(read_results(report))


def kept_headline(report: Path) -> dict[str, Any]:
    """What the history keeps of a version: its headline, and how many ``rows`` each group has."""
    results = read_results(report)
    return {**_headline(results), "rows": counted(results)}


def _headline(results: dict[str, Any]) -> dict[str, Any]:
    found = results.get("headline", {})
    return found if isinstance(found, dict) else {}


def read_states(path: Path) -> dict[str, StudyState]:
    """The states in a status file; a file that is missing or broken counts as empty."""
    names = StudyState.__dataclass_fields__
    return {
        study: StudyState(**{key: str(text) for key, text in entry.items() if key in names})
        for study, entry in _read_object(path).items()
        if isinstance(entry, dict) and "state" in entry
    }


def states_text(states: dict[str, StudyState]) -> str:
    """The status file's JSON."""
    entries = {study: asdict(state) for study, state in states.items()}
    return json.dumps(entries, indent=2, ensure_ascii=False) + "\n"


def state_text(state: StudyState) -> str:
    """The state as a reader of the index sees it."""
    if state.state == OK:
        return "Up to date"
    if state.state == STALE:
        when = f" of {day(state.report_time)}" if state.report_time else ""
        return f"Failed; the last good report{when} is shown"
    return "Failed; there is no report yet"


def _read_object(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}

"""Bringing finished reports to their readers, in a way that never takes a good report away.

``publish`` follows every run, good or bad: a study that is complete replaces what is shown of it,
file by file and whole; one that failed leaves its last good report as it is, byte for byte.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from lmm.report.formatting import TIME_FORMAT
from lmm.study.configuration.settings import Configuration, Study
from lmm.study.files import same_bytes, visible_files, write_whole
from lmm.study.publishing.history import append_version
from lmm.study.publishing.places import (
    REPORT_FILES,
    REPORT_FOLDERS,
    StudyPlaces,
    index_file,
    places,
    status_file,
)
from lmm.study.publishing.states import (
    FAILED,
    OK,
    STALE,
    StudyState,
    fault,
    kept_headline,
    read_states,
    state_text,
    states_text,
)
from lmm.study.sources.inputs import data_digest


def publish(configuration: Configuration, *, now: datetime | None = None) -> dict[str, StudyState]:
    """Copy what is complete, then write ``status.json`` and ``index.html``; the state by study."""
    time = (now or datetime.now(UTC)).strftime(TIME_FORMAT)
    before = read_states(status_file(configuration))
    states = {
        name: _publish_study(configuration, study, before.get(name, StudyState(state=FAILED)), time)
        for name, study in configuration.studies.items()
    }
    # The page needs the templates; reading a configuration should not load them.
    from lmm.study.publishing.index import index_page

    write_whole(index_file(configuration), index_page(configuration, states).encode())
    # Last, for it is the sign that all else was written.
    write_whole(status_file(configuration), states_text(states).encode())
    for name in configuration.studies:
        places(configuration, name).unfinished.unlink(missing_ok=True)
    return states


def is_pending(configuration: Configuration) -> bool:
    """Whether something finished is not yet shown, or a run was interrupted while it published, or
    the states are not those of these studies as they are now.
    """
    listed = read_states(status_file(configuration))
    if list(listed) != list(configuration.studies) or not index_file(configuration).exists():
        return True
    for name, study in configuration.studies.items():
        at = places(configuration, name)
        if at.unfinished.exists() or _is_unpublished(at):
            return True
        if listed[name].state != OK and not fault(configuration, study):
            return True
    return False


def outcome_text(configuration: Configuration, states: dict[str, StudyState]) -> str:
    """What to tell the person who started the run: each study that failed, and where to look."""
    lines = []
    for name, state in states.items():
        if state.state != OK:
            message = state.message.replace("\n", "\n  ")
            lines.append(f"{name}: {state_text(state)}\n  {message}")
    return "\n".join([*lines, f"Reports: {index_file(configuration)}"])


def _publish_study(
    configuration: Configuration, study: Study, before: StudyState, time: str
) -> StudyState:
    at = places(configuration, study.name)
    if message := fault(configuration, study):
        shown = (at.published / "report.html").is_file()
        return StudyState(
            state=STALE if shown else FAILED,
            message=message,
            data_digest=before.data_digest if shown else "",
            time=time,
            report_time=before.report_time if shown else "",
        )
    # What an interrupted run already copied is new to its readers all the same.
    changed = at.unfinished.exists() or _is_unpublished(at)
    if changed:
        at.unfinished.touch()
    _copy(at)
    digest = data_digest(study.source)
    append_version(at.history, digest=digest, time=time, headline=kept_headline(at.report))
    return StudyState(
        state=OK,
        data_digest=digest,
        time=time,
        report_time=time if changed else before.report_time or time,
    )


def _copy(at: StudyPlaces) -> None:
    """Replace the published files that differ and drop those no longer made."""
    made = visible_files(at.report)
    changed = [path for path in made if not same_bytes(at.report / path, at.published / path)]
    # The page comes last: whoever sees the new one finds its results and tables in place.
    for path in sorted(changed, key=_rank):
        write_whole(at.published / path, (at.report / path).read_bytes())
    for folder in REPORT_FOLDERS:
        for path in visible_files(at.published / folder):
            if folder / path not in made:
                (at.published / folder / path).unlink()


def _rank(path: Path) -> int:
    return REPORT_FILES.index(path.name) if path.name in REPORT_FILES else -1


def _is_unpublished(at: StudyPlaces) -> bool:
    complete = all(path.exists() for path in (*at.made("analyse"), *at.made("report")))
    made = visible_files(at.report) if complete else ()
    return any(not same_bytes(at.report / path, at.published / path) for path in made)

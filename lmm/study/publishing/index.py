"""The page that lists all studies of a configuration, with the state of each."""

from __future__ import annotations

from collections.abc import Mapping

from lmm.report.formatting import day
from lmm.report.overview import IndexEntry, IndexPage
from lmm.report.render import render_index
from lmm.study.configuration.settings import Configuration, Study
from lmm.study.publishing.history import read_history
from lmm.study.publishing.places import StudyPlaces, places
from lmm.study.publishing.states import StudyState, headline, read_results, state_text
from lmm.study.publishing.trail import trail


def index_page(configuration: Configuration, states: Mapping[str, StudyState]) -> str:
    """The HTML of the page."""
    studies = [configuration.studies[name] for name in states]
    before = [None, *(study.family for study in studies)]
    entries = tuple(
        _entry(configuration, study, states[study.name], is_first=study.family != last)
        for study, last in zip(studies, before, strict=False)
    )
    count = f"{len(entries)} {'study' if len(entries) == 1 else 'studies'}"
    return render_index(IndexPage(title=configuration.title, entries=entries, footer=count))


def _entry(
    configuration: Configuration, study: Study, state: StudyState, *, is_first: bool
) -> IndexEntry:
    at = places(configuration, study.name)
    shown = (at.published / "report.html").is_file()
    seen = trail(read_history(at.history)) if shown else None
    return IndexEntry(
        study=study.name,
        family=study.family or "",
        heading=(study.family or "") if is_first else "",
        title=_first_large(study.outcome.label) if study.family else study.title,
        href=f"{study.name}/report.html" if shown else "",
        state=state.state,
        state_text=state_text(state),
        headline=str(headline(at.published).get("sentence", "")) if shown else "",
        made_on=day(state.report_time),
        message=state.message,
        notice=study.synthetic or "",
        changed=_changed(at) if shown else "",
        spark=seen.svg if seen else "",
        spark_label=seen.label if seen else "",
        spark_alt=seen.alt if seen else "",
    )


def _first_large(text: str) -> str:
    return text[:1].upper() + text[1:]


def _changed(at: StudyPlaces) -> str:
    """What the published report says of the last change of the data; nothing of a first report."""
    results = read_results(at.published)
    if not results.get("changes"):
        return ""
    return next((f["text"] for f in results.get("findings", []) if f["id"] == "changes"), "")

"""The page that lists all studies of a configuration, with the state of each."""

from __future__ import annotations

from collections.abc import Mapping

from lmm.report.formatting import day
from lmm.report.page import IndexEntry, IndexPage
from lmm.report.render import render_index
from lmm.study.places import places
from lmm.study.settings import Configuration, Study
from lmm.study.states import StudyState, headline, state_text


def index_page(configuration: Configuration, states: Mapping[str, StudyState]) -> str:
    """The HTML of the page."""
    entries = tuple(
        _entry(configuration, configuration.studies[name], state) for name, state in states.items()
    )
    count = f"{len(entries)} {'study' if len(entries) == 1 else 'studies'}"
    return render_index(IndexPage(title=configuration.title, entries=entries, footer=count))


def _entry(configuration: Configuration, study: Study, state: StudyState) -> IndexEntry:
    at = places(configuration, study.name)
    shown = (at.published / "report.html").is_file()
    return IndexEntry(
        study=study.name,
        title=study.title,
        href=f"{study.name}/report.html" if shown else "",
        state=state.state,
        state_text=state_text(state),
        headline=str(headline(at.published).get("sentence", "")) if shown else "",
        made_on=day(state.report_time),
        message=state.message,
        notice=study.synthetic or "",
    )

"""What to tell the person at the terminal once a run has ended: every study, its answer, its page."""

from __future__ import annotations

from collections.abc import Mapping

from lmm.study.configuration.settings import Configuration
from lmm.study.publishing.places import index_file, places
from lmm.study.publishing.states import OK, StudyState, headline, state_text

_INDENT = "\n  "


def run_summary(
    configuration: Configuration,
    states: Mapping[str, StudyState],
    *,
    only_failures: bool = False,
) -> str:
    """A paragraph per study: its state, the headline of the report that is shown, where that is."""
    listed = {
        name: state for name, state in states.items() if not (only_failures and state.state == OK)
    }
    paragraphs = [_paragraph(configuration, name, state) for name, state in listed.items()]
    if only_failures and not paragraphs:
        return ""
    return "\n".join([*paragraphs, f"All studies: {index_file(configuration)}"])


def _paragraph(configuration: Configuration, name: str, state: StudyState) -> str:
    lines = [f"{name}: {state_text(state)}", *state.message.splitlines()]
    at = places(configuration, name)
    page = at.published / "report.html"
    if page.is_file():
        lines += filter(None, [str(headline(at.published).get("sentence", "")), str(page)])
    return _INDENT.join(lines)

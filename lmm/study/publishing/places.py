"""Where a run leaves its files: one value per study."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lmm.study.configuration.settings import Configuration

REPORT_FILES = ("results.json", "report.html")
REPORT_FOLDERS = ("tables", "figures")


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyPlaces:
    """Files of one study: made by the jobs in ``results``, shown to readers in ``published``."""

    results: Path
    published: Path

    @property
    def analysis(self) -> Path:
        """All numbers (JSON)."""
        return self.results / "analysis.json"

    @property
    def measurements(self) -> Path:
        """The rows that were used (JSON), for the figures."""
        return self.results / "measurements.json"

    @property
    def report(self) -> Path:
        """The folder in which the report is made."""
        return self.results / "report"

    @property
    def unfinished(self) -> Path:
        """There while the report is being brought to its readers, and after that was cut short."""
        return self.results / ".unfinished"

    @property
    def history(self) -> Path:
        """One JSON line per version of the data that was published."""
        return self.published / "history.jsonl"

    def log(self, rule: str) -> Path:
        """What the job of that rule said."""
        return self.results / "logs" / f"{rule}.log"

    def made(self, rule: str) -> tuple[Path, ...]:
        """The outputs of a rule, ``analyse`` or ``report``."""
        if rule == "analyse":
            return self.analysis, self.measurements
        return tuple(self.report / name for name in (*REPORT_FILES, *REPORT_FOLDERS))


def places(configuration: Configuration, study: str) -> StudyPlaces:
    """The places of the study of that name."""
    return StudyPlaces(
        results=configuration.results / study, published=configuration.output / study
    )


def status_file(configuration: Configuration) -> Path:
    """The state of all studies, for a monitor."""
    return configuration.output / "status.json"


def index_file(configuration: Configuration) -> Path:
    """The page that lists all studies."""
    return configuration.output / "index.html"

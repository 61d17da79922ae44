"""Whole results of small simulated studies, each made once."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from lmm.report.figures.canvas import Canvas, read_measurements
from lmm.report.reading import Reading
from lmm.study.analysis.analyse import write_analysis
from lmm.study.publishing.reporting import complete_results
from tests.text.studies import study


@pytest.fixture(scope="session")
def canvas(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Canvas]:
    """``canvas("rising")``: what the sections of that study's page are made from."""

    @cache
    def make(case: str) -> Canvas:
        folder = tmp_path_factory.mktemp(case)
        made = study(case, folder)
        analysis, rows = folder / "analysis.json", folder / "measurements.json"
        write_analysis(made, analysis_path=analysis, measurements_path=rows)
        numbers: dict[str, Any] = json.loads(analysis.read_text(encoding="utf-8"))
        results = complete_results(made, numbers, configuration=Path("config.yaml"))
        return Canvas(Reading(results), read_measurements(rows))

    return make

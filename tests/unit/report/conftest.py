"""Whole results of small simulated studies, each made once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from lmm.report.figures.canvas import Canvas
from tests.text import made


@pytest.fixture(scope="session")
def canvas(shared_folder: Path) -> Callable[[str], Canvas]:
    """``canvas("rising")``: what the sections of that study's page are made from."""

    return cache(lambda case: made.canvas(case, shared_folder))

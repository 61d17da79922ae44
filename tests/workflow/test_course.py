"""The course's own studies, where they can be had."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import CHECKOUT, Project

pytestmark = [pytest.mark.workflow, pytest.mark.slow]

COURSE = CHECKOUT / "config" / "course.yaml"


@pytest.fixture
def course(project: Project, course_data: Callable[[str], Path]) -> Project:
    for name in ("Nepal.csv", "pig.csv"):
        course_data(name)
    (project.folder / "config").mkdir()
    shutil.copy(COURSE, project.folder / "config")
    return project


def test_the_course_studies_run_beside_the_default_ones(course: Project):
    shared = {
        "index.html",
        "status.json",
    }  # these list the studies of the configuration that ran last
    mine = {
        name: bytes_
        for name, bytes_ in course.snapshot("reports").items()
        if Path(name).name not in shared
    }
    run = course.run("--configfile", "config/course.yaml")
    assert run.code == 0, run.output
    after = course.snapshot("reports")
    assert {name: after[name] for name in mine} == mine
    models = json.loads(after["reports/nepal_course/results.json"])["models"]
    # Slide 18 of the course: the children and visits that are left once the codes are gone.
    assert models["random_intercept"]["n_obs"] == 882
    assert models["random_intercept"]["n_groups"] == {"id": 197}

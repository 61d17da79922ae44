"""Several outcomes in one entry: a study of each, and what they cannot share."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lmm.errors import ConfigurationError
from lmm.study.checking import check_configuration
from lmm.study.configuration.load import load_configuration
from lmm.study.provenance import analysis_settings
from lmm.study.publishing.index import index_page
from lmm.study.publishing.places import places
from lmm.study.publishing.publish import publish

CHILDREN = """\
title: All
studies:
  pupils:
    data: {file: data/pupils.csv}
    outcome: {column: score}
    group: {column: pupil}
  nepal:
    title: Children
    data: {file: data/nepal.csv}
    outcomes: [arm, {column: Wt (kg), label: weight, unit: kg}]
    group: {column: id}
    time: {column: age}
    models:
      literacy: "arm ~ age + lit + (1 | id)"
      boys: "`Wt (kg)` ~ age + sex + (1 | id)"
"""


def load(text: str, folder: Path):
    path = folder / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return load_configuration(path)


def faults(text: str, folder: Path) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        load(text, folder)
    return [str(problem).removeprefix(f"{folder}/") for problem in caught.value.problems]


def test_each_outcome_becomes_a_study_with_its_own_models(tmp_path):
    studies = load(CHILDREN, tmp_path).studies
    assert list(studies) == ["pupils", "nepal-arm", "nepal-wt_kg"]
    arm, weight = studies["nepal-arm"], studies["nepal-wt_kg"]
    assert (arm.title, weight.title) == ("Children: arm", "Children: weight")
    assert (arm.outcome.column, weight.outcome.column) == ("arm", "Wt (kg)")
    assert (arm.outcome.unit, weight.outcome.unit) == ("", "kg")
    assert (list(arm.models), list(weight.models)) == (["literacy"], ["boys"])
    assert arm.source == weight.source
    assert arm.time == weight.time
    assert [study.family for study in studies.values()] == [None, "Children", "Children"]


def test_an_entry_of_its_own_gives_the_same_numbers(tmp_path):
    scattered = load(CHILDREN, tmp_path).studies["nepal-arm"]
    alone = CHILDREN.replace("  nepal:", "  nepal-arm:").replace(
        "outcomes: [arm, {column: Wt (kg), label: weight, unit: kg}]", "outcome: {column: arm}"
    )
    alone = re.sub(r"      boys: .*\n", "", alone)
    study = load(alone, tmp_path).studies["nepal-arm"]
    assert analysis_settings(scattered) == analysis_settings(study)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "outcomes: [arm,",
            "outcomes: [arm, arm,",
            "line 10, studies.nepal.outcomes[1]: there already is a study 'nepal-arm'",
        ),
        (
            "  pupils:",
            "  nepal-arm:",
            "line 10, studies.nepal.outcomes[0]: there already is a study 'nepal-arm'",
        ),
        (
            "outcomes: [arm,",
            "outcomes: [arm, age,",
            "line 12, studies.nepal.time.column: column 'age' is already the outcome",
        ),
        (
            'literacy: "arm',
            'literacy: "arn',
            "line 14, studies.nepal.models.literacy: explains arn, which is none of the outcomes\n"
            "  Did you mean 'arm'? The outcomes are: arm, Wt (kg).",
        ),
        (
            "    time: {column: age}",
            "    time: {column: age}\n    design: {smallest_difference: 1}",
            "line 13, studies.nepal.design.smallest_difference: is in the unit of one outcome",
        ),
        (
            "outcome: {column: score}",
            "outcome: {column: score}\n    outcomes: [score]",
            'line 3, studies.pupils: the setting "outcome" is missing',
        ),
        (
            "outcome: {column: score}",
            "seed: 3",
            'line 3, studies.pupils: the setting "outcome" is missing',
        ),
        (
            "outcome: {column: score}",
            "outcomes: []",
            "line 5, studies.pupils.outcomes: should hold at least one entry",
        ),
        (
            "outcome: {column: score}",
            "outcomes: [{label: score}]",
            "line 5, studies.pupils.outcomes[0]: the setting 'column' is missing",
        ),
        (
            "outcome: {column: score}",
            "outcomes: [7]",
            "line 5, studies.pupils.outcomes[0]: should be a mapping (key: value) or text, not 7",
        ),
    ],
)
def test_what_several_outcomes_cannot_share_is_said_once(tmp_path, old, new, expected):
    assert old in CHILDREN
    found = faults(CHILDREN.replace(old, new, 1), tmp_path)
    assert len(found) == 1
    assert found[0].startswith(f"config.yaml, {expected}")


def test_the_check_looks_at_every_outcome(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("data").mkdir()
    Path("data/pupils.csv").write_text("pupil,score\n" + "1,2\n1,3\n2,4\n2,5\n" * 3)
    rows = "".join(f"{child},{age},{age}\n" for child in (1, 2, 3) for age in range(4))
    Path("data/nepal.csv").write_text("id,age,arm\n" + rows)
    Path("config.yaml").write_text(CHILDREN)
    places_of_faults = {
        problem.where.partition(",")[0] for problem in check_configuration("config.yaml")
    }
    assert any(place.startswith("studies.nepal-wt_kg") for place in places_of_faults)


def test_the_index_lists_them_under_the_title_of_their_entry(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    configuration = load(CHILDREN, Path())
    states = publish(configuration, now=datetime(2026, 5, 4, tzinfo=UTC))
    page = index_page(configuration, states)
    headings = re.findall(r"<(h\d)[^>]*>(?:<a[^>]*>)?([^<]+)", page)
    assert headings == [
        ("h1", "All"),
        ("h2", "pupils"),
        ("h2", "Children"),
        ("h3", "Arm"),
        ("h3", "Weight"),
    ]
    assert places(configuration, "nepal-arm").published == Path("reports/nepal-arm")

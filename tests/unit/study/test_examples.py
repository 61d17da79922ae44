"""The examples: three public studies, each of its kind, with the files of the reference tables, byte for byte."""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from lmm.study.analysis.analyse import write_analysis
from lmm.study.configuration.load import load_configuration
from lmm.study.publishing.reporting import write_report
from tests.unit.study.published import published

EXAMPLES = Path(__file__).resolve().parents[3] / "config" / "examples.yaml"
Made = tuple[dict[str, Any], str]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Made]:
    """The results and the page of an example, its file where a download would have put it; made once."""
    folder = tmp_path_factory.mktemp("examples")
    studies = load_configuration(EXAMPLES).studies

    @cache
    def make(name: str) -> Made:
        study, at = studies[name], folder / name
        content = published(name)
        assert hashlib.sha256(content).hexdigest() == study.source.sha256
        at.mkdir()
        (at / study.source.file_name).write_bytes(content)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("LMM_CACHE_DIR", str(at))
            write_analysis(study, analysis_path=at / "a.json", measurements_path=at / "m.json")
            write_report(
                study,
                configuration=Path("config/examples.yaml"),
                analysis_path=at / "a.json",
                measurements_path=at / "m.json",
                history=at / "history.jsonl",
                directory=at / "report",
            )
        results = json.loads((at / "report" / "results.json").read_text(encoding="utf-8"))
        return results, (at / "report" / "report.html").read_text(encoding="utf-8")

    return make


def test_plots_are_varieties_in_blocks(made) -> None:
    """Yates 1935: the plots' and blocks' mean squares are 601.3 and 3175; F of blocks on plot means."""
    numbers, _ = made("oats")
    assert numbers["data"]["groups_used"] == 18
    assert numbers["factors"]["lies"][0]["relation"] == "within"
    (block,) = [
        test
        for test in numbers["boundary"]["level of Block"]["tests"]
        if test["method"] == "means_f"
    ]
    assert block["statistic"] == pytest.approx(3175.06 / 601.33, rel=1e-4)
    assert (numbers["models"]["random_intercept"]["n_groups"]) == {"Block:Variety": 18, "Block": 6}


def test_plates_and_samples_cross(made) -> None:
    numbers, _ = made("penicillin")
    assert numbers["factors"]["lies"][0]["relation"] == "crossed"
    shares = {
        row["group"]: row["share"] for row in numbers["factors"]["shares"]["random_intercept"]
    }
    # lme4: SDs 0.84671, 1.93157 and 0.54992
    whole = 0.84671**2 + 1.93157**2 + 0.54992**2
    assert shares["sample"] == pytest.approx(1.93157**2 / whole, rel=1e-4)
    assert shares["plate"] == pytest.approx(0.84671**2 / whole, rel=1e-4)
    assert sum(shares.values()) == pytest.approx(1.0)


def test_the_first_is_of_one_factor_with_slopes(made) -> None:
    numbers, _ = made("sleep")
    assert numbers["used"] == "random_slope"
    assert numbers["models"]["random_slope"]["criterion"] == pytest.approx(1743.6283, abs=1e-3)


WITH_TIME = (
    "answer data models shrinkage differences comparison checks changes checklist provenance groups"
)
WITHOUT = "answer data models shrinkage checks changes checklist provenance groups"


@pytest.mark.parametrize(
    ("name", "sections", "words"),
    [
        ("sleep", WITH_TIME, ["18 people", "ms a day"]),
        ("oats", WITH_TIME, ["18 plots", "6 blocks", "no nitrogen"]),
        ("penicillin", WITHOUT, ["24 plates", "6 samples", "mm"]),
    ],
)
def test_each_has_its_report(made, name, sections, words) -> None:
    results, page = made(name)
    assert re.findall(r'<section[^>]* id="(\w+)"', page) == sections.split()
    page = re.sub(r"\s+", " ", page)
    assert html.escape(re.sub(r"\s+", " ", results["headline"]["sentence"])) in page
    text = re.sub(r"<(script|style|svg).*?</\1>|<[^>]+>", " ", page)
    for said in (*words, html.escape(results["study"]["title"])):
        assert said in text
    assert not re.search(r"\b(nan|inf|undefined|None(?! of))\b", text)

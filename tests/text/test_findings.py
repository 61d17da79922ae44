"""Every sentence that makes a claim: its wording in each case, and the proof of its numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from lmm.report.reading import Reading
from tests.text.studies import CASES, results

SNAPSHOTS = Path(__file__).with_name("snapshots")
# A number with its decimals and, before it, a minus sign that no letter or digit precedes.
NUMBER = re.compile(r"(?<![\w.])[\u2212-]?\d[\d\u202f]*(?:\.\d+)?")
# Words with a numeral that are no results: the log-likelihood's factor, names of groups.
NO_RESULTS = re.compile(r"−2 log-likelihood|[Pp]upil p\d+|pupils p\d+")


@pytest.fixture(scope="module", params=sorted(CASES))
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Mapping[str, Any]]:
    return request.param, results(request.param, tmp_path_factory.mktemp(request.param))


def test_wording(case: tuple[str, Mapping[str, Any]]) -> None:
    """The sentences as they were read and approved; a change of wording changes this file."""
    name, numbers = case
    said = "\n".join(f"{finding['id']}: {finding['text']}" for finding in numbers["findings"]) + "\n"
    assert said == (SNAPSHOTS / f"{name}.txt").read_text(encoding="utf-8")


def test_every_number_is_in_the_results(case: tuple[str, Mapping[str, Any]]) -> None:
    """Each number of a sentence has its evidence, and each evidence is the rounding of a result."""
    reading = Reading(case[1])
    for finding in case[1]["findings"]:
        shown = [evidence["shown"] for evidence in finding["evidence"]]
        for evidence in finding["evidence"]:
            value = reading.at(evidence["pointer"]) * evidence["factor"]
            told = _number(evidence["shown"])
            decimals = len(evidence["shown"].partition(".")[2])
            if "less than" in finding["text"] or "<" in finding["text"]:
                assert value <= told or abs(value - told) <= 0.5000001 * 10.0**-decimals
            else:
                assert abs(value - told) <= 0.5000001 * 10.0**-decimals, (finding["id"], evidence)
        said = NO_RESULTS.sub("", finding["text"])
        if reading.origin:  # where levels are compared: the configured origin, itself in the results
            said = re.sub(re.escape(reading.origin), "", said, flags=re.IGNORECASE)
        for number in NUMBER.findall(said):
            assert number.lstrip("\u2212-") in {each.lstrip("\u2212-+") for each in shown}, (finding["text"], number)


def test_signs_agree(case: tuple[str, Mapping[str, Any]]) -> None:
    """A negative result is shown with a true minus, or as a size beside a word that gives its direction."""
    reading = Reading(case[1])
    for finding in case[1]["findings"]:
        for evidence in finding["evidence"]:
            value = reading.at(evidence["pointer"]) * evidence["factor"]
            if evidence["shown"].startswith("\u2212"):
                assert value < 0
            assert "-" not in evidence["shown"]


def _number(text: str) -> float:
    return float(text.replace("\u2212", "-").replace("\u202f", "").lstrip("+<"))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("rising", "rises by"),
        ("falling", "falls by"),
        ("unsettled", "do not settle whether"),
        ("no_differences", "no lasting differences"),
        ("unclear_differences", "not settled"),
        ("without_time", "The average reading score is"),
    ],
)
def test_the_lead_says_what_is_true(name: str, words: str, tmp_path: Path) -> None:
    """The simulated truth decides the lead's words."""
    lead = results(name, tmp_path)["findings"][0]
    assert words in lead["text"]

"""Every sentence that makes a claim: its wording in each case, and the proof of its numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from lmm.report.reading import Reading
from tests.text.made import results
from tests.text.studies import CASES
from tests.told import PATTERN, last_digit, told

SNAPSHOTS = Path(__file__).with_name("snapshots")
# A number with its decimals and, before it, a minus sign that no letter or digit precedes.
NUMBER = re.compile(rf"(?<![\w.])[\u2212-]?{PATTERN}")
# Words with a numeral that are no results: the log-likelihood's factor, names of groups.
NO_RESULTS = re.compile(
    r"−2 log-likelihood|[Pp]upil (s\d+:)?p\d+|pupils p\d+|\(2 against 1\)|<script>.*?</script>"
)


@pytest.fixture(scope="module", params=sorted(CASES))
def case(request: pytest.FixtureRequest, shared_folder: Path) -> tuple[str, Mapping[str, Any]]:
    return request.param, results(request.param, shared_folder)


def test_wording(case: tuple[str, Mapping[str, Any]]) -> None:
    """The sentences as they were read and approved; a change of wording changes this file."""
    name, numbers = case
    said = (
        "\n".join(f"{finding['id']}: {finding['text']}" for finding in numbers["findings"]) + "\n"
    )
    assert said == (SNAPSHOTS / f"{name}.txt").read_text(encoding="utf-8")


def test_every_number_is_in_the_results(case: tuple[str, Mapping[str, Any]]) -> None:
    """Each number of a sentence has its evidence, and each evidence is the rounding of a result."""
    reading = Reading(case[1])
    for finding in case[1]["findings"]:
        shown = [evidence["shown"] for evidence in finding["evidence"]]
        for evidence in finding["evidence"]:
            value = reading.at(evidence["pointer"]) * evidence["factor"]
            shown_value = told(evidence["shown"])
            is_close = abs(value - shown_value) <= 0.5000001 * last_digit(evidence["shown"])
            if (
                f"less than {evidence['shown']}%" in finding["text"]
                or f"<\u00a0{evidence['shown']}" in finding["text"]
            ):
                assert is_close or 0 < value < shown_value
            elif f"more than {evidence['shown']}%" in finding["text"]:
                assert is_close or shown_value < value < 100
            else:
                assert is_close, (finding["id"], evidence)
        said = NO_RESULTS.sub("", finding["text"])
        if (
            reading.origin
        ):  # where levels are compared: the configured origin, itself in the results
            said = re.sub(re.escape(reading.origin), "", said, flags=re.IGNORECASE)
        for number in NUMBER.findall(said):
            assert number.lstrip("\u2212-") in {each.lstrip("\u2212-+") for each in shown}, (
                finding["text"],
                number,
            )


def test_no_name_is_told_as_a_formula_has_it(case: tuple[str, Mapping[str, Any]]) -> None:
    """No ``C(sex)[T.2]``, and nothing in backticks."""
    for finding in case[1]["findings"]:
        for mark in ("[T.", "C(", "`", "I("):
            assert mark not in finding["text"], finding["text"]


def test_signs_agree(case: tuple[str, Mapping[str, Any]]) -> None:
    """A negative result is shown with a true minus, or as a size beside a word that gives its direction."""
    reading = Reading(case[1])
    for finding in case[1]["findings"]:
        for evidence in finding["evidence"]:
            value = reading.at(evidence["pointer"]) * evidence["factor"]
            if evidence["shown"].startswith("\u2212"):
                assert value < 0
            assert "-" not in evidence["shown"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("rising", "rises by"),
        ("falling", "falls by"),
        ("unsettled", "do not settle whether"),
        ("no_differences", "no lasting differences"),
        ("unclear_differences", "not settled"),
        ("without_time", "The average reading score is"),
        ("stopped", "There is no answer yet"),
    ],
)
def test_the_lead_says_what_is_true(name: str, words: str, shared_folder: Path) -> None:
    """The simulated truth decides the lead's words."""
    lead = results(name, shared_folder)["findings"][0]
    assert words in lead["text"]


def test_a_configured_level_is_told_as_it_was_set(shared_folder: Path) -> None:
    """99.75% is neither 100% nor "more than 99%"."""
    texts = [finding["text"] for finding in results("odd_confidence", shared_folder)["findings"]]
    assert sum("99.75% interval" in text for text in texts) >= 3
    assert not [text for text in texts if "more than 99%" in text]


def test_a_percent_sign_closes_up_wherever_a_slope_is_told(shared_folder: Path) -> None:
    """0.41% a month, never 0.41 % a month."""
    texts = [finding["text"] for finding in results("percent_at_ninety", shared_folder)["findings"]]
    assert not [text for text in texts if " %" in text or "\u00a0%" in text]
    assert any("% a month" in text for text in texts)


def test_whatever_moves_most_is_seen_to_move(case: tuple[str, Mapping[str, Any]]) -> None:
    """A group is never said to move from 770 to 770."""
    found = {finding["id"]: finding for finding in case[1]["findings"]}
    shown = [evidence["shown"] for evidence in found["largest_move"]["evidence"]]
    assert len(set(shown)) == len(shown)


def test_one_unit_of_time_is_told_in_the_singular(shared_folder: Path) -> None:
    """Two visits a month apart span 1 month."""
    (trend,) = [f for f in results("two_visits", shared_folder)["findings"] if f["id"] == "trend"]
    assert "Over the 1 month seen, that is" in trend["text"]

"""The slider over the noise: what the script draws and says is what the closed form gives in Python."""

from __future__ import annotations

import json
import re
from math import isclose
from pathlib import Path

import pytest

from lmm.report import formatting as fmt
from tests.told import last_digit, told

CASES = ("rising", "factor_covariate", "no_differences")


@pytest.fixture
def opened(opened):
    """Open a case's report with the slider's fold open, where it has one."""

    def open_fold(case: str, **options):
        page = opened(case, **options)
        if case != "no_differences":
            page.locator("summary", has_text="noise").click()
        return page

    return open_fold


class Truth:
    """The closed form, from the fitted variances as results.json has them."""

    def __init__(self, folder: Path) -> None:
        self.results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
        model = self.results["models"]["random_intercept"]
        tau2 = model["random_effects"][0]["variance_or_covariance"]
        self.ratio = model["sigma"] ** 2 / tau2
        sizes = [row["measurements"] for row in self.results["shrinkage"]["levels"]]
        self.least, self.most = min(sizes), max(sizes)

    def pulled(self, measurements: float, times: float) -> float:
        return times * self.ratio / (measurements + times * self.ratio)

    def level(self, name: str, times: float) -> float:
        """The group's shared level as the fit has it, its deviation scaled by the two weights."""
        rows = self.results["shrinkage"]["levels"]
        row = next(row for row in rows if row["level"] == name)
        r = row["measurements"]
        weight = (1.0 - self.pulled(r, times)) / (1.0 - self.pulled(r, 1.0))
        return row["expected"] + weight * (row["shared"] - row["expected"])


@pytest.mark.parametrize("case", ["rising", "factor_covariate"])
@pytest.mark.parametrize(
    ("keys", "times"), [("", 1.0), ("End", None), ("Home", None), ("+++", 2**1.5)]
)
def test_what_is_said_is_the_closed_form(opened, reports, case, keys, times):
    page, truth = opened(case), Truth(reports(case))
    page.focus("#noise")
    for key in [keys] if keys in ("Home", "End") else ["ArrowRight"] * len(keys):
        if key:
            page.keyboard.press(key)
    noise = truth.results["shrinkage"]["noise"]
    ends = {"Home": 2.0 ** noise["low"], "End": 2.0 ** noise["high"]}
    times = ends.get(keys, times)
    said = page.inner_text(".control [role=status]")
    shares = re.findall(r"(?:(?:less|more) than )?\d+%", said)
    sizes = sorted({truth.least, truth.most})
    assert shares == [fmt.percent(truth.pulled(r, times)) for r in sizes]
    name = re.search(r"pupil (p\d+) then", said)[1]
    level = float(re.search(r"lies at (-?[\d.]+)", said)[1])
    assert level == pytest.approx(truth.level(name, times), abs=0.051)
    opening = (
        "With the noise as it is,"
        if times == 1.0
        else f"With {float(f'{times:.3g}' if times < 1 else f'{times:.2g}'):g} times"
    )
    assert said.startswith(opening)
    shown = re.search(r"σ²/τ² = (.+)", page.inner_text(".control output"))[1]
    assert shown == fmt.number(times * truth.ratio, fmt.significant(times * truth.ratio, 3))
    assert shown in page.get_attribute("#noise", "aria-valuetext")
    assert page.events == []


@pytest.mark.parametrize("case", ["tiny_numbers", "huge_numbers"])
def test_a_number_of_many_digits_is_written_as_elsewhere(opened, reports, case):
    page, truth = opened(case), Truth(reports(case))
    page.focus("#noise")
    page.keyboard.press("End")
    times = 2.0 ** truth.results["shrinkage"]["noise"]["high"]
    said = page.inner_text(".control [role=status]")
    name, level = re.search(r"pupil (p\d+) then lies at (.+)\spoints", said).groups()
    assert ("\u202f" if case == "huge_numbers" else "\u00a0×\u00a010⁻¹¹") in level
    assert told(level) == pytest.approx(truth.level(name, times), abs=0.51 * last_digit(level))


def test_what_is_drawn_is_the_closed_form(opened, reports):
    """A dot lies as far up between 20% and 100% as its group is pulled; levels are told beside their dots."""
    page, truth = opened("rising"), Truth(reports("rising"))
    page.focus("#noise")
    page.keyboard.press("End")
    times = 2.0 ** truth.results["shrinkage"]["noise"]["high"]
    marks = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll("[data-panel=noise-pull] text:not(.live)")]
            .map((text) => [text.textContent, +text.getAttribute("y")]))"""
    )
    dots = page.evaluate(
        "[...document.querySelectorAll('[data-panel=noise-pull] circle')].map((dot) => +dot.getAttribute('cy'))"
    )
    drop = marks["20%"] - marks["100%"]
    bottom = marks["20%"] + drop / 4  # of the marks' texts, as far below their lines as all are
    shares = [(bottom - y) / (bottom - marks["100%"]) for y in dots]
    offset = shares[0] - truth.pulled(truth.least, times)
    assert abs(offset) < 0.03
    for share, r in zip(shares, (truth.least, truth.most), strict=True):
        assert isclose(share - offset, truth.pulled(r, times), abs_tol=2e-3)
    beside = page.locator("[data-panel=noise-levels] text.live").all_text_contents()
    for text, group in zip(beside, truth.results["shrinkage"]["noise"]["groups"], strict=True):
        assert float(text) == pytest.approx(truth.level(group["level"], times), abs=0.051)
    curve = page.get_attribute("[data-panel=noise-pull] path.live", "d")
    assert len(re.findall(r"[ML]", curve)) == 41


def test_the_slider_has_a_name_and_says_its_value_and_nothing_where_groups_do_not_differ(opened):
    page = opened("rising")
    slider = page.get_by_role("slider", name="Noise variance σ², times what it is")
    assert slider.count() == 1
    assert page.locator(".control [role=status]").count() == 1
    assert opened("no_differences").locator("#noise, .control").count() == 0


def test_without_script_and_on_paper_the_still_pictures_and_the_table_stand(opened):
    page = opened("rising", java_script_enabled=False)
    assert not page.locator(".control").is_visible()
    assert page.locator("[data-panel=noise-pull]").is_visible()
    assert page.locator("[data-panel=noise-pull] .live").count() == 0
    assert page.get_by_text("16 times the noise").first.is_visible()
    assert page.locator("table", has_text="Pull and shared levels").is_visible()
    printed = opened("rising")
    printed.emulate_media(media="print")
    assert not printed.locator(".control").is_visible()
    assert printed.locator("[data-panel=noise-pull] circle.live").first.is_hidden()
    assert printed.locator("table", has_text="Pull and shared levels").is_visible()


@pytest.mark.parametrize("width", [320, 375])
def test_no_wider_than_a_phone(opened, width):
    page = opened("rising", width=width)
    page.focus("#noise")
    page.keyboard.press("End")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    box = page.locator("#noise").bounding_box()
    assert box["width"] >= 200
    assert box["height"] >= 24

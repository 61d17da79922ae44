"""What the README says of others was measured: its table is that of the benchmarks; its picture is small."""

from __future__ import annotations

import json
import re

import pytest
from PIL import Image

from .blocks import CHECKOUT

RESULTS = json.loads((CHECKOUT / "benchmarks" / "results.json").read_text(encoding="utf-8"))
COVERAGE = (CHECKOUT / "benchmarks" / "COVERAGE.md").read_text(encoding="utf-8")
README = (CHECKOUT / "README.md").read_text(encoding="utf-8")

# Row of the README, section and row of the results, and the results' columns for ours and for the peers'.
MEASURED = [
    ("random slope, 882 rows", "small", "Nepal, random slope", ("lmm", "lme4/lmm", "mixedlm/lmm", None)),
    ("random slope, 10⁶ rows", "big", "1,000,000", ("lmm", "lme4/lmm", "mixedlm/lmm", None)),
    ("three crossed factors", "crossed", None, ("lmm", "lme4/lmm", "mixedlm/lmm", None)),
    ("1000 bootstrap refits", "batch", "1000 new responses", ("lmm, each", "lme4 refit/lmm", None, None)),
]  # fmt: skip


def number(text: str) -> float:
    """The first number of a cell, times in seconds: ``0.49 s``, ``35×``, ``+3.7e+02 ✓``."""
    found = re.search(r"([\d.]+(?:e[+-]?\d+)?)\s*(ms|s)?", text)
    assert found, text
    return float(found[1]) * (1e-3 if found[2] == "ms" else 1.0)


def cells(beginning: str) -> list[str]:
    """The cells of the README's row that begins so."""
    row = next(line for line in README.splitlines() if line.startswith(f"| {beginning}"))
    return [cell.strip() for cell in row.strip("|").split("|")][1:]


def result(section: str, row: str | None) -> dict[str, str]:
    found = RESULTS[section]
    rows = [cells for cells in found["rows"] if row is None or cells[0] == row]
    assert rows, f"{section} has no row {row}"
    return dict(zip(found["header"], rows[0], strict=True))


@pytest.mark.parametrize(("beginning", "section", "row", "columns"), MEASURED)
def test_the_table_says_what_was_measured(beginning, section, row, columns):
    measured = result(section, row)
    for shown, column in zip(cells(beginning), columns, strict=True):
        if column is not None:
            assert number(shown) == pytest.approx(number(measured[column]), rel=0.05), column


def test_the_table_says_how_much_slower_statsmodels_is():
    measured = result("small", "Nepal, random slope")
    ratio = number(measured["statsmodels"]) / number(measured["lmm"])
    assert number(cells("random slope, 882 rows")[3]) == pytest.approx(ratio, rel=0.05)


def test_the_table_says_how_many_ended_too_high_and_by_how_much():
    ended = {row[0]: row[2] for row in RESULTS["random"]["rows"]}
    shown = cells("300 random small designs")
    assert shown == [ended[name] for name in ("lmm", "lme4", "mixedlm", "statsmodels")]
    off = result("invariance", "x a raw calendar year")
    for text, name in zip(
        cells("slope on a raw"), ("lmm", "lme4", "mixedlm", "statsmodels"), strict=True
    ):
        assert number(text) == pytest.approx(number(off[name]), rel=0.05)


def test_the_table_is_dated_as_the_measurements_are():
    date = max(found["date"] for found in RESULTS.values())
    year, month, day = date.split("-")
    months = "January February March April May June July August September October November December"
    assert f"{int(day)} {months.split()[int(month) - 1]} {year}" in README


def test_the_coverage_is_what_was_simulated():
    for method in ("Kenward–Roger (default)", "Satterthwaite", "Wald, normal quantile"):
        line = next(line for line in COVERAGE.splitlines() if line.startswith(f"| {method} |"))
        treated = line.strip("| ").split("|")[4].strip()
        assert f"{treated} %" in README, method


def test_the_picture_is_there_and_light():
    found = re.search(r"^!\[(.+?)\]\((\S+\.png)\)$", README, re.M)
    assert found and len(found[1]) > 50
    assert README.index(found[0]) < README.index("\n## ")
    path = CHECKOUT / found[2]
    assert path.stat().st_size <= 150 * 1024
    with Image.open(path) as picture:
        assert 1100 <= picture.width <= 1300


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "data/README.md"])
def test_no_file_that_is_linked_is_missing(name: str):
    page = CHECKOUT / name
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert not missing

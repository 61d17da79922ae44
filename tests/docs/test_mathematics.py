"""Equations are counted in order, docstrings cite ones that there are, and modules that are named exist."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .blocks import CHECKOUT

PAGE = CHECKOUT / "docs" / "mathematics.md"
NUMBER = re.compile(r"^\$\$ \((\d+)\)$", re.M)
# As docstrings write it: "docs/mathematics.md (7)", "(7), (9)" or "(7)–(9)".
CITED = re.compile(r"docs/mathematics\.md\s+(\(\d+\)(?:(?:,\s+|–)\(\d+\))*)")


def text() -> str:
    return PAGE.read_text(encoding="utf-8")


def test_equations_are_numbered_in_order():
    numbers = [int(number) for number in NUMBER.findall(text())]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) == text().count("\n$$\n")


def test_a_number_in_the_text_is_of_an_equation_above():
    before = 0
    body = re.sub(r"\$[^$]+\$", "", re.sub(r"^\$\$\n.*?^\$\$ ", "", text(), flags=re.M | re.S))
    for line in body.splitlines():
        if own := re.fullmatch(r"\((\d+)\)", line):
            before = int(own[1])
        else:
            assert all(int(number) <= before for number in re.findall(r"\((\d{1,2})\)", line)), line


def test_modules_that_are_named_exist():
    named = set(re.findall(r"`(lmm(?:\.\w+)+)`", text()))
    assert len(named) > 20
    for name in named:
        path = CHECKOUT.joinpath(*name.split("."))
        assert path.with_suffix(".py").is_file() or (path / "__init__.py").is_file(), name


def test_docstrings_cite_the_equations_and_no_others():
    known = {int(number) for number in NUMBER.findall(text())}
    cited = dict(citations())
    assert not {name: numbers - known for name, numbers in cited.items() if numbers - known}
    assert not known - set().union(*cited.values()), "cited by no docstring"


def test_a_module_that_cites_an_equation_is_named_on_the_page():
    named = set(re.findall(r"`(lmm(?:\.\w+)+)`", text()))
    assert not {name for name, _ in citations()} - named


def citations() -> Iterator[tuple[str, set[int]]]:
    """Modules and the numbers of the equations that they cite."""
    for path in sorted((CHECKOUT / "lmm").rglob("*.py")):
        groups = CITED.findall(path.read_text(encoding="utf-8"))
        numbers = {number for group in groups for number in written_out(group)}
        if numbers:
            yield ".".join(path.relative_to(CHECKOUT).with_suffix("").parts), numbers


def written_out(group: str) -> set[int]:
    """``(2), (4)–(6)`` is 2, 4, 5, 6."""
    ends = (re.findall(r"\d+", part) for part in group.split(","))
    return {number for part in ends for number in range(int(part[0]), int(part[-1]) + 1)}

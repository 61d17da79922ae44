"""The figures of the course module as rows: what is printed where, and what the number is.

Columns of ``course_figures.csv``:

- ``slide``, ``place``: where it stands; ``computed`` are numbers that the slides only draw, or imply.
- ``model``, ``quantity``: which recipe makes it.
- ``printed``, ``digits``: as on the clean slides, and how many digits follow the point.
- ``value``: R 4.2.2 with lme4 1.1-31 (lmerTest, base R) on the course's own data, every optimum
  refined until it no longer moved.
- ``ocr``, ``garbled``: the number in the text that was read off the slides by machine, and whether
  that reading is wrong (``yes``), right (``no``) or lacks it (``absent``).
- ``units_off``: where the printed figure is not the rounded value, value minus printed in units of
  the last printed digit; ``note`` says why.
- ``not_covered``: why no test is made of the row.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).resolve().parents[1] / "course_figures.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One row; blank cells are empty strings."""

    slide: str
    place: str
    model: str
    quantity: str
    printed: str
    digits: str
    value: str
    ocr: str
    garbled: str
    units_off: str
    note: str
    not_covered: str

    def __str__(self) -> str:
        place = "" if self.place in ("output", "computed") else f"-{self.place}"
        return f"{self.slide or 'script'}-{self.model}-{self.quantity}{place}"

    @property
    def last_unit(self) -> float:
        """What one unit of the last printed digit is worth."""
        return 10.0 ** -int(self.digits)

    def would_print(self, value: float) -> bool:
        """Whether the value, rounded as printed, is the printed text; ``<2e-16`` is a bound."""
        if self.printed.startswith("<"):
            return value < float(self.printed[1:])
        if "e" in self.printed:
            return f"{value:.{len(self.printed.split('e')[0]) - 2}e}" == self.printed
        return f"{value:.{self.digits}f}" == self.printed


def read_figures() -> list[Figure]:
    """All rows of the table, in the order of the slides."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [Figure(**row) for row in csv.DictReader(file)]

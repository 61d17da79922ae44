"""How figures and tables are numbered: in the order of the page."""

from __future__ import annotations


class Numbering:
    """Figures and tables are numbered in the order of the page."""

    def __init__(self) -> None:
        self._figures = self._tables = 0

    def figure(self) -> int:
        """The next figure's number."""
        self._figures += 1
        return self._figures

    def table(self) -> int:
        """The next table's number."""
        self._tables += 1
        return self._tables

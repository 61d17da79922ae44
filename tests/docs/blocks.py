"""The fenced blocks of README.md and docs/, and what is to be done with each.

The word after the fence is the language; what follows it says how the block is run:

- ``sh``: by bash, in a scratch copy of the project in which the page's earlier blocks have run;
- ``python``: in one namespace for each page, in the same folder;
- ``text output``: what the block before printed; a line of it that is … stands for any lines, … in a line for
  any text;
- any language with ``file=NAME``: written to that file for the blocks that follow;
- any with ``not-run: REASON``: it cannot be run here, and that is why.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
PAGES = (
    CHECKOUT / "README.md",
    CHECKOUT / "config" / "README.md",
    *sorted((CHECKOUT / "docs").rglob("*.md")),
)

_FENCE = re.compile(
    r"^(?P<fence>`{3,}|:{3,})(?P<info>[^\n]*)\n(?P<text>.*?)^(?P=fence) *$", re.M | re.S
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced block: ``line`` of its fence, ``language``, what else the fence says, its ``text``."""

    page: Path
    line: int
    language: str
    how: str
    text: str

    @property
    def where(self) -> str:
        """Page and line, for messages."""
        return f"{self.page.relative_to(CHECKOUT)}, line {self.line}"

    @property
    def reason(self) -> str:
        """Why it is not run, '' where it is."""
        return self.how.removeprefix("not-run:").strip() if self.how.startswith("not-run:") else ""

    @property
    def file(self) -> str:
        """The file that it is written to, '' for none."""
        return self.how.removeprefix("file=") if self.how.startswith("file=") else ""

    @property
    def kind(self) -> str:
        """shell, python, output, file or not run; '' where the fence does not say."""
        if self.reason:
            return "not run"
        if self.file:
            return "file"
        known = {("sh", ""): "shell", ("python", ""): "python", ("text", "output"): "output"}
        return known.get((self.language, self.how), "")


def blocks_of(page: Path) -> list[Block]:
    """The page's blocks in order; directives of the documentation tool are none."""
    text = page.read_text(encoding="utf-8")
    found = []
    for match in _FENCE.finditer(text):
        language, _, how = match["info"].strip().partition(" ")
        if not language.startswith("{"):
            line = text.count("\n", 0, match.start()) + 1
            found.append(
                Block(page=page, line=line, language=language, how=how.strip(), text=match["text"])
            )
    return found

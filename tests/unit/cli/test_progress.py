"""What is shown while the workflow runs, on a terminal, into a file, and to nobody."""

from __future__ import annotations

import io
import os
import re

import pytest

from lmm.cli.progress import Progress, bar

SAID = (
    "host: anywhere",
    "To do: 4 steps (nepal 2, pigs 2)",
    "pigs: analysed",
    "nepal: not a step",
    "pigs: report written",
)


class Terminal(io.TextIOWrapper):
    """What a terminal is asked to show, in one of its encodings."""

    def __init__(self, encoding: str = "utf-8"):
        super().__init__(io.BytesIO(), encoding=encoding, newline="")

    def isatty(self) -> bool:
        return True

    @property
    def text(self) -> str:
        self.flush()
        assert isinstance(self.buffer, io.BytesIO)
        return self.buffer.getvalue().decode(self.encoding)


def lines_left(text: str) -> list[str]:
    """What stands there in the end: an erased line is gone."""
    return [line.rpartition("\x1b[K")[2].rpartition("\r")[2] for line in text.split("\n")]


def test_a_bar_fills_in_proportion_and_never_overflows():
    assert bar(0, 4, "#-") == "-" * 24
    assert bar(1, 4, "#-") == "#" * 6 + "-" * 18
    assert bar(5, 4, "#-") == "#" * 24


@pytest.mark.parametrize(("encoding", "filled"), [("utf-8", "━" * 6), ("latin-1", "#" * 6)])
def test_on_a_terminal_a_bar_stands_below_the_steps_and_leaves_no_trace(
    encoding, filled, monkeypatch
):
    monkeypatch.setenv("COLUMNS", "80")
    terminal = Terminal(encoding)
    progress = Progress(terminal, quiet=False)
    progress.tick()
    assert "looking for what is to be done" in terminal.text
    for line in SAID[:3]:
        progress.hear(line)
    assert re.search(filled + r"[─-]{18}  1 of 4 steps$", terminal.text)
    for line in SAID[3:]:
        progress.hear(line)
    progress.close()
    left = [line.strip() for line in lines_left(terminal.text)]
    assert left == ["0.0 s  pigs: analysed", "0.0 s  pigs: report written", ""]


def test_a_narrow_terminal_is_not_written_over(monkeypatch):
    monkeypatch.setenv("COLUMNS", "20")
    terminal = Terminal()
    progress = Progress(terminal, quiet=False)
    for line in SAID:
        progress.hear(line)
    drawn = re.split(r"\r\x1b\[K|\n", terminal.text)
    assert max(len(line) for line in drawn if "steps" in line or "looking" in line) < 20


def test_a_file_gets_lines_and_nothing_that_only_a_terminal_understands():
    stream = io.StringIO()
    progress = Progress(stream, quiet=False)
    for line in SAID:
        progress.hear(line)
    progress.close()
    assert stream.getvalue() == "   0.0 s  pigs: analysed\n   0.0 s  pigs: report written\n"


def test_quiet_is_quiet_on_a_terminal_too():
    terminal = Terminal()
    progress = Progress(terminal, quiet=True)
    for line in SAID:
        progress.hear(line)
    progress.close()
    assert terminal.text == ""


def test_a_reader_who_leaves_stops_the_words_and_not_the_work():
    read, write = os.pipe()
    with os.fdopen(write, "w", buffering=1) as stream:
        progress = Progress(stream, quiet=False)
        progress.hear("pigs: analysed")
        os.close(read)
        progress.hear("pigs: report written")
        progress.close()

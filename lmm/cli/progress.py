"""What is seen while the workflow runs: a line for each step that ends and, on a terminal, a bar below.

A file, a pipe or a timer's mail gets the lines only, without anything that only a terminal understands.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from typing import TextIO

_TO_DO = re.compile(r"^To do: (?P<steps>\d+) steps?\b")
_STEP = re.compile(r"^(?P<study>[a-z0-9_-]+): (?P<step>analysed|report written)$")
_WIDTH = 24
_SIGNS, _PLAIN_SIGNS = "━─", "#-"
_ERASE = "\r\x1b[K"


class Progress:
    """Told every line of the workflow by ``hear``, and by ``tick`` that time passes."""

    def __init__(self, stream: TextIO, *, quiet: bool):
        self._stream, self._quiet = stream, quiet
        self._draws = not quiet and stream.isatty()
        self._began = time.monotonic()
        self._done = self._steps = 0

    def hear(self, line: str) -> None:
        """Show the step that the line tells of; all other lines are not for the reader."""
        if told := _TO_DO.match(line):
            self._steps = int(told["steps"])
        elif step := _STEP.match(line):
            self._done += 1
            text = f"{self._seconds():6.1f} s  {step['study']}: {step['step']}\n"
            self._write(f"{_ERASE if self._draws else ''}{text}")
        self.tick()

    def tick(self) -> None:
        """Draw the bar again."""
        if self._draws:
            text = f"{self._seconds():6.1f} s  {self._state()}"
            self._write(_ERASE + text[: shutil.get_terminal_size().columns - 1])

    def close(self) -> None:
        """Leave the lines and nothing of the bar."""
        if self._draws:
            self._write(_ERASE)

    def _state(self) -> str:
        if not self._steps:
            return "looking for what is to be done"
        return f"{bar(self._done, self._steps, self._signs())}  {self._done} of {self._steps} steps"

    def _signs(self) -> str:
        try:
            _SIGNS.encode(self._stream.encoding)
        except UnicodeEncodeError:
            return _PLAIN_SIGNS
        return _SIGNS

    def _seconds(self) -> float:
        return time.monotonic() - self._began

    def _write(self, text: str) -> None:
        if self._quiet:
            return
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError:  # whoever looked on has left; the work goes on
            self._draws = False
            turn_away(self._stream)


def bar(done: int, steps: int, signs: str = _SIGNS) -> str:
    """A bar of fixed width for ``done`` of ``steps``, from the sign of what is done and of what is not."""
    filled = round(_WIDTH * min(done, steps) / steps)
    return signs[0] * filled + signs[1] * (_WIDTH - filled)


def turn_away(stream: TextIO) -> None:
    """From here on nobody gets what is written; Python would complain of it when it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)

"""The workflow as a process of its own: started, listened to, stopped where this command is stopped."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from lmm.study.files import share_lock

LOG = Path(".cache", "run.log")
_STOPPING = (signal.SIGTERM, signal.SIGINT)
# An interrupt typed at a terminal reaches the workflow, too; one that was not is passed on a second later.
_PATIENCE_SECONDS = 1.0
_TICK_SECONDS = 0.2
_AT_ONCE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How the workflow ended: its exit code, all that it said, the signal that stopped it (or 0)."""

    code: int
    said: str
    signal: int


def run_workflow(
    command: list[str], lock: IO[bytes], *, hear: Callable[[str], None], tick: Callable[[], None]
) -> Ended:
    """Snakemake with these arguments, sharing the lock; ``hear`` gets each line, ``tick`` a call now
    and then. It has ended when the last of its jobs has, whatever became of itself.
    """
    # Not into a pipe: with its reader killed the workflow would hang, and the lock with it.
    with _unnamed_file() as words:
        alive, theirs = _life_line()
        process = subprocess.Popen(
            [sys.executable, "-m", "snakemake", *command],
            env={**os.environ, **share_lock(lock)},
            pass_fds=[lock.fileno()],
            stdin=theirs,
            stdout=words,
            stderr=subprocess.STDOUT,
        )
        theirs.close()
        said: list[str] = []
        with _stops_for(process) as stops:
            for line in _lines(words, while_open=alive):
                if line:
                    said.append(line)
                    hear(line.rstrip("\n"))
                stops.pass_on()
                tick()
            code = process.wait()
        alive.close()
    # The log is a help, not a result: where it cannot be written, the run is no worse.
    with suppress(OSError):
        LOG.write_text("".join(said), encoding="utf-8")
    return Ended(code=code, said="".join(said), signal=stops.number or max(0, -code))


class _Stops:
    """The signal to end, taken here and passed on to the workflow, once."""

    def __init__(self, process: subprocess.Popen[bytes]):
        self.number, self._process, self._due = 0, process, float("inf")

    def take(self, number: int, frame: object) -> None:
        if not self.number:
            patience = _PATIENCE_SECONDS if number == signal.SIGINT else 0.0
            self.number, self._due = number, time.monotonic() + patience

    def pass_on(self) -> None:
        if time.monotonic() >= self._due:
            self._due = float("inf")
            self._process.send_signal(self.number)


@contextmanager
def _stops_for(process: subprocess.Popen[bytes]) -> Iterator[_Stops]:
    stops = _Stops(process)
    kept = {number: signal.signal(number, stops.take) for number in _STOPPING}
    try:
        yield stops
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)


def _unnamed_file() -> IO[bytes]:
    """In memory where the system has that: it holds what is said of a full disk, too."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("words"), "rb", buffering=0)
    return tempfile.TemporaryFile(buffering=0)


def _life_line() -> tuple[IO[bytes], IO[bytes]]:
    """Our end and theirs of a pipe on which nothing is ever sent. All processes of the workflow have
    their end as standard input; when the last of them ends, ours shows that nobody is there.
    """
    theirs, ours = os.pipe()
    return os.fdopen(ours, "wb", buffering=0), os.fdopen(theirs, "rb", buffering=0)


def _lines(words: IO[bytes], *, while_open: IO[bytes]) -> Iterator[str]:
    """The lines as they come, and '' where none came for a while."""
    poll = select.poll()
    poll.register(while_open, 0)  # nothing but that the other end is closed
    at, rest, open_still = 0, b"", True
    while open_still:
        open_still = not poll.poll(_TICK_SECONDS * 1000)
        while read := os.pread(words.fileno(), _AT_ONCE, at):
            at += len(read)
            *whole, rest = (rest + read).split(b"\n")
            yield from (line.decode(errors="replace") + "\n" for line in whole)
        yield ""
    if rest:
        yield rest.decode(errors="replace")

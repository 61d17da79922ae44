"""The steps of a run, each a process of its own, and how one run's do not get among those of the next.

Whoever kills a run may leave steps of it at work, or waiting in a cluster's queue. A new run does not
begin before the first have ended, and the others end as soon as they see that it has begun.
"""

from __future__ import annotations

import fcntl
import os
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import IO

from lmm.errors import ContradictionError, LmmError
from lmm.study.files import TO_BE_GONE, hold_lock

# The name of the run to which a step belongs.
RUN_VARIABLE = "LMM_RUN"
STEPS_LEFT = "Steps of a run that was killed are at work here still"
# Locked by every step while it is at work, together; in it is the name of the newest run.
_STEPS = Path(".cache", "steps.lock")


def begin_run() -> bool:
    """Begin a run, whose steps are the processes started from now on; False while another's are at work."""
    file = hold_lock(_STEPS, patience=TO_BE_GONE)
    if file is None:
        return False
    with file:
        name = uuid.uuid4().hex
        file.truncate(0)
        file.write(name.encode())
    os.environ[RUN_VARIABLE] = name
    return True


@contextmanager
def step_at_work() -> Iterator[None]:
    """While a step reads and writes; ``LmmError`` where a later run than its own has begun."""
    _STEPS.parent.mkdir(parents=True, exist_ok=True)
    with _STEPS.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        _check_run(file)
        yield


def as_step(work: Callable[..., None]) -> Callable[..., int]:
    """The function as a step: its exit code, with what the user can mend said on standard error."""

    @wraps(work)
    def step(*arguments: str) -> int:
        try:
            with step_at_work():
                work(*arguments)
        except LmmError as error:
            print(error, file=sys.stderr)
            return 1
        except ContradictionError as error:
            print(error, file=sys.stderr)
            return 3
        return 0

    return step


def check_run() -> None:
    """``LmmError`` where a later run has begun than that to which this process belongs."""
    if _STEPS.is_file():
        with _STEPS.open("rb") as file:
            _check_run(file)


def _check_run(file: IO[bytes]) -> None:
    file.seek(0)
    newest, own = file.read().decode(), os.environ.get(RUN_VARIABLE, "")
    if own and own != newest:
        raise LmmError(
            "a later run has begun; this step of an earlier one is not done",
            where=str(_STEPS),
            remedy="Nothing: the later run does it.",
        )

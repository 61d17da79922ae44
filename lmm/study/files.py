"""Files that readers may be looking at: replaced whole, so that nobody ever sees half of one."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from lmm.errors import LmmError

# Names the open file through which a process that this one started shares its lock.
LOCK_VARIABLE = "LMM_LOCK"
_PART = ".part"
_TRIAL_BYTES = 65_536
# Seconds in which a process that was killed is gone, with its locks.
TO_BE_GONE = 2.0


def write_whole(path: Path, data: bytes) -> None:
    """Put ``data`` at ``path`` in one step (a temporary file beside it, then a rename)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}{_PART}")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def check_writable(folder: Path) -> None:
    """Make the folder where it is missing and write to it; LmmError where that cannot be done."""
    trial = folder / ".trial"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with trial.open("wb") as file:
            file.write(bytes(_TRIAL_BYTES))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise LmmError(
            f"nothing can be written here ({error.strerror})",
            where=str(folder),
            remedy="Free some space, or let it be a folder that you may write to; "
            "what was published before is as it was.",
        ) from None
    finally:
        with suppress(OSError):
            trial.unlink()


def same_bytes(left: Path, right: Path) -> bool:
    """Whether both files exist and hold the same."""
    try:
        if left.stat().st_size != right.stat().st_size:
            return False
        return left.read_bytes() == right.read_bytes()
    except OSError:
        return False


def visible_files(folder: Path) -> tuple[Path, ...]:
    """Paths, relative to ``folder``, of all files in it but those whose name starts with a dot."""
    found = (path for path in folder.rglob("*") if path.is_file() and path.name[0] != ".")
    return tuple(sorted(path.relative_to(folder) for path in found))


def hold_lock(path: Path, *, patience: float = 0.0) -> IO[bytes] | None:
    """An open file that locks ``path`` until it is closed or the process ends, however it ends;
    None where another process holds the lock, and holds it for as many seconds as the ``patience`` still.
    One handed down by ``share_lock`` counts as ours.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    file = _handed_down(path) or path.open("ab")
    last = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= last:
                file.close()
                return None
            time.sleep(0.05)
        else:
            return file


def share_lock(lock: IO[bytes]) -> dict[str, str]:
    """The environment by which a child that inherits the open file knows that it holds the lock."""
    return {LOCK_VARIABLE: str(lock.fileno())}


def _handed_down(path: Path) -> IO[bytes] | None:
    """The open file that the parent process names, if it is ``path`` indeed."""
    named = os.environ.get(LOCK_VARIABLE, "")
    try:
        if named.isdecimal() and os.path.samestat(os.fstat(int(named)), path.stat()):
            return os.fdopen(int(named), "ab")
    except OSError:
        pass
    return None

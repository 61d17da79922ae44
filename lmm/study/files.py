"""Files that readers may be looking at: replaced whole, so that nobody ever sees half of one."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO

_PART = ".part"


def write_whole(path: Path, data: bytes) -> None:
    """Put ``data`` at ``path`` in one step (a temporary file beside it, then a rename)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}{_PART}")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


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


def hold_lock(path: Path) -> IO[bytes] | None:
    """An open file that locks ``path`` until it is closed or the process ends, however it ends;
    None where another process holds the lock.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file

"""The stamp of a run that ended well: while no file that it knew has changed, there is nothing to do.

It only saves the time to ask. What a run does is decided by content, by the workflow; a stamp that
is missing, damaged or of other files makes no more difference than a second.
"""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Iterable
from pathlib import Path

from lmm import __version__
from lmm.study.files import write_whole

# Of a file its size, times of change (the second cannot be set back by a copy) and which file it is;
# of a folder the names in it; None: absent.
Seen = dict[str, list[int] | list[str] | None]
_FOLDER = Path(".cache", "stamps")
# Python makes these, and writes there, whenever it likes.
_PASSED_OVER = {"__pycache__"}


def stamp_file(configuration: Path) -> Path:
    """Where the stamp of this configuration is kept."""
    return _FOLDER / (str(configuration).replace(os.sep, "+") + ".json")


def look(roots: Iterable[Path]) -> Seen:
    """What is to be seen of the files and folders below ``roots``, without reading any."""
    seen: Seen = {}
    for root in roots:
        seen[str(root)] = _look_at(str(root))
        for folder, inner, names in os.walk(root):
            inner[:] = [name for name in inner if name not in _PASSED_OVER]
            paths = (os.path.join(folder, name) for name in (*inner, *names))
            seen.update((path, _look_at(path)) for path in paths)
    return seen


def write_stamp(configuration: Path, *, seen: Seen, said: str) -> None:
    """Remember what was seen and the last words of the run."""
    value = {"made_by": _made_by(), "said": said, "seen": seen}
    write_whole(stamp_file(configuration), json.dumps(value).encode())


def forget_stamp(configuration: Path) -> None:
    """From here on files may change."""
    stamp_file(configuration).unlink(missing_ok=True)


def last_words(configuration: Path) -> str | None:
    """What the last run said, if all it saw is as it was; None if it has to be asked again."""
    try:
        value = json.loads(stamp_file(configuration).read_bytes())
        holds = value["made_by"] == _made_by() and all(
            _look_at(path) == seen for path, seen in value["seen"].items()
        )
        return str(value["said"]) if holds else None
    except (OSError, ValueError, TypeError, LookupError, AttributeError):
        return None


def _look_at(path: str) -> list[int] | list[str] | None:
    try:
        found = os.stat(path)
        if stat.S_ISDIR(found.st_mode):
            return sorted(name for name in os.listdir(path) if name not in _PASSED_OVER)
    except OSError:
        return None
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]


def _made_by() -> list[str]:
    return [__version__, sys.version, sys.prefix]

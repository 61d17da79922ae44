"""The versions of the data that a study's reports rested on: one line of JSON each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lmm.study.files import write_whole


def read_history(path: Path) -> tuple[dict[str, Any], ...]:
    """The lines from old to new, each with ``digest``, ``time`` and ``headline``; none: empty."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return ()
    return tuple(entry for line in lines if (entry := _entry(line)) is not None)


def append_version(path: Path, *, digest: str, time: str, headline: Mapping[str, Any]) -> bool:
    """Add a line for this version of the data; False where it already has one."""
    entries = read_history(path)
    if any(entry.get("digest") == digest for entry in entries):
        return False
    entry = {"digest": digest, "time": time, "headline": dict(headline)}
    text = "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in (*entries, entry))
    write_whole(path, text.encode())
    return True


def earlier_versions(path: Path, *, digest: str) -> tuple[dict[str, Any], ...]:
    """The lines on other data than ``digest``, oldest first: a report compares itself with the last one."""
    return tuple(entry for entry in read_history(path) if entry.get("digest") != digest)


def _entry(line: str) -> dict[str, Any] | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None

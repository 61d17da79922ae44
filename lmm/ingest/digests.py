"""SHA-256 of a file and of a folder's files: what tells one version of the data from another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path


def file_digest(path: Path) -> str:
    """SHA-256 of the file's bytes, 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def folder_digest(named: Iterable[tuple[str, str]]) -> str:
    """SHA-256 over names and digests of files, in the order of the names."""
    return hashlib.sha256(json.dumps(sorted(named)).encode()).hexdigest()

"""The table of a study as a file on this machine: a local one, or a download that is verified."""

from __future__ import annotations

import difflib
import hashlib
import os
import re
from pathlib import Path
from typing import Any

from lmm.errors import MAKE_READABLE, DataError
from lmm.study.settings import Source

CACHE_VARIABLE = "LMM_CACHE_DIR"
TIMEOUT_SECONDS = 60


def fetch(source: Source) -> Path:
    """The path of the table; DataError where it is missing, unreachable or not what it should be.

    A file with the right SHA-256 that already is in the cache folder is used as it is: no network,
    nothing written.
    """
    return _local(source) if source.file is not None else _download(source)


def cache_folder() -> Path:
    """Where downloads are kept: the folder ``LMM_CACHE_DIR`` names, or the user's cache folder."""
    named = os.environ.get(CACHE_VARIABLE)
    if named:
        return Path(named).expanduser()
    import pooch

    return Path(pooch.os_cache("lmm-report"))


def file_digest(path: Path) -> str:
    """SHA-256 of the file's bytes, 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def data_digest(source: Source) -> str:
    """What tells one version of the data from another, without a network: the SHA-256 of the file,
    for an address the one it must have; for a file that cannot be read ``unreadable: reason``.
    """
    if source.file is None:
        return source.sha256
    try:
        return file_digest(source.file)
    except OSError as error:
        return f"unreadable: {error.strerror}"


def _local(source: Source) -> Path:
    path = Path(source.file or "")
    if path.is_dir():
        raise DataError("is a folder, not a table", where=str(path), remedy="Name a file in it.")
    if not path.exists():
        raise DataError("there is no such file", where=str(path), remedy=_similar(path))
    try:
        found = file_digest(path)
    except OSError as error:
        raise DataError(
            f"cannot be read: {error.strerror}",
            where=str(path),
            remedy=MAKE_READABLE,
        ) from None
    if source.sha256 and found != source.sha256.lower():
        raise _wrong_digest(str(path), expected=source.sha256, found=found)
    return path


def _similar(path: Path) -> str:
    """A remedy: files of a similar name beside the missing one."""
    if not path.parent.is_dir():
        return f"There is no folder {path.parent} either (looked for in {Path.cwd()})."
    names = {name.name.lower(): name.name for name in path.parent.iterdir() if name.is_file()}
    near = difflib.get_close_matches(path.name.lower(), names, n=3, cutoff=0.5)
    if near:
        return f"Did you mean {' or '.join(str(path.parent / names[name]) for name in near)}?"
    return "Give its path from the folder in which the command runs."


def _download(source: Source) -> Path:
    folder = cache_folder()
    plain = folder / source.file_name
    # Another study's file of the same name may be there: then the digest becomes part of the name.
    marked = folder / f"{source.sha256[:12]}-{source.file_name}"
    for path in (plain, marked):
        if _holds(path, source.sha256):
            return path
    if not source.url.startswith("https://"):
        raise DataError("only https:// addresses are fetched", where=source.url)
    return _retrieve(source, marked if plain.exists() else plain)


def _holds(path: Path, digest: str) -> bool:
    try:
        return file_digest(path) == digest
    except OSError:
        return False


def _retrieve(source: Source, path: Path) -> Path:
    """Download to ``path`` by way of a temporary file, which pooch renames once it is verified."""
    import pooch
    from requests.exceptions import RequestException

    pooch.get_logger().setLevel("WARNING")
    # Any: the parameters have other names in pooch's own protocol of a downloader.
    downloader: Any = pooch.HTTPDownloader(timeout=TIMEOUT_SECONDS)
    try:
        pooch.retrieve(
            source.url,
            known_hash=f"sha256:{source.sha256}",
            fname=path.name,
            path=path.parent,
            downloader=downloader,
        )
    except RequestException as error:
        raise DataError(
            f"could not be downloaded ({_reason(error)})",
            where=source.url,
            remedy=f"Check the connection, or put the file at {path} by hand; "
            f"the environment variable {CACHE_VARIABLE} names the folder.",
        ) from None
    except ValueError as error:
        digests = [
            text for text in re.findall(r"[0-9a-f]{64}", str(error)) if text != source.sha256
        ]
        found = digests[0] if digests else "unknown"
        raise _wrong_digest(source.url, expected=source.sha256, found=found) from None
    except OSError as error:
        raise DataError(
            f"the download cannot be kept in {path.parent} ({error.strerror or error})",
            where=source.url,
            remedy=f"Let the environment variable {CACHE_VARIABLE} name a folder to write in.",
        ) from None
    return path


def _reason(error: Exception) -> str:
    response = getattr(error, "response", None)
    if response is not None:
        return f"the server answered {response.status_code}"
    return "no answer in time" if "Timeout" in type(error).__name__ else "no connection"


def _wrong_digest(where: str, *, expected: str, found: str) -> DataError:
    return DataError(
        f"is not the file it should be: its SHA-256 is {found}, the configuration says {expected}",
        where=where,
        remedy="Where the new file is meant, put its SHA-256 into the configuration.",
    )

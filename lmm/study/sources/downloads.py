"""Files from public addresses: verified and cached, or whatever stands there now."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from lmm.errors import DataError
from lmm.ingest.digests import file_digest
from lmm.study.configuration.settings import Source

CACHE_VARIABLE = "LMM_CACHE_DIR"
TIMEOUT_SECONDS = 60


def cache_folder() -> Path:
    """Where downloads are kept: the folder ``LMM_CACHE_DIR`` names, or the user's cache folder."""
    named = os.environ.get(CACHE_VARIABLE)
    if named:
        return Path(named).expanduser()
    import pooch

    return Path(pooch.os_cache("lmm-report"))


def download(source: Source) -> Path:
    """The verified file of a source with an address and a digest, from the cache or the network.

    A file with the right SHA-256 that already is in the cache folder is used as it is: no network,
    nothing written. ``DataError`` where it is unreachable or not what it should be.
    """
    folder = cache_folder()
    plain = folder / source.file_name
    # Another study's file of the same name may be there: then the digest becomes part of the name.
    marked = folder / f"{source.sha256[:12]}-{source.file_name}"
    for path in (plain, marked):
        if _holds(path, source.sha256):
            return path
    return retrieve(source, marked if plain.exists() else plain)


def retrieve(source: Source, path: Path) -> Path:
    """Download to ``path`` by way of a temporary file, which is renamed once it is complete (and verified)."""
    if not source.url.startswith("https://"):
        raise DataError(
            "only https:// addresses are fetched",
            where=source.url,
            remedy="Write https://, or save the file and name it: data: {file: …}.",
        )
    import pooch
    from requests.exceptions import RequestException

    pooch.get_logger().setLevel("WARNING")
    # Any: the parameters have other names in pooch's own protocol of a downloader.
    downloader: Any = pooch.HTTPDownloader(timeout=TIMEOUT_SECONDS)
    try:
        pooch.retrieve(
            source.url,
            known_hash=f"sha256:{source.sha256}" if source.sha256 else None,
            fname=path.name,
            path=path.parent,
            downloader=downloader,
        )
    except RequestException as error:
        raise DataError(
            f"could not be downloaded ({_reason(error)})",
            where=source.url,
            remedy=_remedy(source, path),
        ) from None
    except ValueError as error:
        digests = [
            text for text in re.findall(r"[0-9a-f]{64}", str(error)) if text != source.sha256
        ]
        found = digests[0] if digests else "unknown"
        raise wrong_digest(source.url, expected=source.sha256, found=found) from None
    except OSError as error:
        raise DataError(
            f"the download cannot be kept in {path.parent} ({error.strerror or error})",
            where=source.url,
            remedy=f"Let the environment variable {CACHE_VARIABLE} name a folder to write in.",
        ) from None
    return path


def wrong_digest(where: str, *, expected: str, found: str) -> DataError:
    """The error for a file that is not the one that was meant."""
    return DataError(
        f"is not the file it should be: its SHA-256 is {found}, the configuration says {expected}",
        where=where,
        remedy="Where the new file is meant, put its SHA-256 into the configuration.",
    )


def _remedy(source: Source, path: Path) -> str:
    if not source.sha256:
        return "Check the connection; what was published before is as it was."
    return (
        f"Check the connection, or put the file at {path} by hand; "
        f"the environment variable {CACHE_VARIABLE} names the folder."
    )


def _holds(path: Path, digest: str) -> bool:
    try:
        return file_digest(path) == digest
    except OSError:
        return False


def _reason(error: Exception) -> str:
    response = getattr(error, "response", None)
    if response is not None:
        return f"the server answered {response.status_code}"
    return "no answer in time" if "Timeout" in type(error).__name__ else "no connection"

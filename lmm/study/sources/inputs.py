"""Where the table of a study is: a file, a folder of files, a download, a query's result; and its digest."""

from __future__ import annotations

import difflib
from fnmatch import fnmatchcase
from pathlib import Path

from lmm.errors import MAKE_READABLE, DataError
from lmm.ingest.digests import file_digest, folder_digest
from lmm.study.configuration.settings import Source
from lmm.study.sources.downloads import download, wrong_digest
from lmm.study.sources.live import answer_file, ask


def fetch(source: Source) -> Path:
    """The path of a table that is one file; ``DataError`` where it is missing or not what it should be."""
    if source.file is not None:
        return _local(source)
    if source.is_live:
        path = answer_file(source)
        return path if path.is_file() else ask(source)
    return download(source)


def folder_files(source: Source) -> tuple[str, ...]:
    """Names of a folder's files that match the pattern, in their order; ``DataError`` where there is none."""
    folder = Path(source.folder or "")
    if not folder.is_dir():
        raise DataError("there is no such folder", where=str(folder), remedy=_similar(folder))
    try:
        present = sorted(path.name for path in folder.iterdir() if path.is_file())
    except OSError as error:
        raise DataError(
            f"cannot be read: {error.strerror}", where=str(folder), remedy=MAKE_READABLE
        ) from None
    names = tuple(name for name in present if _matches(name, source.pattern))
    if not names:
        listed = f"There are: {', '.join(present[:10])}." if present else "The folder is empty."
        raise DataError(f"no file is named like {source.pattern}", where=str(folder), remedy=listed)
    return names


def input_files(source: Source) -> list[Path]:
    """The files on this machine that the table is made of, as far as they are there."""
    if source.folder is not None:
        try:
            return [source.folder / name for name in folder_files(source)]
        except DataError:
            return []
    return [source.file] if source.file is not None and source.file.is_file() else []


def data_digest(source: Source) -> str:
    """What tells one version of the data from another, without a network: the SHA-256 of the file
    (of the folder's files, of the last answer), for an address the one it must have; for data that
    cannot be read ``unreadable: reason``.
    """
    try:
        if source.folder is not None:
            files = folder_files(source)
            return folder_digest((name, file_digest(source.folder / name)) for name in files)
        if source.is_live:
            return file_digest(answer_file(source))
        return source.sha256 if source.file is None else file_digest(source.file)
    except OSError as error:
        return f"unreadable: {error.strerror}"
    except DataError as error:
        return f"unreadable: {error.problems[0].message}"


def _matches(name: str, pattern: str) -> bool:
    """Hidden files are left out: many programs write their unfinished files there."""
    return not name.startswith(".") and fnmatchcase(name, pattern)


def _local(source: Source) -> Path:
    path = Path(source.file or "")
    if path.is_dir():
        raise DataError(
            "is a folder, not a table",
            where=str(path),
            remedy="Name a file in it, or write data: {folder: …} for all its files.",
        )
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
        raise wrong_digest(str(path), expected=source.sha256, found=found)
    return path


def _similar(path: Path) -> str:
    """A remedy: files of a similar name beside the missing one."""
    if not path.parent.is_dir():
        return f"There is no folder {path.parent} either (looked for in {Path.cwd()})."
    names = {name.name.lower(): name.name for name in path.parent.iterdir()}
    near = difflib.get_close_matches(path.name.lower(), names, n=3, cutoff=0.5)
    if near:
        return f"Did you mean {' or '.join(str(path.parent / names[name]) for name in near)}?"
    return "Give its path from the folder in which the command runs."

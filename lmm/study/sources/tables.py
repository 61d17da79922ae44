"""The table of a study read from wherever it is; of a folder's files, what makes two rows duplicates."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lmm.ingest.derived import parse_derived, sources_of
from lmm.ingest.drops import read_drops, settle_duplicates
from lmm.ingest.readers import read_table
from lmm.ingest.source import RawTable
from lmm.study.configuration.settings import Study
from lmm.study.sources.inputs import fetch, folder_files


def read_source(study: Study, columns: Sequence[str]) -> RawTable:
    """The wanted columns of a study's table, duplicates over several files settled by its rule."""
    source = study.source
    if source.folder is not None:
        return _read_folder(study, folder_files(source), columns)
    return read_table(
        fetch(source),
        columns=columns,
        delimiter=source.delimiter,
        encoding=source.encoding,
        decimal=source.decimal or ".",
    )


def _read_folder(study: Study, names: Sequence[str], columns: Sequence[str]) -> RawTable:
    """The files appended, without the rows that give way to those of another file."""
    source, key = study.source, duplicate_key(study)
    raw = read_drops(
        Path(source.folder or ""),
        names,
        columns=tuple(dict.fromkeys((*columns, *(key if columns else ())))),
        delimiter=source.delimiter,
        encoding=source.encoding,
        decimal=source.decimal or ".",
    )
    if not key or not columns:
        return raw
    return settle_duplicates(
        raw,
        key,
        source.duplicates,
        missing_codes=study.missing_codes,
        label=study.group.column,
    )


def duplicate_key(study: Study) -> tuple[str, ...]:
    """The columns by which a row is known: the contract's, or group and time; none without a time."""
    if study.contract is not None and study.contract.unique:
        return study.contract.unique
    if study.time is None:
        return ()
    derived = parse_derived(study.derived)
    return sources_of((study.group.column, study.time.column), derived)

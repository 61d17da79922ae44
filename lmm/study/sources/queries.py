"""The result of a query to a database, as the text of a table; nothing is ever changed there.

Rows come in the order of their text, whatever order the database gave them, so that equal data
make equal bytes.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator, Sequence
from datetime import date, time
from decimal import Decimal
from typing import Any

from lmm.errors import DataError
from lmm.ingest.source import MAX_ROWS
from lmm.study.configuration.secrets_kept import without_secrets
from lmm.study.configuration.settings import Query
from lmm.study.sources.databases import ask_database


def query_text(query: Query) -> bytes:
    """CSV of the query's result, as UTF-8. ``DataError`` where a package, the database or the query fails.

    No message holds the address's password, nor the address itself where a variable names it.
    """
    url = _address(query)
    rows: list[tuple[str, ...]] = []
    header: list[str] = []

    def take(names: Sequence[str], portions: Iterator[Sequence[Sequence[Any]]]) -> None:
        header.extend(names)
        rows.extend(_rows(names, portions))

    try:
        ask_database(url, query.query, take)
    except DataError as error:
        (problem,) = error.problems
        where = f"the database that {query.url_variable} names" if query.url_variable else url
        message = without_secrets(problem.message, url if query.url_variable else "")
        raise DataError(message, where=where, remedy=problem.remedy) from None
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(sorted(rows))
    return text.getvalue().encode()


def _address(query: Query) -> str:
    if not query.url_variable:
        return query.url
    url = os.environ.get(query.url_variable, "")
    if not url:
        raise DataError(
            f"the environment variable {query.url_variable} is not set",
            where="sql",
            remedy="Let it hold the database's address, such as postgresql://reader@host/clinic.",
        )
    return url


def _rows(
    names: Sequence[str], portions: Iterator[Sequence[Sequence[Any]]]
) -> Iterator[tuple[str, ...]]:
    count = 0
    for portion in portions:
        count += len(portion)
        if count > MAX_ROWS:
            raise DataError(
                f"the result is too large: the limit is {MAX_ROWS:,} rows",
                remedy="Ask for the rows of this study only.",
            )
        for row in portion:
            yield tuple(_cell(name, value) for name, value in zip(names, row, strict=True))


def _cell(name: str, value: Any) -> str:
    """A value as a cell of text that is read as the same again; nothing is an empty cell."""
    if value is None:
        return ""
    if isinstance(value, float):
        return "" if value != value else repr(value)
    if isinstance(value, Decimal):
        return f"{value:f}" if value.is_finite() else ""
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        raise DataError(
            f"column {name} holds binary data",
            remedy="Leave it out of the query, or cast it to text.",
        )
    return str(value)

"""Databases that can be asked: DuckDB by itself, all others through SQLAlchemy; only to read.

Both packages are optional, and so are the drivers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from lmm.errors import DataError

EXTRA = "pip install 'lmm-report[sql]'"
_CONNECT_SECONDS = 10
_ROWS_AT_A_TIME = 50_000

# Takes the names of the columns and the rows in portions, while the connection is open.
Taken = Callable[[Sequence[str], Iterator[Sequence[Sequence[Any]]]], None]


def ask_database(url: str, query: str, take: Taken) -> None:
    """Run one query and hand its result to ``take``; ``DataError`` where the database refuses."""
    if url.startswith("duckdb:"):
        _ask_duckdb(url, query, take)
    else:
        _ask_sqlalchemy(url, query, take)


def _ask_sqlalchemy(url: str, query: str, take: Taken) -> None:
    engine = _engine(url)
    from sqlalchemy.exc import SQLAlchemyError

    kind = engine.url.get_backend_name()
    only_reading = {"postgresql_readonly": True} if kind == "postgresql" else {}
    try:
        with engine.connect().execution_options(no_parameters=True, **only_reading) as connection:
            if kind == "sqlite":
                connection.exec_driver_sql("PRAGMA query_only = ON")
            result = connection.exec_driver_sql(query)
            if not result.returns_rows:
                raise _no_table()
            take(list(result.keys()), iter(lambda: result.fetchmany(_ROWS_AT_A_TIME), []))
            connection.rollback()
    except SQLAlchemyError as error:
        raise _refused(getattr(error, "orig", None) or error) from None


def _engine(url: str) -> Any:
    try:
        from sqlalchemy import create_engine
        from sqlalchemy.engine import make_url
        from sqlalchemy.exc import ArgumentError, NoSuchModuleError
        from sqlalchemy.pool import NullPool
    except ImportError:
        raise _missing("sqlalchemy") from None
    try:
        at = make_url(url)
        at = at.set(drivername="postgresql+psycopg") if at.drivername == "postgresql" else at
        kind = at.get_backend_name()
        if kind == "sqlite":
            _check_file(at.database)
        timeout = {"connect_timeout": _CONNECT_SECONDS} if kind == "postgresql" else {}
        return create_engine(at, poolclass=NullPool, connect_args=timeout)
    except (ArgumentError, NoSuchModuleError, ValueError):
        raise DataError(
            "the database's address cannot be read",
            remedy="Write it as SQLAlchemy does: sqlite:///study.db, postgresql://reader@host/clinic.",
        ) from None
    except ImportError as error:
        raise _missing(error.name or "for the database's driver") from None


def _ask_duckdb(url: str, query: str, take: Taken) -> None:
    try:
        import duckdb
    except ImportError:
        raise _missing("duckdb") from None
    database = url.removeprefix("duckdb:").removeprefix("//").removeprefix("/") or ":memory:"
    in_memory = database == ":memory:"
    if not in_memory:
        _check_file(database)
    # What DuckDB lacks it would fetch; a query stays on this machine.
    settings: dict[str, Any] = {"autoinstall_known_extensions": "false"}
    try:
        with duckdb.connect(database, read_only=not in_memory, config=settings) as connection:
            statements = connection.extract_statements(query)
            if [each.type for each in statements] != [duckdb.StatementType.SELECT]:
                raise _no_table()
            result = connection.execute(statements[0])
            names = [column[0] for column in result.description or ()]
            take(names, iter(lambda: result.fetchmany(_ROWS_AT_A_TIME), []))
    except duckdb.Error as error:
        raise _refused(error) from None


def _check_file(database: str | None) -> None:
    """A database in a file has to be there: connecting would make an empty one."""
    if database and database != ":memory:" and not Path(database).is_file():
        raise DataError(
            f"there is no such file: {database}",
            remedy="A path with three slashes starts where the command is run, one with four at the root.",
        )


def _missing(package: str) -> DataError:
    return DataError(
        f"the package {package} is not installed, which this database needs", remedy=f"{EXTRA}"
    )


def _no_table() -> DataError:
    return DataError("the query gives no table", remedy="Give one SELECT.")


def _refused(error: Exception) -> DataError:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return DataError(
        f"the database refused: {lines[0][:300]}",
        remedy="Try the query with the database's own client, as the same user.",
    )

"""Queries to real databases: SQLite, DuckDB, and a PostgreSQL of this test's own on loopback."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from lmm.errors import DataError
from lmm.study.configuration.secrets_kept import holds_password, without_secrets
from lmm.study.configuration.settings import Query
from lmm.study.sources.queries import query_text

VISITS = [("c2", 1, 12.25), ("c10", 0, None), ("c1", 0, 0.1), ("NA", 3, 1e-7)]
TEXT = b"id,visit,weight\nNA,3,1e-07\nc1,0,0.1\nc10,0,\nc2,1,12.25\n"
CREATE = "create table visits (id text, visit integer, weight double precision)"


@pytest.fixture
def sqlite(tmp_path) -> str:
    path = tmp_path / "study.db"
    with contextlib.closing(sqlite3.connect(path)) as database, database:
        database.execute(CREATE)
        database.executemany("insert into visits values (?, ?, ?)", VISITS)
    return f"sqlite:///{path}"


@pytest.fixture
def duck(tmp_path) -> str:
    duckdb = pytest.importorskip("duckdb", reason="the optional package duckdb is not installed")
    path = tmp_path / "study.duckdb"
    with duckdb.connect(path) as database:
        database.execute(CREATE)
        database.executemany("insert into visits values (?, ?, ?)", VISITS)
    return f"duckdb:///{path}"


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address, with a password, of a server that runs for these tests only."""
    pytest.importorskip("psycopg", reason="the optional package psycopg is not installed")
    found = [shutil.which("initdb"), *map(str, Path("/usr/lib/postgresql").glob("*/bin/initdb"))]
    initdb = next(filter(None, found), None)
    if initdb is None:
        pytest.skip("no PostgreSQL server is installed (Debian: apt-get install postgresql)")
    with tempfile.TemporaryDirectory() as name, socket.create_server(("127.0.0.1", 0)) as free:
        port, folder = free.getsockname()[1], Path(name)
        as_user: dict = {}
        if os.getuid() == 0:  # the server refuses to run as root
            try:
                user = pwd.getpwnam("postgres")
            except KeyError:
                pytest.skip("run as root, and there is no user postgres to run the server as")
            as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
            os.chown(folder, user.pw_uid, user.pw_gid)
        (folder / "password").write_text("p@ss word/1\n")
        os.chmod(folder / "password", 0o644)

        def tool(program: str, *options: str) -> None:
            done = subprocess.run(
                [str(Path(initdb).with_name(program)), "-D", str(folder / "data"), *options],
                cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                check=False, **as_user,
            )  # fmt: skip
            if done.returncode:
                pytest.skip(f"PostgreSQL cannot be started here: {done.stderr.strip()[:200]}")

        tool("initdb", "-U", "me", "-A", "scram-sha-256", "--pwfile", str(folder / "password"))
        free.close()
        tool("pg_ctl", "start", "-w", "-l", str(folder / "log"),
             "-o", f"-p {port} -h 127.0.0.1 -k {folder} -F")  # fmt: skip
        try:
            yield f"postgresql://me:p%40ss%20word%2F1@127.0.0.1:{port}/postgres"
        finally:
            tool("pg_ctl", "stop", "-m", "immediate")


@pytest.fixture
def clinic(postgres, monkeypatch) -> Query:
    import psycopg

    with psycopg.connect(postgres) as database:
        database.execute("drop table if exists visits")
        database.execute(CREATE.replace(")", ", seen date, dose numeric, ok boolean, raw bytea)"))
        with database.cursor() as cursor:
            cursor.executemany(
                "insert into visits values (%s, %s, %s, '2024-02-03', 1.50, true, 'x')", VISITS
            )
    monkeypatch.setenv("CLINIC_DB", postgres)
    return Query(query="select id, visit, weight from visits", url_variable="CLINIC_DB")


QUERY = "select id, visit, weight from visits"


@pytest.mark.parametrize("order", ["", " order by id", " order by weight desc"])
def test_the_result_is_the_same_text_whatever_the_order(sqlite, duck, order):
    for url in (sqlite, duck):
        assert query_text(Query(url=url, query=QUERY + order)) == TEXT


def test_a_real_postgresql_by_an_address_from_the_environment(clinic):
    assert query_text(clinic) == TEXT
    typed = Query(
        query="select visit::text, seen, dose, ok, '50%'::text as share from visits where id = 'c1'",
        url_variable="CLINIC_DB",
    )
    assert query_text(typed) == b"visit,seen,dose,ok,share\n0,2024-02-03,1.50,True,50%\n"


WRITES = ["delete from visits", "drop table visits", "insert into visits values ('x', 1, 1)"]


@pytest.mark.parametrize(
    "query", [*WRITES, f"{QUERY}; delete from visits", "create table t (x int)"]
)
def test_nothing_is_changed(sqlite, duck, query):
    for url in (sqlite, duck):
        with pytest.raises(DataError):
            query_text(Query(url=url, query=query))
        assert query_text(Query(url=url, query=QUERY)) == TEXT


@pytest.mark.parametrize("query", [*WRITES, "delete from visits returning id"])
def test_nothing_is_changed_in_postgresql(clinic, query):
    with pytest.raises(DataError, match="read-only transaction"):
        query_text(Query(query=query, url_variable="CLINIC_DB"))
    assert query_text(clinic) == TEXT


@pytest.mark.parametrize(
    "query", ["selec 1", "select nothing from visits", "select 1 from nowhere", "", ";", "-- x"]
)
def test_a_bad_query_is_told_in_the_databases_words(sqlite, duck, query):
    for url in (sqlite, duck):
        with pytest.raises(DataError) as refused:
            query_text(Query(url=url, query=query))
        assert str(refused.value).startswith(url)
        assert "Traceback" not in str(refused.value)


def test_no_secret_is_told(clinic, postgres, monkeypatch):
    for change in (
        ("p%40ss", "wrong%40one"),
        ("/postgres", "/nobase"),
        ("127.0.0.1:", "127.0.0.1:1"),
        ("postgresql://", "postgresq://"),
        ("postgresql://", "postgresql+nodriver://"),
    ):
        url = postgres[::-1].replace(change[0][::-1], change[1][::-1], 1)[::-1]
        monkeypatch.setenv("CLINIC_DB", url)
        if url == postgres:
            continue
        with pytest.raises(DataError) as refused:
            query_text(clinic)
        said = str(refused.value)
        assert "CLINIC_DB" in said and url not in said
        for secret in ("p%40ss", "p@ss", "wrong", "word/1"):
            assert secret not in said


def test_binary_values_are_refused_by_name(clinic):
    with pytest.raises(DataError, match="column raw holds binary data"):
        query_text(Query(query="select raw from visits", url_variable="CLINIC_DB"))


def test_an_unset_variable_and_a_missing_file(tmp_path, monkeypatch):
    monkeypatch.delenv("CLINIC_DB", raising=False)
    with pytest.raises(DataError, match="CLINIC_DB is not set"):
        query_text(Query(query=QUERY, url_variable="CLINIC_DB"))
    for kind in ("sqlite", "duckdb"):
        path = tmp_path / f"none.{kind}"
        with pytest.raises(DataError, match="no such file"):
            query_text(Query(query=QUERY, url=f"{kind}:///{path}"))
        assert not path.exists()


@pytest.mark.parametrize(
    "url", ["nonsense", "x://y", "sqlite:///:memory:", "duckdb://", "http://a/b"]
)
def test_an_address_that_leads_nowhere(url):
    with pytest.raises(DataError):
        query_text(Query(query=QUERY, url=url))


@pytest.mark.parametrize(
    ("url", "package"),
    [("sqlite:///a.db", "sqlalchemy"), ("duckdb:///a.db", "duckdb"), ("mysql://h/b", "MySQLdb")],
)
def test_a_package_that_is_missing_is_named_with_the_way_to_get_it(url, package, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(DataError, match=rf"package {package} is not installed") as refused:
        query_text(Query(query=QUERY, url=url))
    assert "lmm-report[sql]" in str(refused.value)


def test_too_many_rows(sqlite, monkeypatch):
    monkeypatch.setattr("lmm.study.sources.queries.MAX_ROWS", 3)
    with pytest.raises(DataError, match="the limit is 3 rows"):
        query_text(Query(query=QUERY, url=sqlite))


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        ("postgresql://me:hush@h/b", True),
        ("postgresql://me:hush/b%40@h/b", True),
        ("postgresql://me@h/b?password=hush", True),
        ("postgresql://me@h:5432/b", False),
        ("sqlite:///a:b@c.db", False),
    ],
)
def test_passwords_in_addresses_are_seen(url, secret):
    assert holds_password(url) == secret
    if secret:
        told = without_secrets(f"cannot use {url} with hush", url)
        assert url not in told and "me:hush" not in told

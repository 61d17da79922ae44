"""A study's table is found, verified, or refused with a sentence; a cached file needs no network."""

from __future__ import annotations

import hashlib
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from lmm.errors import DataError
from lmm.ingest.digests import file_digest
from lmm.study.configuration.settings import Source
from lmm.study.sources.downloads import CACHE_VARIABLE, cache_folder
from lmm.study.sources.inputs import data_digest, fetch

CONTENT = b"id,y\n1,2\n"
DIGEST = hashlib.sha256(CONTENT).hexdigest()
REMOTE = Source(url="https://data.example/table.csv", sha256=DIGEST, file_name="table.csv")


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """No name can be looked up: as on a machine without a network."""

    def refuse(*_args, **_options):
        raise socket.gaierror("no network here")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    folder.mkdir()
    monkeypatch.setenv(CACHE_VARIABLE, str(folder))
    return folder


def test_a_local_file_is_itself(tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes(CONTENT)
    source = Source(file=path)
    assert fetch(source) == path
    assert data_digest(source) == file_digest(path) == DIGEST


def test_a_missing_file_names_its_neighbours(tmp_path):
    (tmp_path / "Table.CSV").write_bytes(CONTENT)
    missing = Source(file=tmp_path / "tabel.csv")
    with pytest.raises(DataError, match=r"there is no such file\n  Did you mean .*Table\.CSV"):
        fetch(missing)
    assert data_digest(missing).startswith("unreadable: ")


def test_a_missing_folder_and_a_folder_instead_of_a_file_are_said(tmp_path):
    with pytest.raises(DataError, match="There is no folder"):
        fetch(Source(file=tmp_path / "nowhere" / "table.csv"))
    with pytest.raises(DataError, match="is a folder"):
        fetch(Source(file=tmp_path))


def test_a_local_file_is_held_against_its_digest_where_one_is_given(tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes(CONTENT)
    with pytest.raises(DataError) as caught:
        fetch(Source(file=path, sha256="0" * 64))
    assert DIGEST in str(caught.value)
    assert "0" * 64 in str(caught.value)


def test_a_cached_file_needs_no_network_and_nothing_is_written(cache):
    (cache / "table.csv").write_bytes(CONTENT)
    cache.chmod(0o555)
    try:
        assert fetch(REMOTE) == cache / "table.csv"
        assert [path.name for path in cache.iterdir()] == ["table.csv"]
    finally:
        cache.chmod(0o755)


def test_another_file_of_the_same_name_is_neither_used_nor_overwritten(cache):
    (cache / "table.csv").write_bytes(b"something else")
    kept = cache / f"{DIGEST[:12]}-table.csv"
    kept.write_bytes(CONTENT)
    assert fetch(REMOTE) == kept
    kept.unlink()
    with pytest.raises(DataError, match="could not be downloaded"):
        fetch(REMOTE)
    assert (cache / "table.csv").read_bytes() == b"something else"


def test_without_a_network_it_says_so_and_where_to_put_the_file(cache):
    with pytest.raises(DataError) as caught:
        fetch(REMOTE)
    text = str(caught.value)
    assert "no connection" in text
    assert str(cache / "table.csv") in text
    assert CACHE_VARIABLE in text
    assert list(cache.iterdir()) == []


@pytest.mark.parametrize("url", ["http://data.example/t.csv", "file:///etc/hosts", "ftp://x/t.csv"])
def test_only_https_is_fetched(cache, url):
    with pytest.raises(DataError, match="only https://"):
        fetch(replace(REMOTE, url=url))


def test_the_cache_folder_is_the_users_own_unless_named(monkeypatch):
    monkeypatch.delenv(CACHE_VARIABLE, raising=False)
    assert "lmm-report" in str(cache_folder())


def test_a_missing_file_that_is_like_no_other_is_looked_for_from_here(tmp_path):
    (tmp_path / "table.csv").write_bytes(CONTENT)
    with pytest.raises(DataError, match="Give its path from the folder in which"):
        fetch(Source(file=tmp_path / "zzzzzz.txt"))

"""Downloads for real, from a server on this machine: kept where right, nothing left where not."""

from __future__ import annotations

import hashlib
import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from lmm.errors import DataError
from lmm.ingest.digests import file_digest
from lmm.study.configuration.load import load_configuration
from lmm.study.configuration.settings import Source
from lmm.study.sources.downloads import CACHE_VARIABLE, retrieve
from lmm.study.sources.inputs import fetch
from tests.unit.study.published import published

EXAMPLES = Path(__file__).resolve().parents[4] / "config" / "examples.yaml"
CONTENT = b"id,y\n1,2\n"
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@dataclass
class Server:
    """What it answers for a path (with 404 to any other), and the paths it was asked for."""

    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    cut: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    def source(self, path: str, digest: str = DIGEST) -> Source:
        return Source(url=self.address + path, sha256=digest, file_name=Path(path).name)


def answering(server: Server) -> type[BaseHTTPRequestHandler]:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.asked.append(self.path)
            content = server.files.get(self.path)
            self.send_response(404 if content is None else 200)
            body = content or b""
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if self.path in server.cut else body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Answer


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of this machine's own address with its key, in one file."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed: no certificate for a server on this machine")
    folder = tmp_path_factory.mktemp("certificate")
    made = subprocess.run(
        ["openssl", "req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
         "-newkey", "rsa:2048", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")],
        capture_output=True,
        check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr.decode()
    return folder


@pytest.fixture
def server(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server on this machine that speaks https, trusted by what runs here."""
    server = Server()
    http = ThreadingHTTPServer(("127.0.0.1", 0), answering(server))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "certificate.pem", certificate / "key.pem")
    http.socket = context.wrap_socket(http.socket, server_side=True)
    server.address = f"https://127.0.0.1:{http.server_port}"
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate / "certificate.pem"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    yield server
    http.shutdown()
    http.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    folder.mkdir()
    monkeypatch.setenv(CACHE_VARIABLE, str(folder))
    return folder


def test_a_good_download_is_kept_and_not_asked_for_again(server, cache):
    server.files["/table.csv"] = CONTENT
    source = server.source("/table.csv")
    for _ in range(2):
        assert fetch(source) == cache / "table.csv"
        assert file_digest(cache / "table.csv") == DIGEST
    assert server.asked == ["/table.csv"]
    assert [path.name for path in cache.iterdir()] == ["table.csv"]


def test_another_file_of_that_name_is_left_alone(server, cache):
    server.files["/table.csv"] = CONTENT
    (cache / "table.csv").write_bytes(b"another study's")
    found = fetch(server.source("/table.csv"))
    assert found.read_bytes() == CONTENT
    assert (cache / "table.csv").read_bytes() == b"another study's"


def test_a_download_that_is_another_file_shows_both_digests(server, cache):
    server.files["/table.csv"] = b"not what was promised"
    with pytest.raises(DataError) as caught:
        fetch(server.source("/table.csv"))
    assert DIGEST in str(caught.value)
    assert hashlib.sha256(b"not what was promised").hexdigest() in str(caught.value)
    assert list(cache.iterdir()) == []


def test_what_the_server_has_not_is_said(server, cache):
    with pytest.raises(DataError, match="the server answered 404"):
        fetch(server.source("/absent.csv"))
    assert list(cache.iterdir()) == []


def test_an_answer_that_breaks_off_is_not_kept(server, cache):
    server.files["/table.csv"] = CONTENT * 1000
    server.cut.add("/table.csv")
    with pytest.raises(DataError, match="could not be downloaded"):
        retrieve(server.source("/table.csv", digest=""), cache / "table.csv")
    assert list(cache.iterdir()) == []


def test_a_server_that_cannot_prove_who_it_is_gets_no_hearing(server, cache, monkeypatch):
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    server.files["/table.csv"] = CONTENT
    with pytest.raises(DataError, match="could not be downloaded"):
        fetch(server.source("/table.csv"))
    assert server.asked == [] and list(cache.iterdir()) == []


@pytest.mark.parametrize("name", ["sleep", "oats", "penicillin"])
def test_the_examples_are_downloaded_and_held_against_their_digests(name, server, cache):
    source = load_configuration(EXAMPLES).studies[name].source
    path = urlsplit(source.url).path
    served = replace(source, url=server.address + path)
    server.files[path] = published(name)
    assert fetch(served).read_bytes() == published(name)
    assert server.asked == [path]

    (cache / source.file_name).unlink()
    server.files[path] = published(name).replace(b"2", b"3", 1)
    with pytest.raises(DataError, match=f"the configuration says {source.sha256}"):
        fetch(served)
    assert list(cache.iterdir()) == []

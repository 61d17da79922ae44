"""Every command and every piece of code that the pages show is run, and does what the page says."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from .blocks import CHECKOUT, PAGES, Block, blocks_of

pytestmark = [pytest.mark.slow, pytest.mark.workflow]

RUNNER = Path(__file__).with_name("page_runner.py")
NAMES = [str(page.relative_to(CHECKOUT)) for page in PAGES]


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_block_says_what_is_to_be_done_with_it(page: Path):
    unclear = [block.where for block in blocks_of(page) if not block.kind]
    assert not unclear, "see tests/docs/blocks.py for what may stand after a fence"
    assert not [
        block.where for block in blocks_of(page) if "not-run" in block.how and not block.reason
    ]


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_what_a_page_shows_can_be_done(
    page: Path, scratch: Callable[[], Path], course_data: Callable[[str], Path]
):
    blocks = [block for block in blocks_of(page) if block.kind != "not run"]
    if not blocks:
        pytest.skip("the page has nothing to run")
    if any("course.yaml" in block.text for block in blocks):
        for name in ("pig.csv", "Nepal.csv"):
            course_data(name)
    folder = scratch()
    python = PythonOfPage(folder)
    said = ""
    for block in blocks:
        if block.kind == "file":
            place = folder / block.file
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(block.text, encoding="utf-8")
        elif block.kind == "output":
            assert matches(block.text, said), f"{block.where} was:\n{said}"
        elif block.kind == "shell":
            said = run_shell(block, folder)
        else:
            said = python.run(block)
    python.end()


def run_shell(block: Block, folder: Path) -> str:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block.text],
        cwd=folder,
        env=environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, f"{block.where}:\n{done.stdout}"
    return done.stdout


class PythonOfPage:
    """A Python process for the blocks of one page, so that a later one knows the names of an earlier."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.process: subprocess.Popen[str] | None = None

    def run(self, block: Block) -> str:
        """What the block prints."""
        if self.process is None:
            self.process = subprocess.Popen(
                [sys.executable, str(RUNNER)],
                cwd=self.folder,
                env=environment(self.folder),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self.process.stdin is not None and self.process.stdout is not None
        print(json.dumps(block.text), file=self.process.stdin, flush=True)
        answer = json.loads(self.process.stdout.readline())
        assert not answer["failed"], f"{block.where}:\n{answer['said']}"
        return answer["said"]

    def end(self) -> None:
        if self.process is not None:
            self.process.communicate(timeout=60)
            assert self.process.returncode == 0


def environment(folder: Path) -> dict[str, str]:
    """A reader's: the scratch copy's own environment first, a terminal of usual width, no colours."""
    kept = {
        name: text
        for name, text in os.environ.items()
        if not name.startswith(("SNAKEMAKE", "PYTEST"))
    }
    kept["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", "")])
    # That pip wants hashes keeps it from installing anything into the environment that is borrowed.
    kept |= {"PYTHONPATH": str(folder), "PIP_REQUIRE_HASHES": "1"}
    return {**kept, "COLUMNS": "100", "NO_COLOR": "1"}


def matches(shown: str, said: str) -> bool:
    """Whether the output is what the page shows, but for spaces and what … leaves open."""
    pattern = "".join(
        r"(?:[^\n]*\n)*?"
        if line.strip() == "…"
        else re.escape(" ".join(line.split())).replace("…", r"[^\n]*?") + r"\n"
        for line in shown.strip().splitlines()
    )
    found = "".join(" ".join(line.split()) + "\n" for line in said.strip().splitlines())
    return re.fullmatch(pattern, found) is not None


def test_an_output_may_leave_open_what_it_says_it_does():
    assert matches("a  b\n…\nlast", "a b\n1\n2\nlast\n")
    assert matches("took … s", "took 0.3 s")
    assert matches("a\n…", "a")
    assert matches("…\na", "1\n2\na")
    assert not matches("a\n…\nlast", "a\n1\nother")
    assert not matches("a.c", "abc")


def borrow_environment(folder: Path) -> None:
    """A ``.venv`` made of links to the one in use, with the stamps by which ``make`` knows it for complete."""
    own = folder / ".venv"
    own.mkdir()
    for path in Path(sys.prefix).iterdir():
        if not path.name.startswith("."):
            (own / path.name).symlink_to(path)
    stamps = {"runtime": "requirements.txt", "project": "pyproject.toml"}
    stamps["development"] = "requirements-dev.txt"
    for stamp, name in stamps.items():
        digest = subprocess.run(
            ["cksum"], stdin=(folder / name).open("rb"), capture_output=True, check=True
        )
        (own / f".{stamp}-{digest.stdout.decode().split()[0]}").touch()


@pytest.fixture
def scratch(tmp_path: Path) -> Callable[[], Path]:
    """Makes a copy of what belongs to the project, with the environment of the checkout."""

    def make() -> Path:
        listing = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
            cwd=CHECKOUT,
            capture_output=True,
            check=False,
        )
        if listing.returncode:
            pytest.skip("not a git checkout: which files belong to the project is not known")
        folder = tmp_path / "lmm-report"
        for name in filter(None, listing.stdout.decode().split("\0")):
            source, copy = CHECKOUT / name, folder / name
            if source.is_file():
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, copy)
        borrow_environment(folder)
        return folder

    return make

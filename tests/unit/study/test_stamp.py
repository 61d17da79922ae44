"""What the stamp of a run takes for a change, and what it does not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lmm.study.stamp import last_words, look, write_stamp

CONFIGURATION = Path("config.yaml")


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of code with a folder in it, seen and stamped."""
    monkeypatch.chdir(tmp_path)
    inner = tmp_path / "code" / "inner"
    inner.mkdir(parents=True)
    (inner / "module.py").write_text("x = 1\n", encoding="utf-8")
    write_stamp(CONFIGURATION, seen=look([tmp_path / "code"]), said="all is well")
    return tmp_path / "code"


def test_what_python_compiles_on_its_way_is_no_change(code: Path):
    for folder in (code, code / "inner"):
        (folder / "__pycache__").mkdir()
        (folder / "__pycache__" / "module.pyc").write_bytes(b"compiled")
    assert last_words(CONFIGURATION) == "all is well"


@pytest.mark.parametrize(
    "change",
    [
        lambda code: (code / "inner" / "module.py").write_text("x = 22\n"),
        lambda code: (code / "inner" / "module.py").unlink(),
        lambda code: (code / "inner" / "other.py").write_text(""),
        lambda code: (code / "another").mkdir(),
    ],
    ids=["written", "removed", "added", "a folder added"],
)
def test_a_file_that_comes_goes_or_changes_is_one(code: Path, change: Callable[[Path], object]):
    assert last_words(CONFIGURATION) == "all is well"
    change(code)
    assert last_words(CONFIGURATION) is None

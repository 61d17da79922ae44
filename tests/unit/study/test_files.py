"""Files are replaced whole, and a lock lets one process in."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from lmm.study.files import hold_lock, same_bytes, visible_files, write_whole


def test_a_file_is_replaced_whole(tmp_path):
    path = tmp_path / "deep" / "page.html"
    write_whole(path, b"old")
    with path.open("rb") as reader:
        write_whole(path, b"new, and longer")
        assert reader.read() == b"old", "who has the old file open keeps it"
    assert path.read_bytes() == b"new, and longer"
    assert visible_files(tmp_path) == (Path("deep/page.html"),)
    assert [each.name for each in path.parent.iterdir()] == ["page.html"]


def test_files_of_equal_size_may_still_differ(tmp_path):
    left, right = tmp_path / "left", tmp_path / "right"
    assert not same_bytes(left, right)
    left.write_bytes(b"ab")
    right.write_bytes(b"ba")
    assert not same_bytes(left, right)
    right.write_bytes(b"ab")
    assert same_bytes(left, right)


def test_a_lock_is_held_until_it_is_closed_and_by_one_process(tmp_path):
    path = tmp_path / "locks" / "run.lock"
    code = (
        "import sys; from pathlib import Path; from lmm.study.files import hold_lock;"
        f"sys.exit(hold_lock(Path({str(path)!r})) is None)"
    )
    root = Path(__file__).resolve().parents[3]
    held = hold_lock(path)
    assert held is not None
    assert subprocess.run([sys.executable, "-c", code], cwd=root).returncode == 1
    held.close()
    assert subprocess.run([sys.executable, "-c", code], cwd=root).returncode == 0

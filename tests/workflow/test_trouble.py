"""Disks that are full, folders that cannot be written, files that cannot be read: said, and nothing lost."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .conftest import Project

pytestmark = pytest.mark.workflow


@contextmanager
def mounted(folder: Path, *options: str) -> Iterator[Path]:
    """Something mounted there, for as long as the test needs it."""
    if os.getuid() != 0:
        pytest.skip("only root can mount a small disk")
    folder.mkdir(exist_ok=True)
    done = subprocess.run(["mount", *options, str(folder)], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """The folder as a medium that cannot be written or, for who is not root, as another's folder."""
    if os.getuid() == 0:
        with mounted(folder, "--bind", str(folder)):
            subprocess.run(["mount", "-o", "remount,bind,ro", str(folder)], check=True)
            yield
        return
    folder.chmod(0o555)
    try:
        yield
    finally:
        folder.chmod(0o755)


def fill(folder: Path, *, leave: int) -> Path:
    """A file that takes all of the disk's room but about that many bytes."""
    filler = folder / "filler"
    with filler.open("wb") as file:
        free = os.statvfs(folder)
        file.write(bytes(max(0, free.f_bavail * free.f_frsize - leave)))
    return filler


@pytest.fixture
def changed(short: Project) -> Project:
    short.edit("data/pigs.csv", "\n2,0,", "\n2,0,1")
    return short


# Room for that part of what a study leaves in results.
@pytest.mark.parametrize("part", [0.0, 0.4, 0.6], ids=["nothing", "the numbers", "the report"])
def test_a_disk_with_room_for(changed: Project, tmp_path: Path, part: float):
    with mounted(tmp_path / "small", "-t", "tmpfs", "-o", "size=64m", "tmpfs") as disk:
        project = changed.copy(disk / "project")
        old = project.snapshot("reports/pigs", "reports/pupils")
        made = project.file("results/pigs")
        size = sum(path.stat().st_blocks * 512 for path in made.rglob("*"))
        shutil.rmtree(made)
        filler = fill(disk, leave=round(part * size))
        run = project.lmm_run()
        assert run.code == 1, run.output
        assert re.search("No space left on device|the disk is full", run.output)
        assert "Traceback" not in run.output
        left = project.snapshot("reports/pigs", "reports/pupils")
        assert set(left) >= set(old)
        if part < 1:
            assert left == old
        filler.unlink()
        run = project.lmm_run()
        assert run.code == 0, run.output
        assert "pigs: Up to date" in run.output
        new = project.snapshot("reports/pigs", "reports/pupils")
        assert new["reports/pigs/results.json"] != old["reports/pigs/results.json"]
        assert [name for name in left if left[name] not in (old.get(name), new.get(name))] == []


@pytest.mark.parametrize("folder", ["reports", "results", ".cache", ".snakemake", "."])
def test_a_folder_that_cannot_be_written(changed: Project, folder: str):
    before = changed.snapshot("reports", "results")
    with read_only(changed.file(folder)):
        run = changed.lmm_run()
        assert run.code == 1
        assert re.search(r"(?:written here|write a file) \(.+\)$", run.output, re.M)
        assert "Traceback" not in run.output
        assert changed.snapshot("reports", "results") == before

"""A small project of two studies: made and run once, then handed to each test as a copy."""

from __future__ import annotations

import csv
import os
import random
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
# Publication stamps these with the time; no report has a clock in it.
STAMPED = ("status.json", "index.html", "history.jsonl")
MOMENT = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|\d{1,2} [A-Z][a-z]+ \d{4}, \d\d:\d\d UTC")
COPIED = ("Snakefile", "workflow", "profiles", "templates", "lmm")

CONFIGURATION = """\
studies:
  pigs:
    title: Growth of 12 pigs
    data: {file: data/pigs.csv}
    outcome: {column: weight, label: weight, unit: kg}
    group: {column: id, singular: pig, plural: pigs}
    time: {column: weeks, label: time, unit: week}
  pupils:
    title: Reading of 15 pupils
    data: {file: data/pupils.csv}
    outcome: {column: score, label: reading score, unit: point}
    group: {column: pupil, singular: pupil, plural: pupils}
    time: {column: term, label: time, unit: term}
"""


@dataclass(frozen=True)
class Run:
    """What a run of Snakemake said and did."""

    code: int
    output: str

    @property
    def jobs(self) -> set[str]:
        """The lines in which the jobs say what they did, such as "pigs: analysed"."""
        return set(re.findall(r"^\w+: (?:analysed|report written)$", self.output, re.M))


@dataclass(frozen=True)
class Project:
    """A project folder and what one does with it."""

    folder: Path

    def run(self, *options: str) -> Run:
        """Run ``snakemake`` in the folder, as a user would."""
        return self._done("-m", "snakemake", *options)

    def lmm_run(self, *options: str, python: tuple[str, ...] = ()) -> Run:
        """Run ``lmm run`` in the folder, with the lmm that lies there."""
        return self._done(*python, "-m", "lmm", "run", *options)

    def _done(self, *arguments: str) -> Run:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=600,
        )
        return Run(done.returncode, done.stdout)

    def start(self, *options: str) -> subprocess.Popen[str]:
        """Start ``lmm run`` as the leader of a process group of its own; its words can be read."""
        return subprocess.Popen(
            [sys.executable, "-u", "-m", "lmm", "run", *options],
            cwd=self.folder,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def copy(self, folder: Path) -> Project:
        """The same project elsewhere, times and all."""
        return Project(Path(shutil.copytree(self.folder, folder, symlinks=True)))

    def planned(self, *options: str) -> set[str]:
        """The jobs that a run would do, from a dry run: "analyse pigs", "report pigs" …"""
        run = self.run("--dry-run", "--quiet", "progress", *options)
        assert run.code == 0, run.output
        found = re.findall(
            r"^(?:local)?rule (\w+):\n(?:    .*\n)*?    wildcards: study=(\w+)", run.output, re.M
        )
        return {f"{rule} {study}" for rule, study in found}

    def file(self, name: str) -> Path:
        return self.folder / name

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace ``old``, which must be there, in a file."""
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {name}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def snapshot(self, *folders: str) -> dict[str, bytes]:
        """Bytes of all files below the folders."""
        paths = (path for name in folders for path in self.file(name).rglob("*") if path.is_file())
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in paths}

    def shown(self) -> dict[str, bytes]:
        """What readers see, without the moments of publication."""
        return {
            name: MOMENT.sub(b"(moment)", content) if name.endswith(STAMPED) else content
            for name, content in self.snapshot("reports").items()
            if "/." not in name
        }


def environment() -> dict[str, str]:
    """The environment of a user: nothing of this test run's own settings for Snakemake."""
    return {name: text for name, text in os.environ.items() if not name.startswith("SNAKEMAKE")}


def write_study(path: Path, *, names: tuple[str, str, str], groups: int, seed: int) -> None:
    """A table of ``groups`` lines with slopes and levels of their own, five measurements each."""
    draw = random.Random(seed).gauss
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        for group in range(1, groups + 1):
            level, slope = draw(20, 3), draw(6, 1)
            for time in range(5):
                writer.writerow([group, time, round(level + slope * time + draw(0, 1), 2)])


def make_project(folder: Path, configuration: str) -> Project:
    """A checkout's workflow and library with two small tables and this configuration."""
    (folder / "data").mkdir(parents=True)
    for name in COPIED:
        source = CHECKOUT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy2
        copy(source, folder / name)
    (folder / "config.yaml").write_text(configuration, encoding="utf-8")
    write_study(folder / "data/pigs.csv", names=("id", "weeks", "weight"), groups=12, seed=1)
    write_study(folder / "data/pupils.csv", names=("pupil", "term", "score"), groups=15, seed=2)
    return Project(folder)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Run]:
    """The project after its first run (not to be changed: see ``project``), and what it said."""
    project = make_project(tmp_path_factory.mktemp("built") / "project", CONFIGURATION)
    run = project.run()
    assert run.code == 0, run.output
    return project, run


@pytest.fixture
def project(built: tuple[Project, Run], tmp_path: Path) -> Project:
    """A copy, times and all, of the project after its first run."""
    return built[0].copy(tmp_path / "project")


@pytest.fixture(scope="session")
def built_in_short(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The same tables without a time, up to date by ``lmm run``: a run has the same steps and is short."""
    shorter = re.sub(r"^    time: .*\n", "", CONFIGURATION, flags=re.M)
    project = make_project(tmp_path_factory.mktemp("short") / "project", shorter)
    run = project.lmm_run()
    assert run.code == 0, run.output
    return project


@pytest.fixture
def short(built_in_short: Project, tmp_path: Path) -> Project:
    """A copy of the project whose runs are short."""
    return built_in_short.copy(tmp_path / "project")

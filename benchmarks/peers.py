"""The other packages: fetched by name, and asked in a process of their own with one thread."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median

from benchmarks.places import CACHE, ENGINES, PEERS

PACKAGES = ("mixedlm==1.3.0", "statsmodels==0.15.0", "pandas")
DEBIAN = ("r-base-core", "r-cran-lme4")
ONE_THREAD = {name: "1" for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")}
PATIENCE = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One model to fit: a table's folder, a formula, how often."""

    name: str
    folder: Path
    formula: str
    repeats: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an engine said: ``seconds`` is the median of its repeats, ``error`` is empty where it fitted."""

    seconds: float = float("nan")
    criterion: float = float("nan")
    converged: bool = False
    singular: bool = False
    sigma: float = float("nan")
    sds: tuple[float, ...] = ()
    theta: tuple[float, ...] = ()
    peak: float = float("nan")
    error: str = ""


@cache
def commands() -> dict[str, list[str]]:
    """Engine to command, of those that can be had here: lmm always."""
    found = {"lmm": [sys.executable, str(ENGINES / "ours.py")]}
    if _python_peers():
        python = str(PEERS / "bin" / "python")
        found["mixedlm"] = [python, str(ENGINES / "mixedlm_fits.py")]
        found["statsmodels"] = [python, str(ENGINES / "statsmodels_fits.py")]
    if _lme4():
        found["lme4"] = ["Rscript", "--vanilla", str(ENGINES / "lme4_fits.R")]
    return found


def ask(engine: str, tasks: Sequence[Task]) -> dict[str, Answer]:
    """The engine's answers by task, from one process; none where the engine is not here."""
    command = commands().get(engine)
    if command is None:
        return {}
    with tempfile.TemporaryDirectory() as folder:
        asked, answered = Path(folder, "tasks"), Path(folder, "answers")
        with asked.open("w", newline="") as sink:
            writer = csv.writer(sink, delimiter="\t")
            writer.writerow(["task", "folder", "formula", "repeats"])
            writer.writerows([t.name, t.folder, t.formula, t.repeats] for t in tasks)
        run([*command, str(asked), str(answered)])
        if not answered.exists():
            return {}
        with answered.open(newline="") as source:
            return {row["task"]: _answer(row) for row in csv.DictReader(source, delimiter="\t")}


def run(command: Sequence[str]) -> str:
    """Run to the end with one thread, and give what was printed; a failure is told and not raised."""
    done = subprocess.run(
        command,
        env=os.environ | ONE_THREAD,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    if done.returncode:
        print(f"{' '.join(command[:2])} failed:\n{done.stderr[-2000:]}", file=sys.stderr)
    return done.stdout


def versions() -> dict[str, str]:
    """Engine to version, of those that are here."""
    found = {}
    if "mixedlm" in commands():
        asking = "from importlib.metadata import version as v; print(v('mixedlm'), v('statsmodels'))"
        found["mixedlm"], found["statsmodels"] = run([str(PEERS / "bin" / "python"), "-c", asking]).split()
    if "lme4" in commands():
        found["lme4"] = run(["Rscript", "--vanilla", "-e", 'cat(as.character(packageVersion("lme4")))'])
        found["R"] = run(["Rscript", "--vanilla", "-e", "cat(as.character(getRversion()))"])
    return found


def _answer(row: dict[str, str]) -> Answer:
    if row["error"]:
        return Answer(error=row["error"])
    several = {key: tuple(map(float, row[key].split())) for key in ("seconds", "sds", "theta")}
    return Answer(
        seconds=median(several["seconds"]),
        criterion=float(row["criterion"]),
        converged=row["converged"].lower() == "true",
        singular=row["singular"].lower() == "true",
        sigma=float(row["sigma"]),
        sds=several["sds"],
        theta=several["theta"],
        peak=float(row["peak"] or "nan"),
    )


def _python_peers() -> bool:
    mark = CACHE / ("peers-" + "-".join(PACKAGES))
    if mark.exists():
        return True
    print("Fetching", *PACKAGES)
    quiet = ["-q", "--disable-pip-version-check"]
    made = [sys.executable, "-m", "venv", "--clear", str(PEERS)]
    filled = [str(PEERS / "bin" / "python"), "-m", "pip", "install", *quiet, *PACKAGES]
    for command in (made, filled):
        if subprocess.run(command, check=False).returncode:
            print("mixedlm and statsmodels could not be fetched: left out.", file=sys.stderr)
            return False
    mark.touch()
    return True


def _lme4() -> bool:
    if _has_lme4():
        return True
    if shutil.which("apt-get") and os.geteuid() == 0:
        print("Fetching", *DEBIAN)
        for arguments in (["update", "-qq"], ["install", "-qq", "-y", "--no-install-recommends", *DEBIAN]):
            subprocess.run(["apt-get", *arguments], check=False, stdout=subprocess.DEVNULL)
        if _has_lme4():
            return True
    print(f"lme4 is not here (Debian: apt-get install {' '.join(DEBIAN)}): left out.", file=sys.stderr)
    return False


def _has_lme4() -> bool:
    if shutil.which("Rscript") is None:
        return False
    asked = ["Rscript", "--vanilla", "-e", "packageVersion('lme4')"]
    return subprocess.run(asked, check=False, capture_output=True).returncode == 0

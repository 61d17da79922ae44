"""What is installed is whole: the wheel works in a folder that knows nothing of a checkout."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
import yaml

CHECKOUT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.slow

STUDY = """\
studies:
  pigs:
    data: {file: pigs.csv}
    outcome: {column: weight, label: weight, unit: kg}
    group: {column: id, singular: pig, plural: pigs}
    time: {column: weeks, label: time, unit: week}
"""


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the source archive and the wheel that is built from it."""
    if not importlib.util.find_spec("build"):
        pytest.skip("the package build is not installed")
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder)]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def wheel(distributions: Path) -> Path:
    (path,) = distributions.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that ``pip install`` put the wheel into, beside what it depends on."""
    folder = tmp_path_factory.mktemp("installed")
    command = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--quiet"]
    command += ["--disable-pip-version-check", "--target", str(folder), str(wheel)]
    subprocess.run(command, check=True, timeout=300)
    return folder


@pytest.fixture
def lmm(installed: Path, tmp_path: Path):
    """Runs ``python -m lmm …``, the installed one, in an empty folder."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(installed)},
            capture_output=True,
            text=True,
            timeout=300,
        )

    found = run("lmm", "version")
    assert found.returncode == 0, found.stderr
    return run


def test_the_wheel_holds_the_package_and_nothing_beside_it(wheel: Path):
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"lmm", "lmm_report"}
    for needed in (
        "lmm/py.typed",
        "lmm/report/templates/report.html.j2",
        "lmm/report/templates/report.css",
        "lmm/share/workflow/Snakefile",
        "lmm/share/workflow/rules/common.smk",
        "lmm/share/workflow/scripts/analyse.py",
        "lmm/share/workflow/schemas/config.schema.yaml",
    ):
        assert needed in names
    modules = {str(path.relative_to(CHECKOUT)) for path in (CHECKOUT / "lmm").rglob("*.py")}
    assert modules <= set(names)


def test_the_source_archive_holds_what_a_checkout_does(distributions: Path):
    (path,) = distributions.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {
        "README.md",
        "CHANGELOG.md",
        "LICENSE",
        "Makefile",
        "Snakefile",
        "config.yaml",
        "data/pigs.csv",
        "docs/index.md",
        "requirements.txt",
        "tests/unit/test_house.py",
        "workflow/Snakefile",
    } <= names


def test_a_model_is_fitted_outside_the_checkout(lmm, tmp_path: Path):
    data = (CHECKOUT / "data" / "pigs.csv").read_bytes()
    (tmp_path / "pigs.csv").write_bytes(data)
    done = lmm("lmm", "fit", "pigs.csv", "--formula", "weight ~ weeks + (weeks | id)")
    assert done.returncode == 0, done.stderr
    assert "1740.87" in done.stdout  # as lme4 has it: benchmarks/RESULTS.md


def test_a_report_is_made_outside_the_checkout(lmm, tmp_path: Path):
    (tmp_path / "pigs.csv").write_bytes((CHECKOUT / "data" / "pigs.csv").read_bytes())
    (tmp_path / "config.yaml").write_text(STUDY, encoding="utf-8")
    checked = lmm("lmm", "check")
    assert checked.returncode == 0, checked.stderr
    done = lmm("lmm", "run", "--cores", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    page = (tmp_path / "reports" / "pigs" / "report.html").read_text(encoding="utf-8")
    assert "48 pigs" in page and "</html>" in page


def test_the_workflow_catalogue_finds_what_it_asks_for():
    text = (CHECKOUT / ".snakemake-workflow-catalog.yml").read_text(encoding="utf-8")
    usage = yaml.safe_load(text)["usage"]
    assert usage["software-stack-deployment"] == {"conda": True}
    assert usage["report"] is False
    assert (CHECKOUT / "workflow" / "Snakefile").is_file()
    assert (CHECKOUT / "config" / "README.md").is_file()

"""The rules of CONTRIBUTING.md that a machine can hold."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import lmm
from lmm.errors import ConfigurationError
from lmm.study.configuration.yaml_text import parse_yaml

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.txt", "requirements-dev.txt")
CLUSTER_LOCK = "requirements-cluster.txt"
MODULES = sorted((ROOT / "lmm").rglob("*.py"))

# In pieces, for this file is read too.
REGISTRY_HOSTS = [
    ".".join(pieces)
    for pieces in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("deb", "debian", "org"),
    )
]
ABSOLUTE_WORK_FOLDER = re.compile(r"(?<![\w.})*-])/wor" + r"k/")
FOLDER_BESIDE = "../" + "shared"
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")


@cache
def settings() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@cache
def project_texts() -> dict[str, str]:
    """Path to content of every file that is, or would be, in the repository."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listing.returncode:
        pytest.skip("not a git checkout: which files belong to the project is not known")
    paths = [ROOT / name for name in listing.stdout.decode().split("\0") if name]
    return {
        str(path.relative_to(ROOT)): path.read_text(encoding="utf-8", errors="ignore")
        for path in paths
        if path.is_file()
    }


def test_the_import_contracts_hold():
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_picture_of_the_floors_is_the_one_that_is_enforced():
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    picture = re.search(r"## The floors.*?```text\n(.*?)```", contributing, re.DOTALL)
    assert picture, "CONTRIBUTING.md has no picture of the floors"
    drawn = [re.split(r"\s{2,}", line)[0] for line in picture[1].splitlines()]
    contracts = settings()["tool"]["importlinter"]["contracts"]
    enforced = next(contract["layers"] for contract in contracts if contract["id"] == "floors")
    assert drawn == [floor for floor in enforced if floor != "__main__"]

    named = {name.strip() for floor in enforced for name in floor.split("|")}
    found = {
        path.stem
        for path in (ROOT / "lmm").iterdir()
        if (path.suffix == ".py" or (path / "__init__.py").exists()) and path.stem != "__init__"
    }
    assert named == found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_fits_in_one_head(path):
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= 300


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_supplied_is_ever_executed(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    called = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert not called & {"eval", "exec", "compile", "__import__", "os.system"}
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in [*(alias.name for alias in node.names), getattr(node, "module", None) or ""]
    }
    assert not imported & {
        "pickle",
        "cPickle",
        "dill",
        "cloudpickle",
        "joblib",
        "marshal",
        "shelve",
    }


def test_yaml_is_only_ever_data():
    with pytest.raises(ConfigurationError):
        parse_yaml("title: !!python/object/apply:os.getcwd []", where="config.yaml")
    unsafe = re.compile(r"\b(UnsafeLoader|FullLoader|unsafe_load|full_load)|yaml\.C?Loader\b")
    assert not [path for path in MODULES if unsafe.search(path.read_text(encoding="utf-8"))]


def test_no_file_names_a_package_registry():
    offenders = [
        (name, host)
        for name, text in project_texts().items()
        for host in REGISTRY_HOSTS
        if host in text
    ]
    assert not offenders


def test_no_file_depends_on_a_place_outside_the_project():
    offenders = [
        name
        for name, text in project_texts().items()
        if ABSOLUTE_WORK_FOLDER.search(text) or (FOLDER_BESIDE in text and name != ".ci/run")
    ]
    assert not offenders


def test_nothing_is_left_unfinished():
    assert not [name for name, text in project_texts().items() if UNFINISHED.search(text)]


def test_what_is_offered_can_be_learnt():
    assert len(lmm.__all__) <= 20


@pytest.mark.parametrize("lock", [*LOCKS, CLUSTER_LOCK])
def test_a_lock_names_no_address_and_hashes_everything(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    entries = re.split(r"\n(?=\S)", text.strip())
    bad = [
        entry.splitlines()[0]
        for entry in entries
        if not re.match(r"[a-z0-9-]+(\[[a-z,]+\])?==[^ ]+", entry) or "--hash=sha256:" not in entry
    ]
    assert not bad


def test_the_locks_agree_and_hold_every_dependency():
    runtime, development = (pinned(lock) for lock in LOCKS)
    assert runtime.items() <= development.items()
    project, groups = settings()["project"], settings()["dependency-groups"]
    assert {*map(distribution, project["dependencies"] + groups["build"])} <= runtime.keys()
    assert {*map(distribution, groups["dev"])} <= development.keys()
    extra = {*map(distribution, project["optional-dependencies"]["cluster"])}
    assert extra == {*groups["cluster"]} == pinned(CLUSTER_LOCK).keys()


def test_a_package_wanted_with_an_extra_is_pinned_with_it():
    """pip 23 takes `coverage[toml]` for unpinned where only `coverage==…` stands, and refuses the whole lock."""
    lock = (ROOT / LOCKS[1]).read_text(encoding="utf-8")
    pins = {
        canonicalize_name(match[1]): {*(match[2] or "").strip("[]").split(",")}
        for match in re.finditer(r"^([a-z0-9-]+)(\[[a-z,]+\])?==", lock, re.MULTILINE)
    }
    wanted = [
        Requirement(text)
        for distribution in distributions()
        if canonicalize_name(distribution.metadata["Name"]) in pins
        for text in distribution.requires or ()
    ]
    unpinned = [
        str(requirement)
        for requirement in wanted
        if requirement.extras
        and (requirement.marker is None or requirement.marker.evaluate({"extra": ""}))
        and not requirement.extras <= pins.get(canonicalize_name(requirement.name), set())
    ]
    assert not unpinned


def test_every_dependency_is_accounted_for():
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = re.search(r"## Dependencies.*?\n((?:\|[^\n]*\n)+)", contributing, re.DOTALL)
    assert table, "CONTRIBUTING.md has no table of the dependencies"
    first_cells = [row.split("|")[1] for row in table[1].splitlines()[2:]]
    explained = {name for cell in first_cells for name in re.findall(r"`([^`]+)`", cell)}
    groups = settings()["dependency-groups"]
    project = settings()["project"]
    optional = [name for extra in project["optional-dependencies"].values() for name in extra]
    declared = [*project["dependencies"], *optional, *groups["build"], *groups["dev"]]
    assert explained == {*map(distribution, declared)}


def test_the_conda_environment_asks_for_the_same_versions():
    text = (ROOT / "workflow" / "envs" / "lmm.yaml").read_text(encoding="utf-8")
    conda = {
        entry.replace(" ", "").replace("matplotlib-base", "matplotlib")
        for entry in re.findall(r"^  - (\S+ >=\S+)$", text, re.MULTILINE)
    }
    project = settings()["project"]
    ours = {*project["dependencies"], "python" + project["requires-python"]}
    assert conda == {
        requirement for requirement in ours if distribution(requirement) != "snakemake"
    }


def test_every_target_is_in_the_help():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony
    explained = set(re.findall(r'@echo "make (\w+)', makefile))
    assert explained == set(phony[1].split()) - {"help"}


def test_the_version_is_said_once_and_cited():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {lmm.__version__}\n" in citation


def pinned(lock: str) -> dict[str, str]:
    text = (ROOT / lock).read_text(encoding="utf-8")
    pins = r"^([a-z0-9-]+)(?:\[[a-z,]+\])?==([^ ;]+)"
    return dict(re.findall(pins, text, re.MULTILINE))


def distribution(requirement: str) -> str:
    """``pyright[nodejs]>=1`` is the distribution ``pyright``."""
    return re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0].lower()

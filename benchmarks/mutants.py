"""Would a test notice? Small faults are planted in the code, one at a time, and its tests are run on each.

``python -m benchmarks.mutants lmm/inference/variances/icc.py … --most 40 --seed 1 --write benchmarks/MUTANTS.md``

A fault changes one sign, one comparison, one number or one condition. The tests are the files under tests/unit,
tests/laws and tests/reference that import the module by name. A fault that none of them notices is listed: either a
test is missing, or the fault makes no difference, and someone has to say which.
"""

from __future__ import annotations

import argparse
import ast
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("unit", "laws", "reference")
SECONDS = 240

SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.And: ast.Or,
    ast.Or: ast.And,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One planted fault: the module, the line, what stood there and what stands there now, the whole text."""

    module: str
    line: int
    before: str
    after: str
    text: str


def main() -> int:
    """Plant, test, report; 0 where every fault was noticed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("modules", nargs="+")
    parser.add_argument("--most", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    faults = [fault for module in options.modules for fault in faults_of(module)]
    chosen = random.Random(options.seed).sample(faults, min(options.most, len(faults)))
    survivors = []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "project")
        for name in ("lmm", "tests", "workflow", "templates", "data", "config"):
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("pyproject.toml", "config.yaml"):
            shutil.copy2(ROOT / name, copy / name)
        for number, fault in enumerate(chosen, start=1):
            noticed = is_noticed(fault, copy)
            told = f"{fault.module}:{fault.line}  {fault.before}  →  {fault.after}"
            print(
                f"{number:3}/{len(chosen)} {'noticed ' if noticed else 'SURVIVED'} {told}",
                flush=True,
            )
            survivors += [] if noticed else [fault]
    text = report(options, len(faults), len(chosen), survivors)
    if options.write:
        options.write.write_text(text, encoding="utf-8")
    print(text)
    return int(bool(survivors))


def is_noticed(fault: Fault, copy: Path) -> bool:
    """Whether a test fails, or runs for ever, with the fault in place."""
    path = copy / fault.module
    kept = path.read_text(encoding="utf-8")
    path.write_text(fault.text, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
    try:
        done = subprocess.run(
            [*command, *tests_of(fault.module)], cwd=copy, capture_output=True, timeout=SECONDS
        )
        return done.returncode != 0
    except subprocess.TimeoutExpired:
        return True
    finally:
        path.write_text(kept, encoding="utf-8")


def tests_of(module: str) -> list[str]:
    """The test files that import the module, the short ones first."""
    found, users, known = _importing(module), {module}, {module}
    while (
        not found
    ):  # a module behind others: what tests those that import it, or those that import these
        users = {user for one in users for user in _users(one)} - known
        if not users:
            raise SystemExit(f"no test imports {_dotted(module)}, nor what imports it")
        known |= users
        found = {test for user in users for test in _importing(user)}
    return [str(path.relative_to(ROOT)) for path in sorted(found, key=lambda p: p.stat().st_size)]


def _importing(module: str) -> set[Path]:
    package, _, name = _dotted(module).rpartition(".")
    imports = re.compile(rf"from {package}(\.{name} import\b| import [^\n]*\b{name}\b)")
    return {
        path
        for folder in FOLDERS
        for path in (ROOT / "tests" / folder).rglob("test_*.py")
        if imports.search(path.read_text(encoding="utf-8"))
    }


def _users(module: str) -> set[str]:
    return {
        str(path.relative_to(ROOT))
        for path in (ROOT / "lmm").rglob("*.py")
        if f"{_dotted(module)} import" in path.read_text(encoding="utf-8")
    }


def _dotted(module: str) -> str:
    return module.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def faults_of(module: str) -> Iterator[Fault]:
    """Every fault that can be planted in the functions of a module."""
    source = (ROOT / module).read_text(encoding="utf-8")
    tree = ast.parse(source)
    places = [node for node in ast.walk(tree) if _can_be_faulty(node)]
    for index, node in enumerate(places):
        changed = deepcopy(tree)
        there = [each for each in ast.walk(changed) if _can_be_faulty(each)][index]
        before = ast.unparse(there)
        _plant(there)
        yield Fault(
            module=module,
            line=getattr(node, "lineno", 0),
            before=before,
            after=ast.unparse(there),
            text=ast.unparse(ast.fix_missing_locations(changed)),
        )


def _can_be_faulty(node: ast.AST) -> bool:
    if isinstance(node, ast.BinOp):
        return type(node.op) in SWAPPED
    if isinstance(node, ast.Compare):
        return type(node.ops[0]) in SWAPPED
    if isinstance(node, ast.BoolOp):
        return True
    if isinstance(node, ast.Constant):
        return type(node.value) in (int, float) and node.value not in (0, 1)
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not)


def _plant(node: ast.AST) -> None:
    if isinstance(node, ast.BinOp | ast.BoolOp):
        node.op = SWAPPED[type(node.op)]()  # type: ignore[assignment]
    elif isinstance(node, ast.Compare):
        node.ops[0] = SWAPPED[type(node.ops[0])]()  # type: ignore[call-overload]
    elif isinstance(node, ast.Constant):
        node.value = node.value * 2  # type: ignore[operator]
    elif isinstance(node, ast.UnaryOp):
        node.op = ast.UAdd() if isinstance(node.op, ast.USub) else ast.Not()
        if isinstance(node.op, ast.Not):
            node.operand = ast.UnaryOp(op=ast.Not(), operand=node.operand)


def report(options: argparse.Namespace, planted: int, tried: int, survivors: list[Fault]) -> str:
    """The outcome as Markdown."""
    lines = [
        "# Would a test notice?",
        "",
        f"Made by `python -m benchmarks.mutants … --most {options.most} --seed {options.seed}`: {tried} of {planted}",
        "faults that can be planted in these modules, each a changed sign, comparison, number or condition, with the",
        "tests that import the module run on it.",
        "",
        *(f"- `{module}`" for module in options.modules),
        "",
        f"**{tried - len(survivors)} of {tried} were noticed.**",
    ]
    if survivors:
        lines += ["", "| not noticed | was | became |", "|---|---|---|"]
        lines += [
            f"| `{fault.module}:{fault.line}` | `{fault.before}` | `{fault.after}` |"
            for fault in survivors
        ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())

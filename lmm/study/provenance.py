"""Digests of what a result rests on: the code that made it, the settings it used, the templates.

They tell the workflow when to run again. Layout, comments and docstrings of code do not count.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from lmm.study.configuration.settings import Study

_PACKAGE = Path(__file__).resolve().parents[1]
# The words of a report; no number depends on them.
_WORDING = {
    "title", "family", "synthetic", "label", "unit", "units", "singular", "plural", "origin_label", "name",
    "randomised", "selection", "missingness", "limits",
    "written",
}  # fmt: skip
# Their keys are columns and models, not settings.
_NAMED_BY_USER = ("derived", "missing_codes", "models", "contract")


def code_digest(script: Path, *, cache: Path | None = None) -> str:
    """SHA-256 over the syntax trees of ``script`` and of all ``lmm`` modules that it imports,
    directly or not. The file ``cache`` remembers trees by the bytes they were read from.
    """
    known = _read_cache(cache)
    remembered = len(known)
    trees: dict[Path, str] = {}
    modules: set[str] = set()
    pending = [script]
    while pending:
        path = pending.pop()
        if path not in trees:
            trees[path], imported = _tree(path, known)
            # Most modules are imported by many.
            new = set(imported) - modules
            modules |= new
            pending.extend(file for module in new for file in _files(module))
    if cache is not None and len(known) > remembered:
        _write_cache(cache, known)
    named = {_name(path): tree for path, tree in trees.items()}
    return _sha256(json.dumps(sorted(named.items())))


def templates_digest() -> str:
    """SHA-256 over names and bytes of all templates, styles and scripts of the report."""
    places = (_PACKAGE / "report" / "templates", _PACKAGE.parent / "templates")
    folder = next((place for place in places if place.is_dir()), places[0])
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    named = [(path.relative_to(folder).as_posix(), _sha256(path.read_bytes())) for path in files]
    return _sha256(json.dumps(named))


def analysis_settings(study: Study) -> str:
    """The settings that numbers depend on (all but the wording), as JSON with sorted keys."""
    settings = asdict(study)
    named = {key: settings.pop(key) for key in _NAMED_BY_USER}
    return _json({"name": study.name, **_without_wording(settings), **named})


def report_settings(study: Study) -> str:
    """All settings of the study, as JSON with sorted keys."""
    return _json(asdict(study))


def _without_wording(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_wording(v) for key, v in value.items() if key not in _WORDING}
    return [_without_wording(item) for item in value] if isinstance(value, tuple) else value


def _json(settings: dict[str, Any]) -> str:
    return json.dumps(settings, sort_keys=True, default=str)


def _sha256(data: bytes | str) -> str:
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def _name(path: Path) -> str:
    """A name that does not depend on where the project lies."""
    if path.is_relative_to(_PACKAGE):
        return path.relative_to(_PACKAGE.parent).as_posix()
    return path.name


def _tree(path: Path, known: dict[str, list[Any]]) -> tuple[str, list[str]]:
    """Digest of the syntax tree and the modules of ``lmm`` that the file imports."""
    data = path.read_bytes()
    key = _sha256(data)
    if key not in known:
        try:
            tree = ast.parse(data)
        except SyntaxError:
            return key, []
        imported = sorted(set(_imports(tree, path)))
        _drop_docstrings(tree)
        known[key] = [_sha256(ast.dump(tree)), imported]
    digest, modules = known[key]
    return digest, modules


def _imports(tree: ast.Module, path: Path) -> Iterator[str]:
    """Dotted names that import statements anywhere in the file may mean."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if _ours(alias.name))
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = path.resolve().relative_to(_PACKAGE.parent).parts[: -node.level]
                base = ".".join((*package, *filter(None, (node.module,))))
            if _ours(base):
                yield from (f"{base}.{alias.name}" for alias in node.names)


def _ours(module: str) -> bool:
    return module.partition(".")[0] == _PACKAGE.name


def _files(module: str) -> Iterator[Path]:
    """The files that importing ``lmm.a.b`` runs: each package's ``__init__`` and the module."""
    place = _PACKAGE.parent
    for part in module.split("."):
        place = place / part
        if (place / "__init__.py").is_file():
            yield place / "__init__.py"
        elif place.with_suffix(".py").is_file():
            yield place.with_suffix(".py")


def _drop_docstrings(tree: ast.Module) -> None:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:]


def _read_cache(cache: Path | None) -> dict[str, list[Any]]:
    """Trees by digest of the bytes; empty where another Python (with other trees) wrote them."""
    with suppress(OSError, ValueError, AttributeError):
        stored = json.loads(cache.read_bytes()) if cache is not None else {}
        if stored.get("python") == sys.version:
            return stored["trees"]
    return {}


def _write_cache(cache: Path, known: dict[str, list[Any]]) -> None:
    with suppress(OSError):
        cache.parent.mkdir(parents=True, exist_ok=True)
        part = cache.with_name(f".{cache.name}.{os.getpid()}")
        part.write_text(json.dumps({"python": sys.version, "trees": known}), encoding="utf-8")
        part.replace(cache)

"""What is refused says what is wrong, where, and what to do: read from the source of every refusal."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from lmm import errors

ROOT = Path(__file__).resolve().parents[2]
KINDS = {
    name
    for name, kind in vars(errors).items()
    if name == "Problem" or (isinstance(kind, type) and issubclass(kind, errors.LmmError))
}
# One of many like it, of which the last says what to do.
LISTED = {"lmm/ingest/contract.py", "lmm/ingest/drops.py"}
# Whoever asked adds the place: the setting of the configuration, or the database.
PLACED_BY_THE_CALLER = {
    "lmm/study/analysis/fitting.py",
    "lmm/study/sources/databases.py",
    "lmm/study/sources/queries.py",
}


def refusals() -> Iterator[tuple[str, ast.Call]]:
    """Every problem made from words of its own, as ``file:line``; not those that pass on a list of them."""
    for path in sorted((ROOT / "lmm").rglob("*.py")):
        name = str(path.relative_to(ROOT))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and kind(node) in KINDS:
                worded = [
                    each for each in node.args if isinstance(each, ast.Constant | ast.JoinedStr)
                ]
                if worded or kind(node) == "Problem" or len(node.keywords) > 0:
                    yield f"{name}:{node.lineno}", node


def kind(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def given(call: ast.Call, name: str) -> ast.expr | None:
    return next((each.value for each in call.keywords if each.arg == name), None)


def literal_end(node: ast.expr | None) -> str | None:
    """The last words of a text that stands in the source; ``None`` where it is made elsewhere."""
    if isinstance(node, ast.BinOp):
        return literal_end(node.right)
    if isinstance(node, ast.JoinedStr):
        node = node.values[-1]
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


REFUSALS = dict(refusals())


def test_refusals_are_found():
    assert len(REFUSALS) > 200
    assert {kind(call) for call in REFUSALS.values()} == KINDS


@pytest.mark.parametrize("place", REFUSALS)
def test_a_refusal_says_what_to_do(place):
    remedy = given(REFUSALS[place], "remedy")
    assert remedy is not None
    if place.partition(":")[0] not in LISTED:
        assert not (isinstance(remedy, ast.Constant) and not remedy.value)


@pytest.mark.parametrize(
    "place", [each for each in REFUSALS if each.startswith(("lmm/ingest/", "lmm/study/"))]
)
def test_a_refusal_of_a_file_or_setting_says_where(place):
    assert given(REFUSALS[place], "where") or place.partition(":")[0] in PLACED_BY_THE_CALLER


@pytest.mark.parametrize("place", REFUSALS)
def test_what_is_wrong_is_a_clause_and_what_to_do_a_sentence(place):
    call = REFUSALS[place]
    message = literal_end(given(call, "message") or (call.args[0] if call.args else None))
    remedy = literal_end(given(call, "remedy"))
    assert message is None or not message.endswith(".")
    assert not remedy or remedy.endswith((".", "?"))

"""YAML read strictly: no key twice, no objects, faults with their line."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from lmm.errors import MAKE_READABLE, ConfigurationError

MAX_BYTES = 1_000_000
MAX_VALUES = 100_000

# The C loader reads the schema in 3 ms where the Python one takes 40.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_GRAMMAR_REMEDY = "Look at the indentation (spaces, no tabs); put texts with ':' or '#' in quotes."
_VALUE_REMEDY = "Give each key once, and plain values: text, numbers, true, false, lists."
_MERGE = "tag:yaml.org,2002:merge"


class _StrictLoader(LOADER):
    """A safe loader that refuses a key given twice, and says where a value is none of its kind."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep=deep)
        except (ValueError, TypeError, AttributeError, LookupError, ArithmeticError):
            # A date in month 13, "!!int x": the library lets through what Python says of it.
            raise _fault("this value cannot be read", node) from None

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: dict[str, int] = {}
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _fault("a key must be a plain word", key)
            if key.tag == _MERGE:
                continue
            # Names of studies and columns are text even where YAML sees a number or a truth value.
            key.tag = "tag:yaml.org,2002:str"
            if key.value in seen:
                raise _fault(f"{key.value!r} is given twice (first in line {seen[key.value]})", key)
            seen[key.value] = key.start_mark.line + 1
        return super().construct_mapping(node, deep=deep)


def _fault(message: str, node: yaml.Node) -> yaml.MarkedYAMLError:
    return yaml.constructor.ConstructorError(None, None, message, node.start_mark)


def read_configuration_text(path: Path) -> str:
    """The text of the file at ``path``; ConfigurationError where there is none to read."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ConfigurationError(
                "is over 1 MB: no configuration",
                where=str(path),
                remedy="Name the YAML file with the studies, not a table.",
            )
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigurationError(
            "there is no such configuration file",
            where=str(path),
            remedy="`lmm init DATA --outcome Y --group G` writes one for a table.",
        ) from None
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            f"is not UTF-8 text (byte {error.start})", where=str(path), remedy="Save it as UTF-8."
        ) from None
    except OSError as error:
        raise ConfigurationError(
            f"cannot be read: {error.strerror}",
            where=str(path),
            remedy=MAKE_READABLE,
        ) from None


def parse_yaml(text: str, *, where: str) -> Any:
    """The value that the YAML ``text`` holds; ConfigurationError names the line of a fault."""
    try:
        value = yaml.load(text, Loader=_StrictLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        grammar = not isinstance(error, yaml.constructor.ConstructorError)
        raise ConfigurationError(
            f"{'this is not valid YAML: ' if grammar else ''}{error.problem or error.context}",
            where=f"{where}{line}",
            remedy=_GRAMMAR_REMEDY if grammar else _VALUE_REMEDY,
        ) from None
    except RecursionError:
        raise ConfigurationError(
            "is nested too deeply",
            where=where,
            remedy="A configuration needs no more than six levels.",
        ) from None
    except yaml.YAMLError as error:
        raise ConfigurationError(
            f"this is not valid YAML: {error}", where=where, remedy=_GRAMMAR_REMEDY
        ) from None
    for count, part in enumerate(_values(value)):
        if count > MAX_VALUES:
            raise ConfigurationError(
                "holds too many values for a configuration",
                where=where,
                remedy="Divide the studies among several files.",
            )
        if isinstance(part, float) and not math.isfinite(part):
            raise ConfigurationError(
                f"{part} is not a number that can be used",
                where=where,
                remedy="Give a finite number, or leave the setting out.",
            )
    return value


def line_of(text: str, path: tuple[str | int, ...]) -> int:
    """The line (from 1) of the value at ``path``, or of the deepest part of it that exists."""
    node, line = yaml.compose(text, Loader=LOADER), 0
    for part in path:
        if isinstance(node, yaml.MappingNode):
            pair = next(((key, child) for key, child in node.value if key.value == str(part)), None)
            if pair is None:
                break
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            node = node.value[part]
            line = node.start_mark.line + 1
    return line


def _values(value: Any) -> Iterator[Any]:
    """Every value inside ``value`` (aliases counted each time they are used)."""
    stack = [value]
    while stack:
        current = stack.pop()
        yield current
        if isinstance(current, Mapping):
            stack.extend(current.values())
        elif isinstance(current, list):
            stack.extend(current)

"""A configuration held against its JSON Schema: all that is wrong, in a user's words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from lmm.errors import Problem, nearest
from lmm.study.configuration.faults import dotted
from lmm.study.configuration.yaml_text import LOADER, line_of

SCHEMA_NAME = "config.schema.yaml"

_KINDS = {
    "object": "a mapping (key: value)",
    "array": "a list",
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "nothing",
}


def load_schema() -> dict[str, Any]:
    """The schema: beside the workflow in a checkout, with the workflow inside the package elsewhere."""
    package = Path(__file__).resolve().parents[2]
    for home in (package.parent, package / "share"):
        folder = home / "workflow" / "schemas"
        if (folder / SCHEMA_NAME).is_file():
            return yaml.load((folder / SCHEMA_NAME).read_bytes(), Loader=LOADER)
    raise FileNotFoundError(f"{SCHEMA_NAME} is missing from the installation of lmm")


def schema_problems(value: Any, text: str, *, where: str) -> tuple[Problem, ...]:
    """What is wrong with ``value``, with line and key path, in the order of the file."""
    from jsonschema import Draft202012Validator

    found = []
    for error in Draft202012Validator(load_schema()).iter_errors(value):
        for path, message, remedy in _explain(error):
            line = line_of(text, path)
            place = ", ".join(filter(None, (where, f"line {line}" if line else "", dotted(path))))
            found.append((line, Problem(message=message, where=place, remedy=remedy)))
    # The validator reports a missing setting once for each of the settings that are required.
    return tuple(problem for _, problem in sorted(dict.fromkeys(found), key=lambda item: item[0]))


def _explain(error: Any) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    """Path, message and remedy of one finding of the validator, in a user's words."""
    path, schema = tuple(error.absolute_path), error.schema
    if error.validator == "additionalProperties":
        known = list(schema.get("properties", {}))
        for key in (key for key in error.instance if key not in known):
            guess = nearest(str(key), known)
            remedy = f"Did you mean {guess!r}?" if guess else f"Possible here: {', '.join(known)}."
            yield (*path, key), "this setting is not known", remedy
    elif error.validator == "required" and ("properties" in schema or "x-message" not in schema):
        for key in (key for key in error.validator_value if key not in error.instance):
            yield path, f"the setting {key!r} is missing", _described(schema, key)
    elif "x-message" in schema and error.validator != "type":
        whole = isinstance(error.instance, Mapping)
        shown = "" if whole else f"{_shown(error.instance)} is not right; "
        if "propertyNames" in error.absolute_schema_path:
            path = (*path, error.instance)
        yield path, shown + schema["x-message"], ""
    else:
        yield path, *_plain(error)


def _plain(error: Any) -> tuple[str, str]:
    """Message and remedy of the simple rules (type, range, choice, length)."""
    value, shown = error.validator_value, _shown(error.instance)
    if error.validator == "type":
        kinds = [value] if isinstance(value, str) else value
        wanted = " or ".join(_KINDS[kind] for kind in kinds if kind != "null")
        remedy = "Put it in quotes." if "string" in kinds and not _compound(error.instance) else ""
        return f"should be {wanted}, not {shown}", remedy
    if error.validator == "enum":
        choices = [str(choice) for choice in value if choice is not None]
        guess = nearest(str(error.instance), choices)
        remedy = f"Did you mean {guess}?" if guess else ""
        return f"should be one of {', '.join(choices)}, not {shown}", remedy
    words = {
        "minimum": f"should be at least {value}, not {shown}",
        "maximum": f"should be at most {value}, not {shown}",
        "exclusiveMinimum": f"should be greater than {value}, not {shown}",
        "minLength": "should not be empty",
        "maxLength": f"should be a single character, not {shown}",
        "minItems": "should hold at least one entry",
        "minProperties": "should hold at least one entry",
    }
    return words.get(error.validator, f"{shown} is not allowed here"), ""


def _described(schema: Mapping[str, Any], key: str) -> str:
    """The description of a setting that is missing, to say what belongs there."""
    entry = schema.get("properties", {}).get(key, {})
    if "$ref" in entry:
        entry = load_schema()["$defs"].get(entry["$ref"].rsplit("/", 1)[-1], {})
    return entry.get("description", "")


def _compound(value: Any) -> bool:
    return isinstance(value, Mapping | list) or value is None


def _shown(value: Any) -> str:
    """A value as a message shows it: short, and nothing of a long mapping."""
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "nothing"
    text = repr(value) if isinstance(value, str) else str(value)
    text = text.lower() if isinstance(value, bool) else text
    return text if len(text) <= 60 else f"{text[:57]}…"

"""The directive ``configuration``: every setting, as the schema that validates it describes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from lmm.study.configuration.schema import load_schema

Schema = Mapping[str, Any]

_KINDS = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
}
_LIMITS = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "greater than {}",
    "maxLength": "at most {} character",
}


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("configuration", Configuration)
    return {"parallel_read_safe": True}


class Configuration(SphinxDirective):
    """Sections for the file, a study, and each group of settings below it."""

    def run(self) -> list[nodes.Node]:
        """The sections, from the schema itself."""
        text = "\n".join(described(load_schema()))
        return self.parse_text_to_nodes(text, allow_section_headings=True)


def described(schema: Schema) -> Iterator[str]:
    """Lines of Markdown, the settings in the schema's order; groups of settings follow in sections."""
    yield from _section("The file", schema, schema, path="")


def _section(title: str, entry: Schema, whole: Schema, *, path: str) -> Iterator[str]:
    yield f"## {title}\n"
    if path and "description" in entry:
        yield f"{entry['description']}\n"
    further = []
    for name, raw in entry.get("properties", {}).items():
        setting = _resolved(raw, whole)
        below = f"{path}.{name}".lstrip(".")
        yield f"`{name}`\n: {_facts(setting, required=name in entry.get('required', ()))}\n"
        if inner := _settings_below(setting, whole):
            further.append((f"{below}{inner[0]}", inner[1]))
    if "x-message" in entry:
        yield f"The entry {entry['x-message']}.\n"
    for below, inner in further:
        yield from _section(f"`{below}`", inner, whole, path=below)


def _settings_below(setting: Schema, whole: Schema) -> tuple[str, Schema] | None:
    """How the settings below are reached, and their schema."""
    if setting.get("properties"):
        return "", setting
    for key, way in (("additionalProperties", ".<name>"), ("items", "[]")):
        inner = setting.get(key)
        if isinstance(inner, Mapping) and _resolved(inner, whole).get("properties"):
            return way, _resolved(inner, whole)
    return None


def _facts(setting: Schema, *, required: bool) -> str:
    facts = ["**required**"] if required else []
    facts += [kind] if (kind := _kind(setting)) else []
    facts += [text.format(setting[key]) for key, text in _LIMITS.items() if key in setting]
    default = setting.get("default")
    if not required and default not in (None, "", [], {}):
        facts.append(f"default: `{_written(default)}`")
    words = [f"{', '.join(facts)}.", setting.get("description", ""), _rule(setting)]
    return " ".join(filter(None, (" ".join(word.split()) for word in words)))


def _rule(setting: Schema) -> str:
    names = setting.get("propertyNames", {})
    told = names.get("x-message") or ("" if "properties" in setting else setting.get("x-message"))
    return f"{told[:1].upper()}{told[1:]}." if told else ""


def _kind(setting: Schema) -> str:
    if "enum" in setting:
        choices = [f"`{choice}`" for choice in setting["enum"] if choice is not None]
        return f"one of {', '.join(choices)}"
    kinds = setting.get("type", ())
    kinds = [kinds] if isinstance(kinds, str) else kinds
    return " or ".join(_KINDS[kind] for kind in kinds if kind != "null")


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _resolved(entry: Schema, whole: Schema) -> Schema:
    """The entry with what it refers to; its own words come first."""
    if "$ref" not in entry:
        return entry
    target: Any = whole
    for part in entry["$ref"].removeprefix("#/").split("/"):
        target = target[part]
    return {**target, **{key: value for key, value in entry.items() if key != "$ref"}}

"""The directive ``commands``: what the commands and their options say of themselves, as a reference."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from lmm.cli import parser as commands_parser


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("commands", Commands)
    return {"parallel_read_safe": True}


class Commands(SphinxDirective):
    """A section for each command of ``lmm``."""

    def run(self) -> list[nodes.Node]:
        """The sections, from the parser itself."""
        self.env.note_dependency(commands_parser.__file__)
        text = "\n".join(described(commands_parser.command_parser()))
        return self.parse_text_to_nodes(text, allow_section_headings=True)


def described(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Lines of Markdown: each command with its help, its usage and its options."""
    for action in parser._actions:
        if not isinstance(action, argparse._SubParsersAction):
            continue
        helps = {choice.dest: choice.help or "" for choice in action._choices_actions}
        for name, command in action.choices.items():
            yield from _command(name, command, sentence(helps.get(name, "")))


def _command(name: str, parser: argparse.ArgumentParser, help_text: str) -> Iterator[str]:
    yield f"## `lmm {name}`\n\n{help_text}\n"
    parser.prog = f"lmm {name}"
    usage = " ".join(parser.format_usage().removeprefix("usage: ").split())
    yield f"```text not-run: the form of a command\n{usage}\n```\n"
    for option in parser._actions:
        if option.dest != "help":
            yield f"`{_written(option)}`\n: {sentence((option.help or '') % _known(option))}\n"


def _written(option: argparse.Action) -> str:
    name = ", ".join(option.option_strings)
    takes = option.nargs != 0
    placeholder = option.metavar or (
        "{" + ",".join(map(str, option.choices)) + "}" if option.choices else option.dest.upper()
    )
    return " ".join(filter(None, (name, str(placeholder) if takes or not name else "")))


def _known(option: argparse.Action) -> dict[str, Any]:
    return {"default": option.default, "dest": option.dest, "prog": "lmm"}


def sentence(text: str) -> str:
    """Help as a sentence: a capital first, a full stop last."""
    text = text.strip()
    return (
        f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '?', ')')) else '.'}"
        if text
        else ""
    )

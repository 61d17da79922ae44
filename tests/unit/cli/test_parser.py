"""What can be typed is explained: each command and each option says what it does."""

from __future__ import annotations

import argparse

import pytest

from lmm.cli import _COMMANDS
from lmm.cli.parser import command_parser


def commands() -> dict[str, argparse.ArgumentParser]:
    (found,) = (
        action
        for action in command_parser()._actions
        if isinstance(action, argparse._SubParsersAction)
    )
    assert {choice.dest for choice in found._choices_actions if choice.help} == set(found.choices)
    return dict(found.choices)


def test_every_command_that_can_be_typed_is_carried_out():
    assert set(commands()) == set(_COMMANDS)


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_option_says_what_it_does(name: str):
    silent = [option.dest for option in commands()[name]._actions if not option.help]
    assert not silent


@pytest.mark.parametrize("cores", ["0", "-1", "two"])
def test_a_number_of_jobs_is_one_or_more(cores: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as refused:
        command_parser().parse_args(["run", "--cores", cores])
    assert refused.value.code == 2
    assert "--cores" in capsys.readouterr().err
    assert command_parser().parse_args(["run", "--cores", "3"]).cores == 3

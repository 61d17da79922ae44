"""A parser of commands that says which word may have been meant."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from typing import Any

from lmm.errors import choice_of, nearest

_OPTION = re.compile(r"--[a-z][a-z-]*")


class SuggestingParser(argparse.ArgumentParser):
    """Argparse's, which answers a misspelt command, choice or option with the nearest that there is."""

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            remedy = choice_of(str(value), map(str, action.choices), are="choices")
            raise argparse.ArgumentError(action, f"there is no {value!r}. {remedy}")

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As argparse's; but before it asks for an option that is missing, it looks at what is misspelt."""
        # The options after a command are that command's to judge.
        if args and not any(isinstance(each, argparse._SubParsersAction) for each in self._actions):
            self._refuse_misspelt(args)
        return super().parse_known_args(args, namespace)

    def _refuse_misspelt(self, words: Sequence[str]) -> None:
        known = dict.fromkeys(_OPTION.findall(self.format_help()))
        for word in words:
            name = word.partition("=")[0]
            whole = _OPTION.fullmatch(name)
            if whole and not any(option.startswith(name) for option in known):
                guess = nearest(name, known)
                if guess:
                    self.error(f"there is no option {name}. Did you mean {guess}?")

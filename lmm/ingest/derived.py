"""Columns computed from others: centred, scaled, or by simple arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np

from lmm.errors import ConfigurationError, DataError
from lmm.ingest.expressions import Expression, parse_expression
from lmm.ingest.source import counted
from lmm.numerics import Array, read_only

_KEYS = ("column", "centre", "scale")


@dataclass(frozen=True, slots=True, kw_only=True)
class Centring:
    """(column - centre) / scale."""

    column: str
    centre: float = 0.0
    scale: float = 1.0

    @property
    def columns(self) -> tuple[str, ...]:
        """The one column it needs."""
        return (self.column,)

    def values(self, columns: Mapping[str, Array]) -> Array:
        """The centred and scaled column, (n,)."""
        return (columns[self.column] - self.centre) / self.scale


Derivation = Centring | Expression


def parse_derived(derived: Mapping[str, Any]) -> dict[str, Derivation]:
    """Derivations by name, from ``{column, centre, scale}`` or an expression each.

    Raises ``ConfigurationError`` for keys, values and expressions that are not offered, and for
    columns derived from themselves.
    """
    parsed = {name: _parse(name, given) for name, given in derived.items()}
    for name in parsed:
        _refuse_circles(name, parsed, ())
    return parsed


def sources_of(names: Iterable[str], derivations: Mapping[str, Derivation]) -> tuple[str, ...]:
    """The columns of the file that ``names`` rest on, each once, in order of first need."""
    needed: dict[str, None] = {}
    for name in names:
        if name in derivations:
            needed |= dict.fromkeys(sources_of(derivations[name].columns, derivations))
        else:
            needed[name] = None
    return tuple(needed)


def derived_values(
    name: str,
    derivation: Derivation,
    columns: Mapping[str, Array],
    *,
    where: str,
    place: Callable[[int], str] = lambda index: f"row {index + 1}",
) -> Array:
    """The derived column (n,), not-a-number exactly where a column it needs is missing.

    Raises ``DataError`` naming rows, by their ``place``, where the values are there but the result
    is not finite.
    """
    values = derivation.values(columns)
    complete = np.all([np.isfinite(columns[source]) for source in derivation.columns], axis=0)
    failed = np.flatnonzero(complete & ~np.isfinite(values))
    if failed.size:
        rows = ", ".join(place(int(row)) for row in failed[:5])
        first = failed[0]
        held = ", ".join(f"{source} = {columns[source][first]:g}" for source in derivation.columns)
        raise DataError(
            f"derived column {name} is not a finite number in {counted(failed.size, 'row')} "
            f"({rows}; {held} in {place(int(first))})",
            where=where,
            remedy="Division by zero, and logarithms or roots of negative numbers have no result.",
        )
    return read_only(np.where(complete, values, np.nan))


def _parse(name: str, given: Any) -> Derivation:
    where = f"derived: {name}"
    if isinstance(given, str):
        return parse_expression(given, where=where)
    if not isinstance(given, Mapping) or "column" not in given or set(given) - set(_KEYS):
        raise ConfigurationError(
            "a derived column is given by column, centre and scale, or by an expression",
            where=where,
            remedy="For example {column: age, centre: 36}, or wt / (ht / 100) ** 2.",
        )
    numbers = {key: given[key] for key in _KEYS[1:] if key in given}
    for key, value in numbers.items():
        if not isinstance(value, Real) or isinstance(value, bool) or not np.isfinite(float(value)):
            raise ConfigurationError(
                f"{key} is not a number: {value!r}", where=where, remedy="Write one, such as 36."
            )
    if numbers.get("scale") == 0:
        raise ConfigurationError(
            "scale cannot be 0: the column is divided by it",
            where=where,
            remedy="Leave it out, or give what one new unit holds: 12 makes years of months.",
        )
    return Centring(
        column=str(given["column"]), **{key: float(value) for key, value in numbers.items()}
    )


def _refuse_circles(
    name: str, derivations: Mapping[str, Derivation], path: tuple[str, ...]
) -> None:
    if name in path:
        circle = " from ".join((*path[path.index(name) :], name))
        raise ConfigurationError(
            f"a column is derived from itself: {circle}",
            where="derived",
            remedy="Give the derived column a name of its own.",
        )
    if name in derivations:
        for source in derivations[name].columns:
            _refuse_circles(source, derivations, (*path, name))

"""A study's numbers together with the words for them, and sentences that can prove their numbers.

A ``Speaker`` writes numbers into a sentence by pointing (RFC 6901) into the results; the finding keeps
each pointer beside the text shown, so that anyone can check the sentence against the results file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lmm.report import formatting as fmt


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A number of a sentence: where it stands in the results, times ``factor``, as it is ``shown``."""

    pointer: str
    shown: str
    factor: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A sentence for a reader: ``level`` is ``plain`` or ``technical``; plain text, no markup."""

    id: str
    level: str
    text: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """Access to the numbers by meaning. ``numbers`` is the results file's own dictionary."""

    numbers: Mapping[str, Any]

    def at(self, pointer: str) -> Any:
        """The value at a JSON pointer."""
        value: Any = self.numbers
        for part in pointer.split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            value = value[int(key)] if isinstance(value, Sequence) else value[key]
        return value

    def find(self, pointer: str, **wanted: Any) -> str:
        """The pointer of the first record of a list that has the wanted fields."""
        for index, record in enumerate(self.at(pointer)):
            if all(record[name] == value for name, value in wanted.items()):
                return f"{pointer}/{index}"
        raise KeyError(f"{pointer}: no record with {wanted}")

    def effect(self, model: str, term: str) -> str:
        """Pointer of a fixed effect."""
        return self.find(f"/models/{model}/fixed_effects", term=term)

    def component(self, model: str, term: str, other: str | None = None) -> str:
        """Pointer of a variance between the main groups (or of the covariance with ``other``)."""
        return self.find(
            f"/models/{model}/random_effects", group=self.group, term=term, other=other
        )

    def profile(self, model: str, term: str, *, group: str = "") -> Mapping[str, Any] | None:
        """The profile interval of a standard deviation between groups, the main ones by default."""
        wanted = ("sd", group or self.group, term)
        rows = self.at("/profiles").get(model, [])
        return next((r for r in rows if (r["kind"], r["group"], r["term"]) == wanted), None)

    def has(self, model: str) -> bool:
        """Whether the model was fitted."""
        return model in self.numbers["models"]

    @property
    def used(self) -> str:
        """The model that answers."""
        return self.numbers["used"]

    @property
    def study(self) -> Mapping[str, Any]:
        """The study's words."""
        return self.numbers["study"]

    @property
    def outcome(self) -> str:
        """What is measured."""
        return self.study["outcome"]["label"] or self.study["outcome"]["column"]

    @property
    def unit(self) -> str:
        """The outcome's unit, or an empty text."""
        return self.study["outcome"]["unit"]

    @property
    def one(self) -> str:
        """What one group is called."""
        return self.study["group"]["singular"]

    @property
    def many(self) -> str:
        """What several groups are called."""
        return self.study["group"]["plural"]

    @property
    def group(self) -> str:
        """The column of the main grouping factor."""
        return self.study["group"]["column"]

    @property
    def further(self) -> Sequence[Mapping[str, Any]]:
        """The further grouping factors: column, singular, plural, within."""
        return self.study["also_grouped_by"]

    def nouns(self, group: str) -> tuple[str, str]:
        """What one and several groups of a grouping column are called."""
        for each in (self.study["group"], *self.further):
            if each["column"] == group:
                return each["singular"], each["plural"]
        return self.one, self.many

    @property
    def slope(self) -> str | None:
        """The time column, whose coefficient is the trend; ``None`` in a study without time."""
        return self.study["time"]["column"] if self.study["time"] else None

    @property
    def time_unit(self) -> str:
        """One unit of time: ``month``."""
        time = self.study["time"]
        return time["unit"] or f"unit of {time['label'] or time['column']}"

    @property
    def time_units(self) -> str:
        """Several units of time: ``months``."""
        time = self.study["time"]
        return time["units"] or time["unit"] or f"units of {time['label'] or time['column']}"

    @property
    def period(self) -> tuple[float, str]:
        """Units of time in the period slopes are told for, and its name: (12, ``year``)."""
        per = self.study["time"]["per"]
        return (float(per["count"]), per["name"]) if per else (1.0, self.time_unit)

    @property
    def rate_unit(self) -> str:
        """Unit of a slope: ``cm a month``."""
        return f"{self.unit} {fmt.an(self.time_unit)}".strip()

    def rate(self, size: str) -> str:
        """A number with the unit of a slope: ``0.4 cm a month``, ``0.4% a month``."""
        return f"{size}{'' if self.unit.startswith('%') else ' '}{self.rate_unit}"

    @property
    def origin(self) -> str:
        """Where levels are compared, with its preposition: ``at age 3``; empty without a time."""
        time = self.study["time"]
        if not time:
            return ""
        if time["origin_label"]:
            return f"at {time['origin_label']}"
        return (
            f"at {time['label']} {fmt.number(time['origin'], 0 if time['origin'] % 1 == 0 else 1)}"
        )

    def groups(self, n: int) -> str:
        """``1 child``, ``197 children``."""
        return f"{fmt.count(n)} {self.one if n == 1 else self.many}"


@dataclass(slots=True)
class Speaker:
    """Writes numbers of a reading into text and remembers where each came from."""

    reading: Reading
    evidence: list[Evidence] = field(default_factory=list)

    def value(self, pointer: str, decimals: int, *, factor: float = 1.0) -> str:
        """The number at the pointer, times factor, with fixed decimals."""
        return self._keep(pointer, fmt.number(factor * self.reading.at(pointer), decimals), factor)

    def size(self, pointer: str, decimals: int, *, factor: float = 1.0) -> str:
        """The number without its sign, where the words give the direction."""
        sign = -1.0 if self.reading.at(pointer) < 0 else 1.0
        return self.value(pointer, decimals, factor=sign * factor)

    def count(self, pointer: str) -> str:
        """A whole number."""
        return self._keep(pointer, fmt.count(self.reading.at(pointer)), 1.0)

    def percent(self, pointer: str, decimals: int = 0) -> str:
        """A share as a percentage."""
        shown = fmt.percent(self.reading.at(pointer), decimals)
        self._keep(pointer, shown.split()[-1].rstrip("%"), 100.0)
        return shown

    def coverage(self, pointer: str) -> str:
        """A configured level as a percentage, not rounded."""
        shown = fmt.coverage(self.reading.at(pointer))
        self._keep(pointer, shown.rstrip("%"), 100.0)
        return shown

    def p(self, pointer: str) -> str:
        """A p-value with its sign of equality."""
        shown = fmt.p_value(self.reading.at(pointer))
        self._keep(pointer, shown.split()[-1], 1.0)
        return shown

    def interval(self, record: str, decimals: int, *, factor: float = 1.0) -> str:
        """``low to high`` of the record at the pointer."""
        low = self.value(f"{record}/low", decimals, factor=factor)
        return f"{low} to {self.value(f'{record}/high', decimals, factor=factor)}"

    def certainty(self) -> str:
        """``95% interval``, from the configured confidence."""
        return f"{self.coverage('/study/confidence')} interval"

    def finding(self, id: str, text: str, *, level: str = "plain") -> Finding:
        """The sentence with its proof."""
        return Finding(id=id, level=level, text=text, evidence=tuple(self.evidence))

    def _keep(self, pointer: str, shown: str, factor: float) -> str:
        self.evidence.append(Evidence(pointer=pointer, shown=shown, factor=factor))
        return shown

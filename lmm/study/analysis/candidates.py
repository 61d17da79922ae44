"""The models that a study's roles call for, as formulas."""

from __future__ import annotations

from dataclasses import dataclass

from lmm.model.formula import parse_formula, quote
from lmm.study.configuration.settings import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Formulas of the four models (no random slope without a time) and of the configured further ones."""

    pooled: str
    random_intercept: str
    random_slope: str | None
    random_slope_independent: str | None
    further: dict[str, str]

    @property
    def further_columns(self) -> tuple[str, ...]:
        """Columns that only the further models use, in order of appearance."""
        base = set(parse_formula(self.random_intercept).variables)
        named = [name for text in self.further.values() for name in parse_formula(text).variables]
        return tuple(dict.fromkeys(name for name in named if name not in base))


def candidates(study: Study) -> Candidates:
    """The formulas of a study; raises ``FormulaError`` where a further model cannot be read."""
    time = quote(study.time.column) if study.time else None
    group = quote(study.group.column)
    also = "".join(f" + (1 | {quote(each.column)})" for each in study.also_grouped_by)
    columns = ([time] if time else []) + [quote(each.column) for each in study.covariates]
    fixed = f"{quote(study.outcome.column)} ~ {' + '.join(columns) or '1'}"
    return Candidates(
        pooled=fixed,
        random_intercept=f"{fixed} + (1 | {group}){also}",
        random_slope=f"{fixed} + ({time} | {group}){also}" if time else None,
        random_slope_independent=f"{fixed} + ({time} || {group}){also}" if time else None,
        further=dict(study.models),
    )

"""Settings of a study that contradict each other, each of them valid by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lmm.study.configuration.faults import Fault, KeyPath, dotted
from lmm.study.configuration.secrets_kept import holds_password
from lmm.study.configuration.settings import Study


def clashes(study: Study) -> Iterator[Fault]:
    """Every contradiction in the entry of a study, but for those of its contract."""
    yield from _two_parts(study)
    yield from _within(study)
    yield from _own_names(study)
    yield from _source(study)


def _two_parts(study: Study) -> Iterator[Fault]:
    """Where one column is given two parts."""
    taken: dict[str, str] = {}
    parts: list[tuple[KeyPath, str]] = [
        (("outcome",), study.outcome.column),
        (("group",), study.group.column),
        *((("also_grouped_by", i), each.column) for i, each in enumerate(study.also_grouped_by)),
        *([(("time",), study.time.column)] if study.time else []),
        *((("covariates", i), item.column) for i, item in enumerate(study.covariates)),
    ]
    for at, column in parts:
        if column in taken:
            yield Fault(
                at=("studies", study.name, *at, "column"),
                message=f"column {column!r} is already the {taken[column]}",
                remedy="Give each column one part.",
            )
        taken.setdefault(column, dotted(at))


def _within(study: Study) -> Iterator[Fault]:
    """Where a grouping column is said to lie within itself or within the outcome."""
    places = [("group",), *(("also_grouped_by", i) for i in range(len(study.also_grouped_by)))]
    for place, each in zip(places, study.groupings, strict=True):
        if each.within and each.within == each.inner:
            message = f"column {each.inner!r} cannot lie within itself"
        elif each.within and study.outcome.column in (each.within, each.inner):
            message = f"the outcome {study.outcome.column!r} groups nothing"
        else:
            continue
        yield Fault(
            at=("studies", study.name, *place, "within"),
            message=message,
            remedy="Name the column whose groups repeat these labels, or leave it out.",
        )


def _own_names(study: Study) -> Iterator[Fault]:
    """Where a derived column would replace the one that it is made from."""
    for name, entry in study.derived.items():
        if isinstance(entry, Mapping) and entry["column"] == name:
            yield Fault(
                at=("studies", study.name, "derived", name),
                message=f"the derived column {name!r} is made from a column of the same name",
                remedy="Give it a name of its own.",
            )


def _source(study: Study) -> Iterator[Fault]:
    """What a source needs from the rest of the configuration."""
    source, at = study.source, ("studies", study.name, "data")
    by_hand = study.contract.unique if study.contract else ()
    if source.duplicates != "refuse" and study.time is None and not by_hand:
        yield Fault(
            at=(*at, "duplicates"),
            message='what is a duplicate cannot be told without a time or the contract\'s "unique"',
            remedy='Name in "unique" the columns that tell rows apart.',
        )
    if source.sql is not None and holds_password(source.sql.url):
        yield Fault(
            at=(*at, "sql", "url"),
            message="the address holds a password, which would be in the report's history",
            remedy="Put the address into an environment variable and name it as url_variable.",
        )

"""What a table must have before any model of groups can be fitted to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from lmm.errors import Problem
from lmm.ingest.ledger import MISSING, Exclusion
from lmm.ingest.roles import Roles
from lmm.ingest.source import shortened

# So few rows may hold two values by chance.
_FEW_ROWS = 10


def no_value(column: str, *, where: str) -> Problem:
    """A base column in which every cell is missing."""
    return Problem(
        message=f"column {column} has no value: all its rows are missing",
        where=where,
        remedy="Is it the right column, and are the missing_codes right?",
    )


def unmet(
    frame: pd.DataFrame,
    roles: Roles,
    sound: Sequence[str],
    exclusions: Sequence[Exclusion],
    *,
    where: str,
) -> Iterator[Problem]:
    """The requirements that the rows of ``frame`` do not meet, judged on the ``sound`` columns."""
    if frame.empty:
        left_out = ", ".join(_words(gone) for gone in exclusions)
        yield Problem(
            message=f"no row can be used ({left_out})",
            where=where,
            remedy="Fill in what is missing, or leave such a variable out; are the missing_codes right?",
        )
        return
    if roles.outcome in sound:
        yield from _constant_outcome(frame, roles.outcome, where)
        yield from _two_valued_outcome(frame, roles.outcome, where)
    if roles.time in sound:
        yield from _constant_time(frame, str(roles.time), where)
    if roles.group not in sound:
        return
    grouping = [name for name in roles.groupings if name in sound]
    for name in grouping:
        yield from _too_few_groups(frame, name, where)
    yield from _same_groups(frame, grouping, where)
    if roles.time in sound:
        yield from _no_change_within(frame, roles.group, str(roles.time), where)
    for covariate in roles.covariates:
        if covariate.level == "group" and covariate.column in sound:
            yield from _varying(frame, roles.group, covariate.column, where)


def _words(gone: Exclusion) -> str:
    if gone.reason == MISSING:
        return f"{gone.column} missing in {gone.rows:,}"
    return f"{gone.rows:,} {gone.reason}"


def _constant_outcome(frame: pd.DataFrame, outcome: str, where: str) -> Iterator[Problem]:
    values = frame[outcome].to_numpy()
    if (values == values[0]).all():
        yield Problem(
            message=f"column {outcome} is constant: every row that can be used holds "
            f"{values[0]:g}, so there is no variation to explain",
            where=where,
            remedy="Is it the right column, and are the rows all there?",
        )


def _two_valued_outcome(frame: pd.DataFrame, outcome: str, where: str) -> Iterator[Problem]:
    """A yes or no, for which a linear model's errors and intervals are wrong."""
    values = np.unique(frame[outcome].to_numpy())
    if len(values) == 2 and len(frame) > _FEW_ROWS:
        yield Problem(
            message=f"column {outcome} holds two values only, {values[0]:g} and {values[1]:g}: a yes or no, "
            "not a measurement",
            where=where,
            remedy="It needs a logistic mixed model: glmer of R's lme4 with family = binomial, or "
            "BinomialBayesMixedGLM of statsmodels.",
        )


def _constant_time(frame: pd.DataFrame, time: str, where: str) -> Iterator[Problem]:
    values = frame[time].to_numpy()
    if (values == values[0]).all():
        yield Problem(
            message=f"column {time} holds a single time, {values[0]:g}: "
            "no change over time can be estimated",
            where=where,
            remedy="Leave the time out of the configuration to compare groups without it.",
        )


def _no_change_within(frame: pd.DataFrame, group: str, time: str, where: str) -> Iterator[Problem]:
    """A time that is the same in all rows of each group, though groups differ in it."""
    values, codes = frame[time].to_numpy(), frame[group].cat.codes.to_numpy()
    first = np.empty(codes.max() + 1)
    first[codes[::-1]] = values[::-1]
    repeated = len(codes) > len(first)
    if repeated and (values == first[codes]).all() and (values != values[0]).any():
        yield Problem(
            message=f"column {time} holds one time for each group: "
            "no change within groups can be estimated",
            where=where,
            remedy="Leave the time out of the configuration; the column can be a covariate.",
        )


def _too_few_groups(frame: pd.DataFrame, group: str, where: str) -> Iterator[Problem]:
    sizes = np.bincount(frame[group].cat.codes)
    if sizes.size < 2:
        yield Problem(
            message=f"column {group} has only 1 group ({shortened(frame[group].iloc[0])}) among "
            "the rows that can be used: differences between groups need at least 2",
            where=where,
            remedy="Is it the right column, and are the rows all there?",
        )
    elif sizes.max() == 1:
        yield Problem(
            message=f"column {group} has as many groups as rows ({sizes.size:,}): with one "
            "observation in every group, differences between and within groups are one",
            where=where,
            remedy="Is it the column that repeats for rows of the same group?",
        )


def _varying(frame: pd.DataFrame, group: str, column: str, where: str) -> Iterator[Problem]:
    """A covariate of the group that takes several values in one."""
    codes = frame[group].cat.codes.to_numpy()
    places, values = pd.factorize(frame[column])
    pairs = np.unique(codes.astype(np.int64) * len(values) + places)
    distinct = np.bincount(pairs // len(values))
    varying = np.flatnonzero(distinct > 1)
    if varying.size:
        first = frame[group].cat.categories[varying[0]]
        held = values[pd.unique(places[codes == varying[0]])[:4]]
        shown = ", ".join(f"{v:g}" if isinstance(v, float) else shortened(v) for v in held)
        yield Problem(
            message=f"column {column} is a covariate of the group but varies within "
            f"{varying.size:,} of {distinct.size:,} groups "
            f"(group {shortened(first)} holds {shown})",
            where=where,
            remedy="Correct the cells, or set its level to measurement.",
        )


def _same_groups(frame: pd.DataFrame, names: Sequence[str], where: str) -> Iterator[Problem]:
    """Two grouping columns that divide the rows alike: their differences cannot be told apart."""
    for one, other in combinations(names, 2):
        codes, others = (frame[name].cat.codes.to_numpy().astype(np.int64) for name in (one, other))
        pairs = len(np.unique(codes * (others.max() + 1) + others))
        if pairs == len(np.unique(codes)) == len(np.unique(others)):
            yield Problem(
                message=f"columns {one} and {other} divide the rows alike: the differences of one are "
                "those of the other",
                where=where,
                remedy="Name one of them only.",
            )

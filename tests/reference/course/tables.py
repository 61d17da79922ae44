"""The tables of the two studies, read and cleaned as the slides do it, by our own ingest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path

import pandas as pd

from lmm.ingest.cleaning import CleanTable, clean
from lmm.ingest.readers import read_table
from lmm.ingest.roles import Roles

CODES = [88.8, 99.9]  # stand for a missing value; the slides take them out of ``arm`` alone
_PIGS = Roles(outcome="weight", group="id", time="weeks")
_NEPAL = Roles(outcome="arm", group="id", time="ageC", others=("age", "sex", "lit", "wt"))
_CENTRED = {"ageC": {"column": "age", "centre": 36}}


class CourseTables:
    """``pigs``, ``nepal`` and its variants; ``find`` gives the path of a published file."""

    def __init__(self, find: Callable[[str], Path]):
        self.find = find

    @cached_property
    def pigs(self) -> pd.DataFrame:
        """All 432 rows."""
        return clean(read_table(self.find("pig.csv")), roles=_PIGS).frame

    @cached_property
    def nepal_cleaned(self) -> CleanTable:
        """The slides' table with the account of how it came about."""
        return self._nepal({"arm": CODES})

    @cached_property
    def nepal(self) -> pd.DataFrame:
        """The slides' 882 rows; ``wt`` still holds codes."""
        return self.nepal_cleaned.frame

    @cached_property
    def nepal_without_codes(self) -> pd.DataFrame:
        """The same rows, the codes in ``wt`` missing."""
        return self._nepal({"arm": CODES, "wt": CODES}).frame

    def nepal_without(self, *ids: str) -> pd.DataFrame:
        """The slides' rows without some children."""
        return self.nepal[~self.nepal["id"].isin(ids)]

    def _nepal(self, codes: Mapping[str, list[float]]) -> CleanTable:
        raw = read_table(self.find("Nepal.csv"))
        return clean(raw, roles=_NEPAL, missing_codes=codes, derived=_CENTRED)

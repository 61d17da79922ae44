"""Parts of a page that its script brings to life; without one they are hidden."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFinder:
    """The look-up that marks one group in every figure: ``label``, how many there are, and the table of them.

    The page's script takes the names from the table's rows.
    """

    label: str
    count: int
    table_id: str
    kind: str = "group_finder"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseControl:
    """A slider over doublings of the noise, ``low`` to ``high``; by ``data`` (JSON) the script redraws two panels."""

    label: str
    low: int
    high: int
    data: str
    kind: str = "noise_control"


@dataclass(frozen=True, slots=True, kw_only=True)
class Downloads:
    """Buttons that save what the file carries: the results and one table, under these file names."""

    results_name: str
    table_id: str
    table_name: str
    table_label: str = "table of groups"
    kind: str = "downloads"

"""A formula and a Parquet file of any length to the statistics of its models."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from lmm.ingest.cells import Codes
from lmm.ingest.row_stream import Wanted, open_row_stream
from lmm.ingest.suspects import SuspectedCode
from lmm.model.formula import Formula
from lmm.model.streams.models import Streamed, gather, refuse_held


def gather_parquet(
    formula: Formula,
    path: Path,
    *,
    missing_codes: Mapping[str, Codes] | None = None,
    declared_by: Callable[[tuple[SuspectedCode, ...]], str] | None = None,
) -> tuple[Streamed, tuple[str, ...]]:
    """The statistics, and notes on the cells. Three passes over the columns that the formula names, none of them held.

    Cells are read as ``lmm fit`` reads them. Raises ``LmmError`` where formula, file or model cannot be used.
    """
    refuse_held(formula)
    groups = tuple(dict.fromkeys(name for bar in formula.bars for name in bar.group))
    others = tuple(name for name in formula.variables[1:] if name not in groups)
    wanted = Wanted(numbers=(formula.response,), groups=groups, others=others)
    with open_row_stream(
        path, wanted, missing_codes=missing_codes, declared_by=declared_by
    ) as rows:
        return gather(formula, rows), rows.notes

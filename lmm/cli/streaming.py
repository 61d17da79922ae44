"""``lmm fit`` of a long Parquet table: its rows are read a part at a time and never held."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from lmm.ingest.cells import Codes
from lmm.ingest.suspects import SuspectedCode
from lmm.model.fit import Fit
from lmm.model.formula import Formula
from lmm.model.ordinary import OrdinaryFit
from lmm.model.serial.fit import SerialFit
from lmm.model.streams.models import fit_streamed
from lmm.model.streams.parquet import gather_parquet

# Up to so many rows a table is held: a few hundred megabytes, and half the time.
LONG = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedFit:
    """The ``fit``, ``notes`` for the reader, what took which ``seconds``."""

    fit: Fit | OrdinaryFit | SerialFit
    notes: tuple[str, ...]
    seconds: dict[str, float]


def is_long(path: Path) -> bool:
    """Whether this is a Parquet file of more than ``LONG`` rows; what is wrong with a file is the reader's to say."""
    from pyarrow.parquet import read_metadata

    try:
        with path.open("rb") as file:
            if file.read(4) != b"PAR1":
                return False
        return read_metadata(path).num_rows > LONG
    except (OSError, ValueError, pa.ArrowException):
        return False


def fit_long(
    path: Path,
    formula: Formula,
    *,
    reml: bool,
    codes: Mapping[str, Codes],
    declared_by: Callable[[tuple[SuspectedCode, ...]], str],
) -> TimedFit:
    """Fit a model to the table at ``path`` from its sufficient statistics."""
    started = time.perf_counter()
    streamed, notes = gather_parquet(formula, path, missing_codes=codes, declared_by=declared_by)
    read = time.perf_counter()
    fit = fit_streamed(streamed, reml=reml)
    return TimedFit(
        fit=fit,
        notes=(
            f"the table was read a part at a time and not held: of {streamed.rows:,} rows "
            f"{streamed.bytes / 2**20:,.1f} MiB of statistics are kept",
            *notes,
        ),
        seconds={"read": read - started, "fit": time.perf_counter() - read},
    )

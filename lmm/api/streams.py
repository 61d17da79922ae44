"""From a formula and a Parquet file of any length to results: rows are read and let go."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lmm.api.mixed import MixedResults
from lmm.model.formula import parse_formula
from lmm.model.streams.models import Streamed, fit_streamed
from lmm.model.streams.parquet import gather_parquet


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """A file that was read and let go: models of its columns are fitted without another look at it.

    ``notes`` say what was noticed in its cells.
    """

    streamed: Streamed
    notes: tuple[str, ...]

    def fit(self, formula: str | None = None, *, reml: bool = True) -> MixedResults:
        """The model streamed, or one whose terms are all among its terms, on the same rows.

        Rows are not there to be asked for: residuals, fitted values and what is made of them raise ``ModelError``.
        """
        wanted = None if formula is None else parse_formula(formula)
        return MixedResults(fit_streamed(self.streamed, wanted, reml=reml))


def stream(formula: str, path: str | Path) -> Stream:
    """Read a Parquet file of any length a part at a time, and keep what the models of a formula need of it.

    Memory is that of some 100 000 rows and of q² + q(p + 1) + 1 numbers for each group, q random and p fixed
    columns. One grouping column, an intercept, no functions of a whole column (``scale(x)``). Raises
    ``lmm.errors.LmmError`` where the request cannot be met.
    """
    streamed, notes = gather_parquet(parse_formula(formula), Path(path))
    return Stream(streamed=streamed, notes=notes)

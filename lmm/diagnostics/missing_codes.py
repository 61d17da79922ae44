"""What undeclared missing-value codes do to a model: its fit with them kept as numbers, and with them missing.

The values doubted are found in every variable of the model (``lmm.ingest.audit``); the refit shows what they change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from lmm.diagnostics.check import Check
from lmm.errors import LmmError
from lmm.ingest.audit import Doubtful, audit
from lmm.model.fit import Fit, fit_mixed
from lmm.model.ordinary import OrdinaryFit, fit_pooled
from lmm.numerics import Array, read_only

# A coefficient that moves by more than its standard error is another answer.
_MATTERS = 1.0

SOURCE = "unusual values are to be explained: SAMPL, Lang and Altman 2013, item 3; any value that looks like a code"


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingCodes:
    """``found`` in the model's variables, rows as positions in the table; ``rows_kept`` and ``rows_dropped`` used.

    Per fixed effect of ``terms`` the estimate and standard error with the values ``kept`` and ``dropped``, (p,) each;
    ``sigma`` and the SDs of the random effects (q,) likewise; an ordinary regression has none of these.
    """

    found: tuple[Doubtful, ...]
    terms: tuple[str, ...]
    rows_kept: int
    rows_dropped: int
    kept: Array
    kept_se: Array
    dropped: Array
    dropped_se: Array
    sigma: tuple[float, float]
    sd_kept: Array
    sd_dropped: Array

    @property
    def moved(self) -> Array:
        """How far each estimate moves, in the larger of its two standard errors, (p,)."""
        return np.abs(self.dropped - self.kept) / np.fmax(self.kept_se, self.dropped_se)


def missing_codes(
    fit: Fit | OrdinaryFit,
    table: pd.DataFrame | Mapping[str, Array],
    *,
    ranges: Mapping[str, tuple[float, float]] | None = None,
) -> MissingCodes | None:
    """Audit every numeric variable of the model in the table it was fitted to, and refit; None: nothing doubted.

    Where the rows without the doubtful values cannot carry the model, what would follow is not a number.
    """
    groups = {fit.grouping.name} if fit.grouping else set()
    variables = [name for name in fit.design.formula.variables if name not in groups]
    rows = fit.design.rows
    columns = {name: np.asarray(table[name]) for name in variables}
    columns = {name: c.astype(float) for name, c in columns.items() if c.dtype.kind in "iuf"}
    found = audit({name: column[rows] for name, column in columns.items()}, ranges=ranges)
    if not found:
        return None
    mended = {name: table[name] for name in fit.design.formula.variables}
    for doubt in found:
        column = np.array(mended[doubt.column], float)
        column[rows[doubt.rows]] = np.nan
        mended[doubt.column] = column
    after = _refitted(fit, mended)
    return _compared(fit, after, _in_table(found, rows))


def missing_codes_check(found: MissingCodes | None) -> Check:
    """How many rows of the fit hold a doubtful value; a concern where a coefficient moves by a standard error."""
    if found is None:
        return Check(
            id="missing-codes", statistic=0.0, threshold=0.0, verdict="fine", source=SOURCE
        )
    rows = np.unique(np.concatenate([doubt.rows for doubt in found.found]))
    matters = bool((found.moved > _MATTERS).any()) or not np.isfinite(found.sigma[1])
    return Check(
        id="missing-codes",
        statistic=float(len(rows)),
        threshold=0.0,
        verdict="concern" if matters else "note",
        where=tuple(f"{doubt.column} = {doubt.value:g}" for doubt in found.found),
        source=SOURCE,
    )


def _refitted(
    fit: Fit | OrdinaryFit, table: Mapping[str, Array | pd.Series]
) -> Fit | OrdinaryFit | None:
    try:
        frame = pd.DataFrame(dict(table))
        if isinstance(fit, OrdinaryFit):
            return fit_pooled(fit.design.formula, frame)
        return fit_mixed(fit.design.formula, frame, reml=fit.reml)
    except LmmError:
        return None


def _in_table(found: tuple[Doubtful, ...], rows: np.ndarray) -> tuple[Doubtful, ...]:
    return tuple(replace(doubt, rows=read_only(rows[doubt.rows])) for doubt in found)


def _compared(
    fit: Fit | OrdinaryFit, after: Fit | OrdinaryFit | None, found: tuple[Doubtful, ...]
) -> MissingCodes:
    terms = _names(fit)
    beta, se = np.full(len(terms), np.nan), np.full(len(terms), np.nan)
    if after is not None:
        places = dict(zip(_names(after), range(len(after.beta)), strict=True))
        for j, name in enumerate(terms):
            if name in places:
                beta[j] = after.beta[places[name]]
                se[j] = np.sqrt(after.vcov[places[name], places[name]])
    sd = _random_sds(fit)
    return MissingCodes(
        found=found,
        terms=terms,
        rows_kept=fit.n,
        rows_dropped=after.n if after is not None else 0,
        kept=fit.beta,
        kept_se=read_only(np.sqrt(np.diag(fit.vcov))),
        dropped=read_only(beta),
        dropped_se=read_only(se),
        sigma=(fit.sigma, after.sigma if after is not None else float("nan")),
        sd_kept=sd,
        sd_dropped=_random_sds(after) if after is not None else read_only(np.full(len(sd), np.nan)),
    )


def _names(fit: Fit | OrdinaryFit) -> tuple[str, ...]:
    return fit.names if isinstance(fit, OrdinaryFit) else fit.design.names


def _random_sds(fit: Fit | OrdinaryFit) -> Array:
    variances = () if isinstance(fit, OrdinaryFit) else np.diag(fit.Psi)
    return read_only(np.sqrt(np.asarray(variances, float)))

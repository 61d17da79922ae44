"""A study's model used, examined and judged; and every model's variables looked over for codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from lmm.diagnostics.check import Check
from lmm.diagnostics.checks import IDS, checks_of, remedies_of
from lmm.diagnostics.examination import Examination, examine
from lmm.diagnostics.missing_codes import MissingCodes, missing_codes, missing_codes_check
from lmm.diagnostics.remedies import Remedy
from lmm.inference.fixed_effects.coefficients import fixed_effects
from lmm.study.analysis.fitting import StudyFits
from lmm.study.configuration.settings import Study

# From harmless to grave.
VERDICTS = ("fine", "note", "concern")


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What was ``found`` in the model used, the ``checks`` of it and the ``remedies`` that heeding them would be.

    ``codes``: what undeclared codes change, by the model that uses a column that seems to hold some. The check of
    missing codes is that of the model on which they weigh most.
    """

    found: Examination
    checks: tuple[Check, ...]
    remedies: tuple[Remedy, ...]
    codes: Mapping[str, MissingCodes]


def examine_study(study: Study, table: pd.DataFrame, fits: StudyFits) -> Examined:
    """Examine the model used, and look for codes in the variables of every model, the further ones too."""
    fit = fits.mixed(fits.used)
    dof = [row.dof for row in fixed_effects(fit, confidence=study.confidence)]
    found = examine(fit, table, time=study.time.column if study.time else None, dof=dof)
    codes = {} if found.codes is None else {fits.used: found.codes}
    for name, other in fits.fits.items():
        more = set(other.design.formula.variables) - set(fit.design.formula.variables)
        if more and (doubted := missing_codes(other, table)) is not None:
            codes[name] = doubted
    others = [check for check in checks_of(found) if check.id != "missing-codes"]
    checks = sorted([_gravest(codes), *others], key=lambda check: IDS.index(check.id))
    return Examined(
        found=found,
        checks=tuple(checks),
        remedies=remedies_of(found, checks, dof=dof),
        codes=codes,
    )


def _gravest(codes: Mapping[str, MissingCodes]) -> Check:
    checks = [missing_codes_check(found) for found in codes.values()]
    return max(
        checks,
        key=lambda check: (VERDICTS.index(check.verdict), check.statistic),
        default=missing_codes_check(None),
    )

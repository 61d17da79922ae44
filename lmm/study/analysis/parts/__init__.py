"""The parts of a study's results, a function each: from what was analysed to values that JSON can hold.

A new statistic becomes part of the results by a function in a file of this folder and a line here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lmm.study.analysis.parts.analysed import Analysed
from lmm.study.analysis.parts.bootstrap import bootstrap
from lmm.study.analysis.parts.boundary import boundary
from lmm.study.analysis.parts.centring import centring
from lmm.study.analysis.parts.certainty import certainty
from lmm.study.analysis.parts.checks import checks, tally
from lmm.study.analysis.parts.data import data, provenance, quarantine
from lmm.study.analysis.parts.diagnostics import diagnostics
from lmm.study.analysis.parts.effect_sizes import sizes_of_effects
from lmm.study.analysis.parts.explained import explained
from lmm.study.analysis.parts.factors import factors
from lmm.study.analysis.parts.forecast import forecasts
from lmm.study.analysis.parts.headline import headline
from lmm.study.analysis.parts.identities import identities
from lmm.study.analysis.parts.influence import influence
from lmm.study.analysis.parts.ladder import ladder
from lmm.study.analysis.parts.models import (
    absent_models,
    comparisons,
    criteria,
    models,
    used,
    verdict,
)
from lmm.study.analysis.parts.newcomer import newcomer
from lmm.study.analysis.parts.record import record
from lmm.study.analysis.parts.remedies import remedies
from lmm.study.analysis.parts.residuals import residuals
from lmm.study.analysis.parts.sample_sizes import sample_sizes
from lmm.study.analysis.parts.shrinkage import shrinkage
from lmm.study.analysis.parts.structure import structure
from lmm.study.analysis.parts.variation import icc, icc_along_time, profiles, spread
from lmm.study.analysis.parts.within_between import within_and_between

# By their names in results.json, in its order.
PARTS: Mapping[str, Callable[[Analysed], Any]] = {
    "data": data,
    "factors": factors,
    "models": models,
    "absent_models": absent_models,
    "used": used,
    "verdict": verdict,
    "criteria": criteria,
    "comparisons": comparisons,
    "sample_sizes": sample_sizes,
    "ladder": ladder,
    "boundary": boundary,
    "centring": centring,
    "certainty": certainty,
    "effect_sizes": sizes_of_effects,
    "within_between": within_and_between,
    "structure": structure,
    "explained": explained,
    "icc": icc,
    "icc_along": icc_along_time,
    "spread": spread,
    "profiles": profiles,
    "bootstrap": bootstrap,
    "shrinkage": shrinkage,
    "forecast": forecasts,
    "newcomer": newcomer,
    "residuals": residuals,
    "checks": checks,
    "tally": tally,
    "diagnostics": diagnostics,
    "influence": influence,
    "remedies": remedies,
    "headline": headline,
    "identities": identities,
    "quarantine": quarantine,
    "record": record,
    "provenance": provenance,
}

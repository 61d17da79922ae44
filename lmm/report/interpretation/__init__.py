"""All sentences of a report that make a claim, in the order of the page: kept in the results as findings."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from lmm.report.interpretation import certainty as certain
from lmm.report.interpretation import changes as changing
from lmm.report.interpretation import checks as checking
from lmm.report.interpretation import comparison as comparing
from lmm.report.interpretation import data as describing
from lmm.report.interpretation import effect_sizes as sizes
from lmm.report.interpretation import explained as explaining
from lmm.report.interpretation import factors as lying
from lmm.report.interpretation import groups as grouping
from lmm.report.interpretation import heterogeneity as differing
from lmm.report.interpretation import newcomer as becoming
from lmm.report.interpretation import noise as noisier
from lmm.report.interpretation import rule as ruling
from lmm.report.interpretation import structure, within
from lmm.report.interpretation import trend as trending
from lmm.report.interpretation.calibration import calibration
from lmm.report.reading import Finding, Reading


def findings(reading: Reading) -> tuple[Finding, ...]:
    """Each finding that applies to the study; which ones depends on its models and results."""
    makers: list[Callable[[Reading], Finding | None]] = [trending.lead]
    makers += [trending.trend] if reading.slope else []
    makers += [
        trending.level,
        trending.models_agree,
        describing.measured,
        describing.row_account,
        lying.layout,
        grouping.level_spread,
        grouping.intraclass,
        lying.shares,
        lying.tests,
        grouping.shrinkage,
        grouping.largest_move,
    ]
    makers += [differing.pooling] if not reading.further else []
    makers += [noisier.more_noise] if reading.at("/shrinkage/noise") is not None else []
    if "slope" in reading.at("/spread"):
        makers += [grouping.slope_spread, grouping.slope_extremes]
        if reading.at("/spread/slope/sd") > 0:
            makers += [grouping.distinct_slopes, differing.slope_signs]
    elif reading.slope:
        makers.append(grouping.common_slope)
        makers += [differing.distinct_levels] if reading.at("/shrinkage/noise") is not None else []
    makers += [grouping.newcomer, becoming.narrowing] if reading.slope else []
    if reading.has("random_slope"):
        makers += [
            comparing.slope_answer,
            comparing.choice,
            comparing.slope_test,
            comparing.consequence,
        ]
        makers += [structure.rival] if structure.has_rival(reading) else []
        makers.append(structure.near_ties)
    makers += [
        lying.not_here,
        certain.errors_disagree,
        certain.held_at_zero,
        within.within_or_between,
        sizes.could_have_shown,
        explaining.explained,
        explaining.variance_changes,
        explaining.icc_along,
        within.groups_guide,
        within.hausman,
        ruling.other_criteria,
        ruling.centring,
    ]
    further = certain.further_models(reading)
    makers += [partial(certain.rests_on_few, model=name) for name in (reading.used, *further)]
    makers += [partial(certain.errors_disagree_in, model=name) for name in further]
    makers += [checking.trust, checking.tally, checking.concern, calibration]
    makers += [partial(checking.check, index=i) for i in range(len(reading.at("/checks")))]
    makers.append(changing.verdict)
    if reading.at("/changes") is not None:
        makers += [
            changing.rows_came,
            changing.which_rows,
            changing.model_change,
            changing.largest_move,
        ]
    return tuple(finding for make in makers if (finding := make(reading)) is not None)

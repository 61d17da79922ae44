"""The grouping factors: how many groups each has, how they lie to each other, and whose differences the variance is."""

from __future__ import annotations

from typing import Any

import numpy as np

from lmm.inference.groups.blups import conditional_covariances
from lmm.inference.groups.nesting import lie
from lmm.inference.variances.variance_shares import variance_shares
from lmm.model.fit import Fit
from lmm.model.groups import Grouping
from lmm.rows import to_records
from lmm.study.analysis.parts.analysed import Analysed
from lmm.study.configuration.settings import GroupNoun

# So many groups of each kind a diagram shows.
OUTER, INNER, ROWS, COLUMNS = 4, 3, 6, 14


def factors(analysed: Analysed) -> dict[str, Any]:
    """``levels`` a row a factor, the main one first; ``lies`` each pair, the main ones first; ``pictures`` what a
    diagram shows of the main factor with each further one; ``shares`` by model;
    ``effects`` the predicted levels of every further factor in the model used.

    With one factor there are no lies, no shares (see ``icc``) and no effects.
    """
    fits, study = analysed.fits, analysed.study
    fit = fits.mixed("random_intercept")
    named = {each.column: each for each in study.groupings}
    groupings = {factor.grouping.name: factor.grouping for factor in fit.factors}
    ordered = [groupings[name] for name in named]
    pairs = [(one, other) for i, one in enumerate(ordered) for other in ordered[i + 1 :]]
    several = len(ordered) > 1
    return {
        "levels": [_level(fit, named[name]) for name in named],
        "lies": to_records(lie(*pair) for pair in pairs),
        "pictures": [_picture(*pair) for pair in pairs if pair[0] is ordered[0]],
        "shares": {
            name: to_records(variance_shares(fits.mixed(name), confidence=study.confidence))
            for name in analysed.basic
            if several
        },
        "effects": {
            each.column: _effects(fits.mixed(fits.used), each.column)
            for each in study.also_grouped_by
        },
    }


def _level(fit: Fit, noun: GroupNoun) -> dict[str, Any]:
    grouping = next(f.grouping for f in fit.factors if f.grouping.name == noun.column)
    sizes = grouping.sizes
    return {
        "column": noun.column,
        "singular": noun.singular,
        "plural": noun.plural,
        "within": noun.within,
        "groups": grouping.m,
        "smallest": int(sizes.min()),
        "median": float(np.median(sizes)),
        "largest": int(sizes.max()),
    }


def _picture(main: Grouping, other: Grouping) -> dict[str, Any]:
    """What a diagram shows of two factors: some groups of each, evenly chosen, with the rows of each pair."""
    relation = lie(main, other).relation
    table = np.zeros((other.m, main.m), int)
    np.add.at(table, (other.codes, main.codes), 1)
    if relation in ("within", "around"):
        outer_by_inner = table if relation == "within" else table.T
        chosen = _evenly(len(outer_by_inner), OUTER)
        inner = [outer_by_inner[i][outer_by_inner[i] > 0] for i in chosen]
        return {
            "relation": relation,
            "sizes": [[int(n) for n in each[_evenly(len(each), INNER)]] for each in inner],
            "held": [len(each) for each in inner],
        }
    counts = table[np.ix_(_evenly(other.m, ROWS), _evenly(main.m, COLUMNS))]
    return {"relation": relation, "counts": counts.tolist()}


def _evenly(count: int, limit: int) -> np.ndarray:
    return np.linspace(0, count - 1, min(count, limit)).round().astype(int)


def _effects(fit: Fit, column: str) -> list[dict[str, Any]]:
    """Each level's predicted deviation with its standard error given the data, most to least."""
    place = next(k for k, f in enumerate(fit.factors) if f.grouping.name == column)
    grouping, b = fit.factors[place].grouping, fit.effects[place][:, 0]
    variance = conditional_covariances(fit)[place][:, 0, 0]
    order = np.argsort(-b, kind="stable")
    return to_records(
        {
            "level": grouping.levels[i],
            "measurements": int(grouping.sizes[i]),
            "value": float(b[i]),
            "se": float(np.sqrt(max(variance[i], 0.0))),
        }
        for i in order
    )

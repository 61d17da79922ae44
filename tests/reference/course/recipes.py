"""Which recipe makes which model's figures; each is run once for all tests."""

from __future__ import annotations

from collections.abc import Callable

from tests.reference.course import nepal, pigs, shrinkage
from tests.reference.course.quantities import Quantities
from tests.reference.course.tables import CourseTables

RECIPES: dict[str, Callable[[CourseTables], Quantities]] = {
    f"{study}.{recipe.__name__}": recipe
    for study, recipes in {
        "pigs": (
            pigs.pooled,
            pigs.stratified,
            pigs.random_intercept,
            pigs.random_intercept_ml,
            pigs.icc_of_chosen_spread,
            pigs.restricted_ratio,
        ),
        "nepal": (
            nepal.cleaning,
            nepal.pooled,
            nepal.stratified,
            nepal.random_intercept,
            nepal.literacy,
            nepal.added_noise,
            shrinkage.relative_shrinkage,
            shrinkage.shrinkage_weight,
            nepal.random_slope,
            nepal.new_child,
            nepal.random_intercept_ml,
            nepal.random_slope_ml,
            nepal.comparison,
            nepal.independent_slope,
            nepal.restricted_ratio,
            nepal.without_57_and_105,
            nepal.growth_codes_kept,
            nepal.growth_codes_missing,
            nepal.growth_weight_centred,
            shrinkage.pooled_slopes,
        ),
    }.items()
    for recipe in recipes
}

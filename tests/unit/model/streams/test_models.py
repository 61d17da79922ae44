"""Fits from streams of rows: units, levels and refusals that a small random table does not show."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmm.errors import DataError, ModelError
from lmm.inference.fixed_effects.coefficients import fixed_effects
from lmm.inference.groups.blups import blups
from lmm.inference.predictions.bands import predict_rows
from lmm.inference.variances.components import variance_components
from lmm.model.fit import fit_mixed, refit
from lmm.model.formula import parse_formula
from lmm.model.streams.making import held_because
from lmm.model.streams.models import fit_streamed, gather
from tests.streams import Parts, random_cuts

FORMULA = "y ~ x + (x | g)"


def table_of(n=4000, m=300, *, seed=5):
    rng = np.random.default_rng(seed)
    g, x = rng.integers(0, m, n), rng.normal(size=n)
    b = rng.normal(size=(m, 2)) @ [[1.0, 0.3], [0.0, 0.5]]
    y = 2.0 + 0.5 * x + b[g, 0] + b[g, 1] * x + rng.normal(size=n)
    return pd.DataFrame({"y": y, "x": x, "g": g})


@pytest.fixture(scope="module")
def table():
    return table_of()


def streamed_fit(text, table, *, parts=9, **options):
    cuts = random_cuts(len(table.dropna()), 7, parts)
    return fit_streamed(gather(parse_formula(text), Parts(table, "g", cuts)), **options)


@pytest.fixture(scope="module")
def streamed(table):
    return streamed_fit(FORMULA, table)


@pytest.mark.parametrize(
    ("moved", "shift"),
    [
        ({"x": lambda x: x + 1990.0}, 0.0),
        ({"x": lambda x: x * 2.0**20}, -2.0 * np.log(2.0**-20)),
        ({"y": lambda y: y + 2.0**30}, 0.0),
    ],
)
def test_origin_and_unit_cost_no_digit(table, moved, shift):
    """As in memory: only the criterion's own constant moves, 2 log of the scale of x."""
    away = table.assign(**{name: change(table[name]) for name, change in moved.items()})
    held, streamed = fit_mixed(FORMULA, away), streamed_fit(FORMULA, away)
    assert streamed.criterion == pytest.approx(held.criterion, rel=1e-11)
    assert streamed.criterion == pytest.approx(
        fit_mixed(FORMULA, table).criterion + shift, rel=1e-8
    )


@pytest.mark.parametrize(
    "text",
    [
        "y ~ x + I(x**2) + I(x**3) + (1 | g)",
        "y ~ x + z + I(x + z) + (1 | g)",
        "y ~ x + one + (1 | g)",
    ],
)
def test_columns_that_others_nearly_or_wholly_make_up(table, text):
    wide = table.assign(x=table["x"] + 40.0, z=table["x"].to_numpy()[::-1], one=5.1)
    held, streamed = fit_mixed(text, wide), streamed_fit(text, wide)
    assert streamed.outline.names == held.design.names
    assert streamed.outline.columns_dropped == held.design.columns_dropped
    assert streamed.criterion == pytest.approx(held.criterion, rel=1e-10)


def test_an_outcome_all_but_explained_by_its_covariate(table):
    steep = table.assign(y=table["y"] + 2.0**20 * table["x"])
    plain, found = fit_mixed(FORMULA, table), streamed_fit(FORMULA, steep)
    assert found.criterion == pytest.approx(plain.criterion, rel=1e-10)
    assert found.beta[1] - 2.0**20 == pytest.approx(plain.beta[1], rel=1e-8)


def test_a_level_that_no_sample_of_rows_shows():
    """One row in 30 000 has it, and comes last: its column is made and its effect found all the same."""
    table = table_of(60_000, 900)
    f = np.where(np.arange(60_000) < 59_998, "a", "rare")
    f[::2] = "b"
    f[-1] = "rare"
    table = table.assign(f=f, y=table["y"] + 3.0 * (f == "rare"))
    text = "y ~ x + f + (1 | g)"
    held, streamed = fit_mixed(text, table), streamed_fit(text, table)
    assert streamed.outline.names == held.design.names == ("Intercept", "x", "f[T.b]", "f[T.rare]")
    assert streamed.criterion == pytest.approx(held.criterion, rel=1e-11)
    np.testing.assert_allclose(streamed.beta, held.beta, rtol=1e-8)


def test_what_is_said_of_a_fit_needs_no_rows(table, streamed):
    held = fit_mixed(FORMULA, table)
    for one, other in zip(fixed_effects(streamed), fixed_effects(held), strict=True):
        assert (one.term, one.dof_method) == (other.term, other.dof_method)
        numbers = [(r.estimate, r.se, r.dof, r.low, r.high) for r in (one, other)]
        assert numbers[0] == pytest.approx(numbers[1], rel=1e-7)
    for one, other in zip(variance_components(streamed), variance_components(held), strict=True):
        assert one.variance_or_covariance == pytest.approx(other.variance_or_covariance, rel=1e-6)
    assert [(b.level, b.term) for b in blups(streamed)] == [(b.level, b.term) for b in blups(held)]
    ours, theirs = ([b.value for b in blups(fit)] for fit in (streamed, held))
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-7)
    new = pd.DataFrame({"x": [0.0, 2.0, 1.0], "g": [3, 250, 10_000]})
    for level in ("population", "group"):
        np.testing.assert_allclose(
            predict_rows(streamed, new, level=level),
            predict_rows(held, new, level=level),
            rtol=1e-6,
        )
    assert refit(streamed, reml=False).criterion == pytest.approx(
        refit(held, reml=False).criterion, rel=1e-11
    )


@pytest.mark.parametrize("what", ["residuals", "fitted_values", "grouping", "Z", "design"])
def test_rows_that_have_gone_are_refused_with_what_to_do(streamed, what):
    with pytest.raises(ModelError, match=r"streamed.*\n.*read_parquet"):
        getattr(streamed, what)


@pytest.mark.parametrize("spelled", [int, "{:03d}".format], ids=["numbers", "text"])
def test_groups_without_a_complete_row_are_none(table, spelled):
    table = table.assign(g=table["g"].map(spelled))
    gone = table.assign(y=table["y"].where(table["g"] != spelled(17)))
    parts = Parts(table, "g", [100, 2000])
    parts.table = parts.table[parts.table["g"] != 17]
    parts.cuts = [100, 2000]
    streamed = fit_streamed(gather(parse_formula(FORMULA), parts))
    held = fit_mixed(FORMULA, gone)
    assert streamed.factor.group.levels == held.grouping.levels
    assert str(spelled(17)) not in streamed.factor.group.levels
    assert streamed.criterion == pytest.approx(held.criterion, rel=1e-11)
    assert streamed.outline.rows_dropped == held.design.rows_dropped > 0


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("y ~ x", "no random term"),
        ("y ~ x + (1 | g) + (1 | h)", "several grouping columns"),
        ("y ~ x + (1 | g:h)", "several grouping columns"),
        ("y ~ 0 + x + (1 | g)", "no intercept"),
        ("y ~ scale(x) + (1 | g)", r"scale\(...\) looks at all rows"),
        ("y ~ C(x) + (1 | g)", r"C\(...\) looks at all rows"),
    ],
)
def test_formulas_that_need_all_rows_at_once(table, text, reason):
    with pytest.raises(ModelError, match=rf"{reason}(.|\n)*read_parquet"):
        gather(parse_formula(text), Parts(table, "g"))


@pytest.mark.parametrize("text", ["y ~ log(x) + (1 | g)", "y ~ sqrt(x) * I(x**2) + (exp(x) | g)"])
def test_functions_of_one_row_need_no_others(text):
    assert held_because(parse_formula(text)) == ""


def test_smaller_models_only(table):
    streamed = gather(parse_formula(FORMULA), Parts(table, "g", [50]))
    with pytest.raises(ModelError, match="z was not gathered"):
        fit_streamed(streamed, parse_formula("y ~ z + (1 | g)"))
    with pytest.raises(ModelError, match=r"I\(x \*\* 2\) was not gathered"):
        fit_streamed(streamed, parse_formula("y ~ I(x**2) + (1 | g)"))
    with pytest.raises(ModelError, match="the outcome gathered is 'y', not 'x'"):
        fit_streamed(streamed, parse_formula("x ~ 1 + (1 | g)"))
    with pytest.raises(ModelError, match="the group gathered is 'g', not 'x'"):
        fit_streamed(streamed, parse_formula("y ~ 1 + (1 | x)"))
    with pytest.raises(ModelError, match="no random term"):
        fit_streamed(streamed, parse_formula("y ~ x"))


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"y": np.nan}, DataError, "no row has all the values"),
        ({"y": 3.0}, DataError, "constant"),
        ({"y": lambda t: t["x"]}, ModelError, "reproduce the outcome 'y' exactly"),
        ({"g": 1}, ModelError, "one level only"),
        ({"g": lambda t: np.arange(len(t))}, ModelError, "one observation per group"),
        ({"y": lambda t: t["g"] + 2.0 * t["x"]}, ModelError, "no residual is left"),
    ],
)
def test_tables_that_cannot_carry_the_model(table, change, error, message):
    spoilt = table.assign(**change)
    with pytest.raises(error, match=message):
        streamed_fit("y ~ x + (1 | g)", spoilt)
    with pytest.raises(error, match=message):
        fit_mixed("y ~ x + (1 | g)", spoilt)


def test_a_value_that_is_no_number_in_a_late_part(table):
    with pytest.raises(DataError, match=r"log\(x\) has values that are not finite"):
        streamed_fit("y ~ log(x) + (1 | g)", table.assign(x=np.append(np.ones(3999), 0.0)))


def test_what_is_kept_is_a_few_numbers_a_group(table):
    """R (2 by 2), H (2 by 3) and the size of each of 300 groups; nothing of the rows, so no weights of theirs."""
    gathered = gather(parse_formula(FORMULA), Parts(table, "g", [1500]))
    assert gathered.bytes == 8 * 300 * (2 * 2 + 2 * 3 + 1)
    assert not fit_streamed(gathered).outline.weighted

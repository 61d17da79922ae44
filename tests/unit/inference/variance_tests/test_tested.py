"""Models less one effect, or with it independent, are those that a user would write."""

from __future__ import annotations

import numpy as np
import pytest

from lmm.errors import ModelError
from lmm.inference.variance_tests.tested import (
    criterion_without,
    independent_form,
    own_block,
    without_effect,
    without_effect_of,
)
from lmm.model.fit import fit_mixed

WRITTEN = [
    ("y ~ x + (x | g)", "x", "y ~ x + (1 | g)", "y ~ x + (x || g)"),
    ("y ~ x + (x | g)", "Intercept", "y ~ x + (0 + x | g)", "y ~ x + (0 + x | g) + (1 | g)"),
    ("y ~ x + (x || g)", "x", "y ~ x + (1 | g)", "y ~ x + (x || g)"),
    ("y ~ x + (0 + x | g)", "x", None, "y ~ x + (0 + x | g)"),
    ("y ~ x + (x + w | g)", "x", "y ~ x + (w | g)", "y ~ x + (w | g) + (0 + x | g)"),
    ("y ~ x + (I(x - 4) | g)", "I(x - 4)", "y ~ x + (1 | g)", "y ~ x + (I(x - 4) || g)"),
]


@pytest.fixture(scope="module")
def table(sleep):
    rng = np.random.default_rng(3)
    y, x, g = sleep["Reaction"], sleep["Days"], sleep["Subject"]
    return {"y": y, "x": x, "g": g, "w": rng.normal(size=len(sleep))}


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize(("formula", "term", "without", "independent"), WRITTEN)
def test_written_by_hand(table, formula, term, without, independent, reml):
    fit = fit_mixed(formula, table, reml=reml)
    less, apart = without_effect(fit, term), independent_form(fit, term)
    asked = fit_mixed(independent, table, reml=reml)
    assert apart.criterion == pytest.approx(asked.criterion, abs=1e-7)
    assert str(apart.design.formula) == str(asked.design.formula)
    place = own_block(apart, term)
    assert apart.design.blocks[place].names == (term,)
    if without is None:
        assert less is None
        return
    asked = fit_mixed(without, table, reml=reml)
    assert less is not None
    assert less.criterion == pytest.approx(asked.criterion, abs=1e-7)
    assert str(less.design.formula) == str(asked.design.formula)
    assert criterion_without(apart, place) == pytest.approx(asked.criterion, abs=1e-7)


def test_columns_can_be_made_again_for_new_rows(table):
    """The parts keep their encodings: what predicts new rows has the columns of the old ones."""
    import pandas as pd

    frame = pd.DataFrame(table)
    for formula, term in (("y ~ x + (x + w | g)", "x"), ("y ~ x + (I(x - 4) | g)", "I(x - 4)")):
        for block in independent_form(fit_mixed(formula, table), term).design.blocks:
            assert np.array_equal(block.encoding.matrix(frame), block.Z)


def test_a_factors_columns_do_not_stand_alone(read):
    fit = fit_mixed("score ~ Machine + (Machine | Worker)", read("Machines"))
    for ask in (without_effect, independent_form):
        with pytest.raises(ModelError, match="several columns"):
            ask(fit, fit.random_names[-1])


def test_an_effect_of_one_of_several_factors(read):
    oats = read("Oats")
    fit = fit_mixed("yield ~ nitro + (nitro | Block:Variety) + (1 | Block)", oats)
    less = without_effect_of(fit, "nitro", "Block:Variety")
    asked = fit_mixed("yield ~ nitro + (1 | Block:Variety) + (1 | Block)", oats)
    assert less.criterion == pytest.approx(asked.criterion, abs=1e-6)
    with pytest.raises(ModelError, match="no random effect 'nitro' of 'Block'"):
        without_effect_of(fit, "nitro", "Block")
    alone = fit_mixed("yield ~ nitro + (1 | Block)", oats)
    with pytest.raises(ModelError, match="no random effect left"):
        without_effect_of(alone, "Intercept", "Block")

"""Between–within degrees of freedom by counting."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmm.errors import ModelError
from lmm.inference.fixed_effects.between_within import between_within_dof, varies_within
from lmm.model.fit import fit_mixed


def test_counting(sleep):
    """18 subjects, 180 rows: 18 − 2 for what is constant within, 180 − 18 − 2 for what is not."""
    old = sleep.assign(old=sleep["Subject"] % 2, off=sleep["Days"] ** 2)
    fit = fit_mixed("Reaction ~ old + Days + off + (1 | Subject)", old)
    assert fit.design.names == ("Intercept", "old", "Days", "off")
    assert list(varies_within(fit)) == [False, False, True, True]
    assert list(between_within_dof(fit)) == [16.0, 16.0, 160.0, 160.0]


def test_order_of_rows_and_rounding_do_not_matter(sleep):
    """A group's mean as a column is constant, though its copies differ in the last digit."""
    rng = np.random.default_rng(1)
    mean = sleep.groupby("Subject")["Days"].transform("mean") * 7 + sleep["Subject"] * 1.1
    mixed = sleep.assign(mean=mean * (1 + 1e-15 * rng.normal(size=180))).sample(
        frac=1, random_state=1
    )
    fit = fit_mixed("Reaction ~ Days + mean + (1 | Subject)", mixed)
    assert list(varies_within(fit)) == [False, True, False]


def test_one_row_more_in_one_group_is_enough_to_vary():
    table = pd.DataFrame(
        {"y": [1.0, 3, 2, 5, 4, 6, 7], "x": [0.0, 0, 1, 1, 2, 2, 5], "g": list("aabbccc")}
    )
    fit = fit_mixed("y ~ x + (1 | g)", table)
    assert list(varies_within(fit)) == [False, True]
    assert list(between_within_dof(fit)) == [2.0, 3.0]


def test_none_left_is_not_a_number():
    table = pd.DataFrame(
        {
            "y": [1.0, 3, 2, 5, 4, 7],
            "x": [0.0, 0, 1, 1, 2, 2],
            "z": [1.0, 1, 0, 0, 4, 4],
            "g": list("aabbcc"),
        }
    )
    fit = fit_mixed("y ~ x + z + (1 | g)", table)
    assert np.isnan(between_within_dof(fit)).all()


def test_one_grouping_factor_only(read):
    crossed = fit_mixed("diameter ~ 1 + (1 | plate) + (1 | sample)", read("Penicillin"))
    with pytest.raises(ModelError, match="one grouping factor"):
        between_within_dof(crossed)

"""A record gives its fit back bit for bit, and nothing but its fit."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from lmm.errors import DataError, FormulaError
from lmm.model.fit import fit_mixed
from lmm.model.record import read_record, write_record
from tests.unit.model.batch.test_refits import study

TABLE = study(20, seed=3).assign(h=lambda t: t.index % 5, w=lambda t: 1.0 + t.index % 4)
FORMULA = "y ~ x + (x | g)"


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("weights", [None, "w"])
@pytest.mark.parametrize(
    "formula",
    [
        FORMULA,
        "y ~ x * f + (x || g)",
        "y ~ 0 + (1 | g)",
        "y ~ x + (1 | h) + (x | g)",
        "y ~ z + (1 | h/g)",
    ],
)
def test_round_trip(formula, weights, reml):
    fit = fit_mixed(formula, TABLE, reml=reml, weights=weights)
    text = write_record(fit)
    again = read_record(text, TABLE, weights=weights)
    assert write_record(again) == text
    for name in ("criterion", "sigma", "theta", "beta", "vcov", "T"):
        assert np.array_equal(getattr(again, name), getattr(fit, name)), name
    assert all(map(np.array_equal, again.effects, fit.effects))
    assert np.array_equal(again.fitted_values, fit.fitted_values)
    # with several factors the search's last Hessian is of a theta 1e-5 before the last
    rel = 1e-12 if len(fit.factors) == 1 else 1e-4
    assert again.optimum.hessian == pytest.approx(fit.optimum.hessian, rel=rel, abs=rel)
    assert (again.converged, again.singular, again.reml) == (True, fit.singular, reml)


def changed(**values):
    record = json.loads(write_record(fit_mixed(FORMULA, TABLE)))
    return json.dumps(record | values)


def test_it_is_small_and_says_what_made_it():
    text = write_record(fit_mixed(FORMULA, TABLE))
    assert len(text) < 500
    assert set(json.loads(text)["versions"]) == {"lmm", "numpy", "scipy"}


@pytest.mark.parametrize(
    "other",
    [
        TABLE.iloc[:-1],
        TABLE.assign(y=lambda t: t["y"].where(t.index != 3, 0.0)),
        TABLE.assign(x=lambda t: t["x"] * (1 + 2e-16)),
        TABLE.assign(g=lambda t: t["g"] + 1),
        TABLE.iloc[::-1],
    ],
)
def test_other_data_are_refused(other):
    with pytest.raises(DataError, match="of other data"):
        read_record(changed(), other)


def test_other_weights_are_refused():
    with pytest.raises(DataError, match="of other data"):
        read_record(changed(), TABLE, weights="w")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not JSON"),
        ("[]", "not one of schema 1"),
        (changed(schema=2), "not one of schema 1"),
        (changed(more=1), "not one of schema 1"),
        (changed(theta=[1.0]), "no 3 finite values"),
        (changed(theta=[1.0, float("nan"), 1.0]), "no 3 finite values"),
        (changed(theta=["a", 1.0, 1.0]), "other than numbers"),
        (changed(theta=[1.0, 0.0, 1.0]), "but its theta gives"),
        (changed(criterion=1.0), "but its theta gives"),
        (changed(criterion="1"), "'criterion' is not a float"),
        (changed(reml=False), "but its theta gives"),
    ],
)
def test_a_record_that_was_tampered_with_is_refused(text, words):
    with pytest.raises(DataError, match=words):
        read_record(text, TABLE)


def test_a_records_formula_is_only_read():
    with pytest.raises(FormulaError, match="has no meaning"):
        read_record(changed(formula="y ~ {__import__('os')} + (1 | g)"), TABLE)


def test_a_fit_that_did_not_converge_is_not_kept():
    fit = fit_mixed(FORMULA, TABLE)
    with pytest.raises(DataError, match="did not converge"):
        write_record(replace(fit, optimum=replace(fit.optimum, converged=False)))

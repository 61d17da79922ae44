import numpy as np
import pandas as pd
import pytest

from lmm.errors import DataError, ModelError
from lmm.model.columns import encode, independent_columns
from lmm.model.formula import parse_formula


@pytest.fixture
def frame():
    rng = np.random.default_rng(8)
    return pd.DataFrame(
        {
            "x": rng.normal(size=12),
            "k": np.arange(12),
            "f": np.tile(["a", "b", "c"], 4),
            "my x": rng.uniform(1, 2, size=12),
            "when": pd.date_range("2020-01-01", periods=12),
            "flag": np.arange(12) > 5,
        }
    )


def columns(text, frame):
    formula = parse_formula(f"y ~ {text}")
    return encode(formula.intercept, formula.terms, frame)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("x + k", ["Intercept", "x", "k"]),
        ("0 + x:k", ["x:k"]),
        ("f", ["Intercept", "f[T.b]", "f[T.c]"]),
        ("0 + f", ["f[a]", "f[b]", "f[c]"]),
        ("f:x", ["Intercept", "f[a]:x", "f[b]:x", "f[c]:x"]),
        ("`my x` * f", ["Intercept", "my x", "f[T.b]", "f[T.c]", "my x:f[T.b]", "my x:f[T.c]"]),
        ("flag", ["Intercept", "flag"]),
        ("flag:f", ["Intercept", "flag:f[a]", "flag:f[b]", "flag:f[c]"]),
        ("poly(x, 2)", ["Intercept", "poly(x, 2)[1]", "poly(x, 2)[2]"]),
        ("sqrt(`my x`)", ["Intercept", "sqrt(`my x`)"]),
    ],
)
def test_names(text, names, frame):
    encoding, matrix = columns(text, frame)
    assert list(encoding.names) == names
    assert matrix.shape == (12, len(names))


def test_values(frame):
    _, matrix = columns("x:k + I(x - k / 2) + sqrt(`my x`) + log2(`my x`)", frame)
    x, k, mine = frame["x"], frame["k"], frame["my x"]
    meant = np.column_stack([np.ones(12), x - k / 2, np.sqrt(mine), np.log2(mine), x * k])
    assert matrix == pytest.approx(meant, rel=1e-14)


def test_new_rows_are_encoded_as_the_old_ones_were(frame):
    encoding, matrix = columns("f + center(x) + poly(k, 2)", frame)
    assert encoding.matrix(frame.iloc[[4]]) == pytest.approx(matrix[[4]], rel=1e-12)
    plain, matrix = columns("x + x:k", frame)
    assert (plain.matrix(frame.iloc[[7]]) == matrix[[7]]).all()


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("when", DataError, "'when' holds dates"),
        ("log(k)", DataError, r"log\(k\) has values that are not finite"),
        ("sqrt(x)", DataError, r"sqrt\(x\) has values that are not finite"),
        ("exp(exp(k))", DataError, "not finite"),
        ("abs(f)", ModelError, "could not be made into columns"),
        ("log(k, 2)", ModelError, "could not be made into columns"),
        ("bs(x, df=k)", ModelError, "could not be made into columns"),
    ],
)
@pytest.mark.filterwarnings("error")
def test_refusals(text, kind, message, frame):
    with pytest.raises(kind, match=message):
        columns(text, frame)


@pytest.mark.parametrize("value", [np.inf, -np.inf, 1e200])
def test_infinite_values_are_refused(value, frame):
    with pytest.raises(DataError, match="the term x has values"):
        columns("x", frame.assign(x=value))


RNG = np.random.default_rng(5)
ONE, U, V = np.ones(40), RNG.normal(size=40), RNG.normal(size=40)


@pytest.mark.parametrize(
    ("matrix", "kept"),
    [
        ([ONE, U, V], [0, 1, 2]),
        ([ONE, U, 2 * U + 3, V], [0, 1, 3]),
        ([ONE, 7 * ONE, U], [0, 2]),
        ([ONE, 0 * ONE, U], [0, 2]),
        ([ONE, U, V, U - V], [0, 1, 2]),
        ([U, V, ONE, U + V + ONE], [0, 1, 2]),
        ([ONE, 1e-30 * U, 1e30 * V], [0, 1, 2]),
        ([ONE, 2000 + U, U], [0, 1]),
        ([ONE, 1e9 + U], [0, 1]),
        ([ONE, 1e12 + U, V], [0, 1, 2]),
        ([ONE, U, U + 1e-5 * V], [0, 1, 2]),
        ([ONE, U, U + 1e-12 * V], [0, 1]),
        ([ONE, 0.1 * ONE + 1e9, U], [0, 2]),
    ],
    ids=range(13),
)
def test_independent_columns(matrix, kept):
    assert independent_columns(np.column_stack(matrix)) == kept


def test_no_column_at_all():
    assert independent_columns(np.empty((5, 0))) == []

"""What must hold of every formula, friendly or hostile: one law a function."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from lmm.errors import LmmError
from lmm.model.columns import encode
from lmm.model.fit import fit_mixed
from lmm.model.formula import FUNCTIONS, parse_formula, quote, unquote

NUMBERS, FACTORS = ["x", "z", "w"], ["f", "h"]


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(4)
    numbers = {name: rng.uniform(1, 2, size=36) for name in [*NUMBERS, "y"]}
    factors = {"f": np.tile(["a", "b", "c"], 12), "h": np.tile(["p", "q"], 18)}
    return pd.DataFrame({**numbers, **factors, "g": np.repeat(np.arange(6), 6)})


# -------------------------------------------------------------------------------- strategies

names = st.one_of(
    st.sampled_from([*NUMBERS, *FACTORS]),
    st.text(
        st.characters(exclude_characters="`\n\r", exclude_categories=["Cs", "Cc", "Zl", "Zp"]),
        min_size=1,
        max_size=8,
    ),
)
atoms = st.one_of(
    names.filter(lambda name: name not in ("0", "1")).map(quote),
    st.sampled_from(
        ["log(x)", "I(x ^ 2)", "poly(z, 2)", "C(h)", "I(x - w / 3)", "scale(x, center=True)"]
    ),
)
sums = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" + ", " * ", ":", " / ", " - "]), inner).map("".join),
        inner.map("({})".format),
        inner.map("({})^2".format),
    ),
    max_leaves=5,
)
bars = st.tuples(
    st.sampled_from(["1", "x", "0 + x", "x + z", "x * h"]),
    st.sampled_from([" | ", " || "]),
    st.sampled_from(["g", "g / h", "g:h", "`a group`"]),
).map(lambda parts: "({}{}{})".format(*parts))
formulas = st.tuples(names.map(quote), sums, st.lists(bars, max_size=2)).map(
    lambda parts: f"{parts[0]} ~ " + " + ".join([parts[1], *parts[2]])
)
# Only the syntax that formulaic shares, and with the plain names of the table.
shared = st.recursive(
    st.sampled_from([*NUMBERS, *FACTORS]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" + ", " * ", ":", " / ", " - "]), inner).map("".join),
        inner.map("({})".format),
        inner.map("({})**2".format),
    ),
    max_leaves=4,
)


# -------------------------------------------------------------------------------- round trip


@given(formulas)
@settings(max_examples=200)
def test_what_is_printed_is_read_back(text):
    formula = parse_formula(text)
    again = parse_formula(str(formula))
    assert again == formula
    assert str(again) == str(formula)


@given(formulas)
def test_spaces_do_not_matter(text):
    assume("`" not in text)
    assert parse_formula(text.replace(" ", "")) == parse_formula(f"  {text.replace(' ', '   ')}  ")


@given(names)
def test_a_quoted_name_is_its_column(name):
    assert parse_formula(f"{quote(name)} ~ 1").response == name
    assert parse_formula(f"y ~ 1 + (1 | {quote(name)})").bars[0].group == (name,)
    assert unquote(quote(name)) == name


@given(formulas)
def test_every_variable_is_named_once_and_the_response_first(text):
    variables = parse_formula(text).variables
    assert len(set(variables)) == len(variables)
    assert variables[0] == parse_formula(text).response


# -------------------------------------------------------------------------------- the algebra


@given(shared)
@settings(max_examples=100)
@example("x * z * w")
@example("(x + z + f)**2 - x:f")
@example("h:f + x")
def test_columns_are_those_formulaic_makes_of_the_text_itself(table, text):
    """The algebra of terms is ours, formulaic expands the same text by its own: the columns agree."""
    from formulaic import model_matrix

    formula = parse_formula(f"y ~ {text}")
    encoding, X = encode(formula.intercept, formula.terms, table)
    theirs = model_matrix(text, table)
    assert list(encoding.names) == list(theirs.columns)
    assert pytest.approx(np.asarray(theirs, float), rel=1e-14) == X


@given(st.permutations(["x", "z", "f", "h:x"]))
def test_the_order_of_a_sum_changes_no_model(table, terms):
    fit = fit_mixed(f"y ~ {' + '.join(terms)} + (1 | g)", table)
    straight = fit_mixed("y ~ x + z + f + h:x + (1 | g)", table)
    assert fit.criterion == pytest.approx(straight.criterion, rel=1e-10)


def test_crossing_is_its_own_expansion():
    assert parse_formula("y ~ a*b*c") == parse_formula("y ~ (a + b + c)^3")
    assert parse_formula("y ~ a/b") == parse_formula("y ~ a + a:b")
    assert parse_formula("y ~ (a + b)^2 - a:b") == parse_formula("y ~ a + b")
    assert parse_formula("y ~ a + a") == parse_formula("y ~ a") == parse_formula("y ~ a:a")
    assert parse_formula("y ~ x + (x || g)") == parse_formula("y ~ x + (1 | g) + (0 + x | g)")
    assert parse_formula("y ~ 1 + (1 | a/b)") == parse_formula("y ~ 1 + (1 | a) + (1 | a:b)")
    assert parse_formula("y ~ x - 1") == parse_formula("y ~ 0 + x") == parse_formula("y ~ -1 + x")


# ----------------------------------------------------------------------------------- hostility

pieces = st.sampled_from(
    [
        *"yxg~+-*/:^()|,=012`[]{}$@;é٣²<&'\"\\. \n\x00\u2028",
        *[
            "**",
            "||",
            "1e3",
            "`x`",
            "log",
            "I(",
            "poly(x,",
            "C(",
            "__import__",
            "eval(",
            "lambda",
            "np.",
        ],
    ]
)


@given(st.lists(pieces, max_size=15).map("".join))
@settings(max_examples=300)
@example("y ~ x + (1 | g)" + "\x00")
@example("y ~ I(x * 007) + (1 | g)")
@example("y ~ I(1e400 * x) + (1 | g)")
@example("y ~ bs(x, df=x) + (1 | g)")
@example("y ~ log(x, 2, 3) + (1 | g)")
@example("y ~ log(-x) + (1 | g)")
@example("y ~ abs(f) + (1 | g)")
@example("y ~ y + (1 | g)")
@example("y ~ I(f * 2) + (f | g)")
@example("y ~ `1` * f + (1 | g)")
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_garbage_is_refused_or_fitted_and_nothing_else(table, text):
    try:
        assert np.isfinite(fit_mixed(text, table).criterion)
    except LmmError as error:
        assert str(error)


@given(st.text(max_size=40))
@settings(max_examples=300)
def test_any_text_is_refused_in_words(text):
    try:
        parse_formula(f"y ~ {text}")
    except LmmError as error:
        assert "^" in str(error)


BURDENS = {
    "parentheses": "y ~ " + "(" * 5000 + "x" + ")" * 5000,
    "calls": "y ~ " + "log(" * 5000 + "x" + ")" * 5000,
    "signs": "y ~ I(" + "-" * 5000 + "x)",
    "unclosed": "y ~ " + "(" * 5000,
    "power": "y ~ (" + " + ".join(f"a{i}" for i in range(60)) + ")^9",
    "crossing": "y ~ " + " * ".join(f"a{i}" for i in range(60)),
    "terms": "y ~ " + " + ".join(f"a{i}" for i in range(5000)),
    "bars": "y ~ " + " + ".join(["(1 | g)"] * 5000),
    "nesting": "y ~ (1 | " + "/".join(f"a{i}" for i in range(5000)) + ")",
}


@pytest.mark.parametrize("text", BURDENS.values(), ids=BURDENS)
def test_a_formula_made_to_exhaust_the_machine_is_refused(text):
    with pytest.raises(LmmError) as refused:
        parse_formula(text)
    assert len(str(refused.value)) < 1000


@given(
    st.text("abcdefghijklmnopqrstuvwxyz_.", min_size=1, max_size=10).filter(
        lambda name: name[0].isalpha()
    )
)
@example("eval")
@example("exec")
@example("open")
@example("np.load")
@example("getattr")
def test_no_function_is_called_that_is_not_allowed(name):
    assume(name not in FUNCTIONS)
    for text in (f"y ~ {name}(x)", f"y ~ log({name}(x))", f"y ~ x + ({name}(x) | g)"):
        with pytest.raises(LmmError, match="is not among the functions allowed"):
            parse_formula(text)

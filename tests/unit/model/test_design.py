import numpy as np
import pandas as pd
import pytest

from lmm.errors import DataError, ModelError
from lmm.model.design import build_design
from lmm.model.formula import parse_formula


@pytest.fixture
def table():
    rng = np.random.default_rng(6)
    return pd.DataFrame(
        {
            "y": rng.normal(size=12),
            "x": np.tile([0.0, 1.0, 2.0], 4),
            "f": np.repeat(["a", "b"], 6),
            "g": np.repeat(["pig 2", "pig 10", "pig 1", "pig 3"], 3),
        }
    )


def design(text, table):
    return build_design(parse_formula(text), table)


def test_what_a_design_holds(table):
    made = design("y ~ x + f + (x | g)", table)
    assert made.names == ("Intercept", "x", "f[T.b]")
    assert made.X.shape == (12, 3)
    assert (made.y == table["y"]).all()
    (block,) = made.blocks
    assert block.names == ("Intercept", "x")
    assert (np.column_stack([np.ones(12), table["x"]]) == block.Z).all()
    assert block.grouping.levels == ("pig 1", "pig 2", "pig 3", "pig 10")
    assert (made.rows_dropped, made.columns_dropped) == (0, ())


def test_a_block_for_every_random_term(table):
    made = design("y ~ x + (x || g) + (1 | g:f)", table)
    assert [block.names for block in made.blocks] == [("Intercept",), ("x",), ("Intercept",)]
    assert [block.grouping.name for block in made.blocks] == ["g", "g", "g:f"]


def test_arrays_are_shared_read_only(table):
    made = design("y ~ x + (x | g)", table)
    for array in (made.y, made.X, made.blocks[0].Z, made.rows):
        assert not array.flags.writeable
    assert table["y"].to_numpy().base is not made.y


def test_plain_lists_are_a_table_too(table):
    columns = {name: list(table[name]) for name in table}
    assert (design("y ~ x + (x | g)", columns).X == design("y ~ x + (x | g)", table).X).all()


@pytest.mark.parametrize("missing", ["y", "x", "f", "g"])
def test_a_row_is_dropped_for_any_value_it_lacks(missing, table):
    table.loc[[2, 7], missing] = None
    made = design("y ~ x * f + (x | g)", table.set_index(pd.Index(range(100, 112))))
    assert made.rows_dropped == 2
    assert list(made.rows) == [0, 1, 3, 4, 5, 6, 8, 9, 10, 11]


def test_a_value_lacking_where_no_variable_is_used_drops_nothing(table):
    assert design("y ~ x + (1 | g)", table.assign(other=np.nan)).rows_dropped == 0


@pytest.mark.parametrize(
    ("terms", "dropped"),
    [
        ("x + copy", ("copy",)),
        ("copy + x", ("x",)),
        ("x + copy + sevens", ("copy", "sevens")),
        ("f + lowest", ("lowest",)),
        ("0 + f + sevens", ("sevens",)),
        ("x + f", ()),
    ],
)
def test_columns_that_others_make_up_are_dropped_and_named(terms, dropped, table):
    more = table.assign(copy=2 * table["x"] - 1, sevens=7, lowest=(table["f"] == "a") * 1.0)
    made = design(f"y ~ {terms} + (1 | g)", more)
    assert made.columns_dropped == dropped
    assert len(made.names) == made.X.shape[1] == np.linalg.matrix_rank(made.X)
    assert not set(made.names) & set(dropped)


def test_every_absent_column_is_named(table):
    with pytest.raises(DataError) as refused:
        design("y ~ age + (weeks | id)", table)
    assert [problem.message.split("'")[1] for problem in refused.value.problems] == [
        "age",
        "weeks",
        "id",
    ]
    assert "The columns are: y, x, f, g." in str(refused.value)


@pytest.mark.parametrize(
    ("change", "kind", "message"),
    [
        ({"y": "heavy"}, DataError, "'y' is not numeric: it holds, for example, 'heavy'"),
        ({"y": 3.5}, DataError, r"'y' is constant \(3.5 in every row\)"),
        ({"y": np.inf}, DataError, "'y' has values that are not finite"),
        ({"y": np.nan}, DataError, "no row has all the values"),
        ({"g": "one"}, ModelError, "'g' has one level only: at least 2 groups"),
        ({"g": range(12)}, ModelError, r"one observation per group \(12 groups, 12 rows\)"),
        (
            {"g": [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]},
            ModelError,
            "12 rows cannot carry 2 random effects",
        ),
    ],
)
def test_refusals(change, kind, message, table):
    with pytest.raises(kind, match=message):
        design("y ~ x + (x | g)", table.assign(**change))


def test_an_infinite_covariate_is_named(table):
    table.loc[3, "x"] = np.inf
    with pytest.raises(DataError, match="the term x has values that are not finite"):
        design("y ~ x + (1 | g)", table)


def test_more_effects_than_rows(table):
    with pytest.raises(ModelError, match="3 rows cannot determine 3 fixed effects"):
        design("y ~ poly(x, 2) + (1 | g)", table.iloc[[0, 1, 5]])


def test_a_table_with_no_row():
    with pytest.raises(DataError, match="no row"):
        design("y ~ x + (1 | g)", {"y": [], "x": [], "g": []})


def test_two_columns_of_one_name(table):
    twice = pd.concat([table, table[["x"]]], axis=1)
    with pytest.raises(DataError, match="more than one column 'x'"):
        design("y ~ x + (1 | g)", twice)


def test_columns_of_unequal_length(table):
    with pytest.raises(DataError, match="do not make a table"):
        design("y ~ x + (1 | g)", {"y": [1, 2], "x": [1], "g": [1, 2]})

import pytest

from lmm.errors import ModelError
from lmm.model.design import build_design
from lmm.model.factors import factors_of, in_lme4s_order
from lmm.model.formula import parse_formula


@pytest.fixture
def table():
    n = 24
    return {
        "y": [float(i * i % 7) for i in range(n)],
        "x": [float(i % 5) for i in range(n)],
        "a": [i % 3 for i in range(n)],
        "b": [i % 4 for i in range(n)],
        "c": [i // 8 for i in range(n)],
    }


def design(formula, table):
    return build_design(parse_formula(formula), table)


def named(design):
    return [(block.grouping.name, block.names) for block in design.blocks]


def test_blocks_of_one_factor_are_gathered_wherever_they_stand(table):
    first, second = factors_of(design("y ~ x + (1 | a) + (1 | b) + (0 + x | a)", table))
    assert (first.grouping.name, list(first.columns), first.m, first.q, first.size) == (
        ("a", [0, 2], 3, 2, 6)
    )
    assert (second.grouping.name, list(second.columns), second.size) == ("b", [1], 4)


def test_most_levels_first(table):
    ordered = in_lme4s_order(design("y ~ 1 + (1 | a) + (1 | b)", table))
    assert named(ordered) == [("b", ("Intercept",)), ("a", ("Intercept",))]


def test_a_formula_in_order_stays(table):
    made = design("y ~ 1 + (1 | b) + (1 | a) + (0 + x | a)", table)
    assert in_lme4s_order(made) is made


def test_equal_levels_change_places_when_terms_are_reordered(table):
    """lme4's ``rev(order(nl))``: (3, 4, 3) becomes second, third, first."""
    ordered = in_lme4s_order(design("y ~ 1 + (1 | a) + (1 | b) + (1 | c)", table))
    assert [name for name, _ in named(ordered)] == ["b", "c", "a"]


def test_without_a_random_term(table):
    with pytest.raises(ModelError, match="has no random term"):
        factors_of(design("y ~ x", table))

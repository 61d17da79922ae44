import numpy as np
import pytest

from lmm.errors import ConfigurationError
from lmm.ingest.expressions import parse_expression

COLUMNS = {
    "wt": np.array([10.0, 20.0, 35.5]),
    "ht": np.array([80.0, 110.0, 150.0]),
    "time (wks)": np.array([1.0, 2.0, 3.0]),
    "π": np.array([3.0, 2.0, 1.0]),
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("wt / (ht / 100) ** 2", [15.625, 20 / 1.21, 35.5 / 2.25]),
        ("-wt ** 2", [-100.0, -400.0, -1260.25]),
        ("2 ** 3 ** 2 + 0 * wt", [512.0] * 3),
        ("+wt - -1", [11.0, 21.0, 36.5]),
        ("log(exp(wt))", [10.0, 20.0, 35.5]),
        ("sqrt(abs(-wt * wt))", [10.0, 20.0, 35.5]),
        ("`time (wks)` * 7", [7.0, 14.0, 21.0]),
        ("π + `π` + 1.5e1", [21.0, 19.0, 17.0]),
        ("wt\n  + 1", [11.0, 21.0, 36.5]),
    ],
)
def test_arithmetic(text, expected):
    values = parse_expression(text, where="derived: x").values(COLUMNS)
    assert values == pytest.approx(expected, rel=1e-14)


def test_columns_are_named_once_in_order():
    expression = parse_expression("`time (wks)` + log(wt) * wt + π", where="")
    assert expression.columns == ("time (wks)", "wt", "π")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("wt + __import__('os')", 6),
        ("wt.real", 1),
        ("wt + ht[0]", 6),
        ("wt if ht else 1", 1),
        ("wt + (lambda: 1)()", 6),
        ("wt + 'a'", 6),
        ("wt > 1", 1),
        ("wt // 2", 1),
        ("wt % 2", 1),
        ("wt ^ 2", 6),
        ("not wt", 1),
        ("~wt", 1),
        ("wt + 1_000", 6),
        ("wt + 0x1F", 6),
        ("wt + 2j", 6),
        ("wt + True", 6),
        ("wt + 1e999", 6),
        ("wt + sin(ht)", 6),
        ("wt + log(ht, 2)", 6),
        ("wt + log()", 6),
        ("wt + log(x=ht)", 6),
        ("(wt := 3)", 2),
        ("wt, ht", 1),
        ("π + sin(π)", 5),
        ("`time (wks)` + sin(wt)", 16),
        ("wt + lambda", 6),
        ("wt +", 5),
        ("3 + 4", 1),
        ("", 1),
    ],
)
def test_anything_else_is_refused_at_its_place(text, place):
    with pytest.raises(ConfigurationError) as refusal:
        parse_expression(text, where="derived: x")
    (problem,) = refusal.value.problems
    lines = problem.message.splitlines()
    assert lines[-1].index("^") - 4 <= place
    if text.strip() and not text.endswith(("+", "lambda")):
        assert lines[-1].index("^") - 4 == place - 1
    assert problem.where == "derived: x" and "log, exp, sqrt, abs" in problem.remedy


@pytest.mark.parametrize(
    "text", ["(" * 240 + "wt" + ")" * 240, "-" * 300 + "wt", "wt + " * 90 + "1"]
)
def test_deep_and_long_expressions_are_refused_without_harm(text):
    with pytest.raises(ConfigurationError):
        parse_expression(text, where="")
    with pytest.raises(ConfigurationError, match="limit is 500"):
        parse_expression("wt + " * 200 + "1", where="")


def test_great_powers_cost_nothing():
    values = parse_expression("wt + 9 ** 9 ** 9 ** 9", where="").values(COLUMNS)
    assert np.isinf(values).all()

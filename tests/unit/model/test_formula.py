import numpy as np
import pytest

from lmm.errors import DataError, FormulaError
from lmm.model.fit import fit_mixed
from lmm.model.formula import parse_formula, quote, unquote

READ = [
    ("arm ~ age + (age | id)", "arm ~ 1 + age + (1 + age | id)"),
    ("arm~age+(1|id)", "arm ~ 1 + age + (1 | id)"),
    ("y ~ x - 1 + (0 + x | g)", "y ~ 0 + x + (0 + x | g)"),
    ("y ~ x + (-1 + x | g)", "y ~ 1 + x + (0 + x | g)"),
    ("y ~ x + 0 + 1", "y ~ 1 + x"),
    ("y ~ 1", "y ~ 1"),
    ("y ~ 0 + (1 | g)", "y ~ 0 + (1 | g)"),
    ("y ~ x + (x || g)", "y ~ 1 + x + (1 | g) + (0 + x | g)"),
    ("y ~ x + (0 + x || g)", "y ~ 1 + x + (0 + x | g)"),
    ("y ~ (1 | a / b / c)", "y ~ 1 + (1 | a) + (1 | a:b) + (1 | a:b:c)"),
    ("y ~ (1 | a:b)", "y ~ 1 + (1 | a:b)"),
    ("y ~ (1 | (a:b))", "y ~ 1 + (1 | a:b)"),
    ("y ~ (1 | (a/b))", "y ~ 1 + (1 | a) + (1 | a:b)"),
    ("y ~ (f || g)", "y ~ 1 + (1 | g) + (0 + f | g)"),
    (
        "y ~ (x * f || a/b)",
        "y ~ 1 + (1 | a) + (0 + x | a) + (0 + f | a) + (0 + x:f | a)"
        " + (1 | a:b) + (0 + x | a:b) + (0 + f | a:b) + (0 + x:f | a:b)",
    ),
    ("y ~ (1 | g) + x", "y ~ 1 + x + (1 | g)"),
    ("y ~ a*b", "y ~ 1 + a + b + a:b"),
    ("y ~ (a + b)^2", "y ~ 1 + a + b + a:b"),
    ("y ~ poly( x,2 )", "y ~ 1 + poly(x, 2)"),
    ("y ~ I(x^2)", "y ~ 1 + I(x ** 2)"),
    ("y ~ I((x - 3) / -z)", "y ~ 1 + I((x - 3) / -z)"),
    ("y ~ I(x * 007.50)", "y ~ 1 + I(x * 007.50)"),
    ("y ~ I(x * 007)", "y ~ 1 + I(x * 7)"),
    ("y ~ scale(x, center=True)", "y ~ 1 + scale(x, center=True)"),
    ("`arm (cm)` ~ `age.in` + age.in + (1 | `my id`)", "`arm (cm)` ~ 1 + `age.in` + (1 | `my id`)"),
    ("höhe ~ 年齢 + (1 | g)", "höhe ~ 1 + 年齢 + (1 | g)"),
    ("`lambda` ~ x\n + (1 | g)", "`lambda` ~ 1 + x + (1 | g)"),
]


@pytest.mark.parametrize(("text", "meant"), READ)
def test_reading(text, meant):
    assert str(parse_formula(text)) == meant


REFUSED = [
    ("", 0, "expected the name of a column"),
    ("y", 1, "expected '~' here"),
    ("y ~", 3, "expected the name of a column"),
    ("~ x", 0, "expected the name of a column"),
    ("log(y) ~ x", 0, "derive the column first"),
    ("y ~ x +", 7, "expected the name of a column"),
    ("y ~ (x", 6, "expected ')' here"),
    ("y ~ x z", 6, "expected '+' or '-' between terms"),
    ("y ~ x ~ z", 6, "expected '+' or '-' between terms"),
    ("y ~ x $ z", 6, "'$' has no meaning"),
    ("y ~ 2 + x", 4, "only 0 and 1 may stand alone"),
    ("y ~ x + (1 | g", 14, "expected ')' here"),
    ("y ~ x | g", 6, "a random term stands by itself in parentheses"),
    ("y ~ x || g", 6, "a random term stands by itself in parentheses"),
    ("y ~ x * (1 | g)", 11, "a random term stands by itself in parentheses"),
    ("y ~ x + (1 | g | h)", 15, "a random term stands by itself in parentheses"),
    ("y ~ x + (1 | )", 13, "expected the name of a column"),
    ("y ~ x + (1 | g + h)", 15, "each group has a random term of its own"),
    ("y ~ x + (1 | g * h)", 15, "each group has a random term of its own"),
    ("y ~ x + (1 | log(g))", 13, "a function is not allowed here"),
    ("y ~ x + (0 | g)", 14, "this random term has no column"),
    ("y ~ x - (1 | g)", 8, "can be added, not taken away"),
    ("y ~ x + ((1 | g))", 12, "a random term stands by itself in parentheses"),
    ("y ~ x + offset(z)", 8, "an offset is not offered; subtract it from the outcome first"),
    ("y ~ x + (offset(z) | g)", 9, "an offset is not offered; subtract it from the outcome first"),
    ("y ~ factor(x)", 4, "write C(...)"),
    ("y ~ np.log(x)", 4, "write log(...)"),
    ("cbind(y, z) ~ x", 0, "derive the column first"),
    ("y = x", 2, "expected '~' here"),
    ("y ~ .", 4, "'.' has no meaning"),
    ('arm ~ {__import__("os").system("x")}', 6, "'{' has no meaning"),
    ("y ~ (lambda: x)()", 15, "expected '+' or '-' between terms"),
    ("y ~ lambda x: x", 11, "expected '+' or '-' between terms"),
    ("y ~ x[0]", 5, "'[' has no meaning"),
    ("y ~ 'x'", 4, "has no meaning"),
    ("y ~ x; import os", 5, "';' has no meaning"),
    ("y ~ x if x else z", 6, "expected '+' or '-' between terms"),
    ("y ~ I(x := 3)", 8, "expected ')' here"),
    ("y ~ I(x == 2)", 9, "expected a column or a number"),
    ("y ~ log(x)(z)", 10, "expected '+' or '-' between terms"),
    ("y ~ x.__class__()", 4, "'x.__class__' is not among the functions allowed"),
    ("y ~ I(x.__class__.mro())", 6, "'x.__class__.mro' is not among the functions allowed"),
    ("y ~ log(__import__(x))", 8, "'__import__' is not among the functions allowed"),
    ("y ~ x + (1 | open(g))", 13, "a function is not allowed here"),
    ("y ~ (a + b)^0", 12, "a whole number from 1 to 9"),
    ("y ~ (a + b)^x", 12, "a whole number from 1 to 9"),
    ("y ~ open(x)", 4, "'open' is not among the functions allowed"),
    ("y ~ log(system(x))", 8, "'system' is not among the functions allowed"),
    ("y ~ lgo(x)", 4, "write log(...)"),
    ("y ~ log()", 8, "expected a column or a number"),
    ("y ~ log(x", 9, "expected ')' here"),
    ("y ~ I(--x)", 7, "expected a column or a number after '-'"),
    ("y ~ I(x 'a')", 8, "has no meaning"),
    ("y ~ I(x * ٣)", 10, "has no meaning"),
    ("y ~ `x", 4, "has no meaning"),
    ("y ~ `1` + x", 4, "a column named 1 cannot be a term"),
    ("y ~ a*b*c*d*e*f*g*h*i*j", 20, "more than 500 terms"),
]


@pytest.mark.parametrize(("text", "place", "message"), REFUSED)
def test_refusals_say_what_and_point_at_it(text, place, message):
    with pytest.raises(FormulaError) as refused:
        parse_formula(text)
    first, shown, caret, _ = str(refused.value).split("\n")
    assert message in first
    assert shown == f"    {text}"
    assert caret == " " * (4 + place) + "^"


def test_the_place_is_shown_on_one_line_and_within_reach():
    with pytest.raises(FormulaError) as refused:
        parse_formula("y ~ " + " + ".join(["abc"] * 100) + " +\n $ + " + " + ".join(["x"] * 100))
    _, shown, caret, _ = str(refused.value).split("\n")
    assert len(shown) < 120
    assert shown[caret.index("^")] == "$"


def test_variables():
    formula = parse_formula("y ~ log(a + `b c`, 2) * d:a + scale(e, center=True) + (f || g / h)")
    assert formula.variables == ("y", "a", "b c", "e", "d", "f", "g", "h")


def test_the_typed_text_is_kept_but_does_not_count():
    formula = parse_formula("y  ~  x+(x||g)")
    assert formula.text == "y ~ x+(x||g)"
    assert formula == parse_formula("y ~ 1 + x + (1 | g) + (0 + x | g)")


@pytest.mark.parametrize(
    ("name", "quoted"),
    [("x", "x"), ("a.b", "`a.b`"), ("if", "`if`"), ("True", "`True`"), ("2x", "`2x`"), ("é", "é")],
)
def test_quoting(name, quoted):
    assert quote(name) == quoted
    assert unquote(quoted) == name


def test_a_function_is_not_a_column():
    assert unquote("log(x)") is None
    assert unquote("`log(x)`") == "log(x)"


@pytest.mark.parametrize(
    "name", ['__import__("os").system("x")', "x.__class__", "open('/etc/passwd')", "lambda: 1"]
)
def test_what_looks_like_code_is_at_most_the_name_of_a_column(name):
    """In backticks anything is a name: looked up, never run; a table that has it is fitted."""
    rng = np.random.default_rng(1)
    table = {"y": rng.normal(size=12), "g": np.repeat(np.arange(4), 3), name: rng.normal(size=12)}
    fit = fit_mixed(f"y ~ `{name}` + (1 | g)", table)
    assert fit.design.names == ("Intercept", name)
    with pytest.raises(DataError, match="is not in the table"):
        fit_mixed(f"y ~ `{name}` + (1 | g)", {"y": table["y"], "g": table["g"]})

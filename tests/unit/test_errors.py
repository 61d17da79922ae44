"""Mistakes as values: readable, all at once."""

from __future__ import annotations

import pytest

from lmm.errors import (
    ConfigurationError,
    DataError,
    FormulaError,
    LmmError,
    ModelError,
    Problem,
    choice_of,
    nearest,
)


def test_a_problem_says_where_what_and_what_to_do():
    problem = Problem(message="is wrong", where="file, row 3", remedy="Mend it.")
    assert str(problem) == "file, row 3: is wrong\n  Mend it."
    assert str(Problem(message="is wrong")) == "is wrong"


def test_an_error_holds_every_problem():
    problems = [Problem(message="a", where="x"), Problem(message="b")]
    for given in (problems, iter(problems), tuple(problems)):
        error = DataError(given)
        assert error.problems == tuple(problems)
        assert str(error) == "x: a\nb"


def test_a_sentence_or_one_problem_will_do():
    assert LmmError("no", where="w", remedy="r").problems == (
        Problem(message="no", where="w", remedy="r"),
    )
    assert str(ModelError(Problem(message="no"))) == "no"


@pytest.mark.parametrize("kind", [DataError, FormulaError, ConfigurationError, ModelError])
def test_every_kind_is_the_users_to_mend(kind):
    assert issubclass(kind, LmmError)


def test_a_problem_is_a_value():
    problem = Problem(message="a")
    assert problem == Problem(message="a")
    with pytest.raises(AttributeError):
        problem.message = "b"  # type: ignore[misc]


def test_a_misspelt_name_has_a_nearest_one():
    assert nearest("Wieght", ["age", "weight"]) == "weight"
    assert nearest("WEIGHT", ["weight"]) == "weight"
    assert nearest("colour", ["age", "weight"]) == ""
    assert nearest("age", []) == ""


def test_a_remedy_names_the_nearest_and_what_there_is():
    assert choice_of("agee", ["id", "age"], are="columns") == (
        "Did you mean 'age'? The columns are: id, age."
    )
    assert choice_of("x", ["id", "age"], are="columns") == "The columns are: id, age."
    many = choice_of("x", (f"column{i}" for i in range(30)), are="columns")
    assert "column19, …" in many and "column20" not in many

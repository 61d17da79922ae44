"""Coefficients in a reader's words, from the names that a formula gives them."""

from __future__ import annotations

import pytest

from lmm.report.reading import Reading
from lmm.report.wording import in_words, is_product, named_variable


def variable(column, *, label="", values=(), minimum=None):
    return {"column": column, "label": label, "values": list(values), "minimum": minimum}


READING = Reading(
    {
        "study": {"time": {"column": "ageC", "label": "age"}},
        "data": {
            "variables": [
                variable("ageC", label="age", minimum=-30.0),
                variable("sex", minimum=1.0),
                variable("arm", label="arm of the trial", values=[("new", 30), ("usual", 90)]),
                variable("birth weight", label="weight at birth", minimum=2.1),
                variable("odd: name [x]", minimum=0.0),
            ]
        },
    }
)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ageC", "age"),
        ("wt", "wt"),
        ("C(sex)[T.2]", "sex (2 against 1)"),
        ("sex[T.2]", "sex (2 against 1)"),
        ("arm[T.usual]", "arm of the trial (usual against new)"),
        ("C(arm)[T.usual]", "arm of the trial (usual against new)"),
        ("arm[new]", "arm of the trial (new)"),
        ("school[T.north]", "school (north against the first)"),
        ("C(arm, Treatment('usual'))[T.new]", "arm of the trial (new against the first)"),
        ("`birth weight`", "weight at birth"),
        ("birth weight", "weight at birth"),
        ("C(`birth weight`)[T.3]", "weight at birth (3 against 2.1)"),
        ("C(sex)[T.2]:ageC", "sex (2 against 1) with age"),
        ("ageC:arm[T.usual]", "age with arm of the trial (usual against new)"),
        ("arm[T.a: b]:ageC", "arm of the trial (a: b against new) with age"),
        ("arm[T.[1, 2)]", "arm of the trial ([1, 2) against new)"),
        ("`odd: name [x]`:ageC", "odd: name [x] with age"),
        ("log(dose)", "log(dose)"),
        ("log(`birth weight`)", "log(birth weight)"),
        ("poly(ageC, 2)[1]", "poly(ageC, 2)[1]"),
        ("fitted values", "fitted values"),
    ],
)
def test_a_name_in_words(name, words):
    assert in_words(READING, name) == words


def test_a_product_is_told_from_a_colon_in_a_name():
    assert is_product("C(sex)[T.2]:ageC")
    assert not is_product("arm[T.a:b]")
    assert not is_product("`a:b`")


def test_long_levels_are_cut():
    words = in_words(READING, f"arm[T.{'x' * 60}]")
    assert words == f"arm of the trial ({'x' * 23}… against new)"
    assert len(named_variable(READING, "y" * 60)) == 40

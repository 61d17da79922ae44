"""MathML is well-formed whatever text goes in."""

from __future__ import annotations

from xml.etree import ElementTree

from lmm.report import mathml

HOSTILE = "<script>&\"'</math>"


def test_every_text_is_escaped():
    parts = [
        make(HOSTILE) for make in (mathml.identifier, mathml.words, mathml.numeral, mathml.operator)
    ]
    root = ElementTree.fromstring(mathml.display(*parts))
    assert [leaf.text for leaf in root.iter() if leaf.text] == [HOSTILE] * 4
    assert {leaf.tag for leaf in root.iter()} == {"math", "mrow", "mi", "mtext", "mn", "mo"}


def test_a_negative_number_is_an_operator_and_a_number():
    root = ElementTree.fromstring(mathml.numeral("\u22122.5"))
    assert [(leaf.tag, leaf.text) for leaf in root] == [("mo", "\u2212"), ("mn", "2.5")]


def test_the_pieces_have_as_many_children_as_the_standard_asks():
    x, one = mathml.identifier("x"), mathml.numeral("1")
    for made, count in (
        (mathml.sub(x, one), 2),
        (mathml.sup(x, one), 2),
        (mathml.subsup(x, one, one), 3),
        (mathml.fraction(x + x, one), 2),
        (mathml.hat(x), 2),
    ):
        assert len(ElementTree.fromstring(made)) == count


def test_a_matrix_has_its_rows_and_cells():
    root = ElementTree.fromstring(
        mathml.matrix((("<mi>a</mi>", "<mi>b</mi>"), ("<mn>0</mn>", "<mn>1</mn>")))
    )
    rows = root.findall(".//mtr")
    assert [[cell[0].text for cell in row] for row in rows] == [["a", "b"], ["0", "1"]]


def test_single_letters_are_italic_and_signs_upright():
    assert "mathvariant" not in mathml.identifier("x")
    assert 'mathvariant="normal"' in mathml.identifier("1")

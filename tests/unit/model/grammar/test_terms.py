import pytest

from lmm.model.grammar.terms import add, cross, interact, nest, power, remove, simplify


def terms(text):
    return tuple(tuple(term.split(":")) for term in text.split())


A, B, AB = terms("a"), terms("b"), terms("a b")


@pytest.mark.parametrize(
    ("made", "meant"),
    [
        (add(AB, terms("c a")), "a b c"),
        (add(terms("a:b"), terms("b:a")), "a:b"),
        (remove(terms("a b a:b"), terms("b:a")), "a b"),
        (remove(A, B), "a"),
        (interact(AB, terms("c d")), "a:c a:d b:c b:d"),
        (interact(A, A), "a"),
        (interact(terms("a:b"), terms("b:c")), "a:b:c"),
        (cross(A, B), "a b a:b"),
        (cross(AB, terms("c")), "a b c a:c b:c"),
        (nest(A, B), "a a:b"),
        (nest(AB, terms("c")), "a b a:b:c"),
        (power(terms("a b c"), 2), "a b a:b c a:c b:c"),
        (power(A, 9), "a"),
        (simplify(terms("a:b c b:a a")), "c a a:b"),
    ],
)
def test_algebra(made, meant):
    assert sorted(made) == sorted(terms(meant))


def test_terms_are_ordered_by_degree_and_else_as_written():
    assert simplify(terms("d:e:f z a:b y")) == terms("z y a:b d:e:f")

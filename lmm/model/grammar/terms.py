"""The algebra of model terms (Wilkinson and Rogers 1973, Applied Statistics 22:392).

A term is a tuple of factor spellings; a sum is a tuple of distinct terms.
"""

from __future__ import annotations

from itertools import combinations

Term = tuple[str, ...]
Sum = tuple[Term, ...]


def _merge(left: Term, right: Term) -> Term:
    return (*left, *(factor for factor in right if factor not in left))


def _distinct(terms: Sum) -> Sum:
    seen: dict[frozenset[str], Term] = {}
    for term in terms:
        seen.setdefault(frozenset(term), term)
    return tuple(seen.values())


def add(left: Sum, right: Sum) -> Sum:
    """``a + b``"""
    return _distinct((*left, *right))


def remove(left: Sum, right: Sum) -> Sum:
    """``a - b``"""
    gone = {frozenset(term) for term in right}
    return tuple(term for term in left if frozenset(term) not in gone)


def interact(left: Sum, right: Sum) -> Sum:
    """``a:b``"""
    return _distinct(tuple(_merge(a, b) for a in left for b in right))


def cross(left: Sum, right: Sum) -> Sum:
    """``a*b`` is ``a + b + a:b``"""
    return add(add(left, right), interact(left, right))


def nest(left: Sum, right: Sum) -> Sum:
    """``a/b`` is ``a`` and ``b`` within all of ``a``"""
    whole: Term = ()
    for term in left:
        whole = _merge(whole, term)
    return add(left, interact((whole,), right))


def power(terms: Sum, degree: int) -> Sum:
    """``(a + b)^2``: all interactions of up to ``degree`` of the terms."""
    raised: Sum = ()
    for size in range(1, degree + 1):
        for chosen in combinations(terms, size):
            merged: Term = ()
            for term in chosen:
                merged = _merge(merged, term)
            raised = add(raised, (merged,))
    return raised


def simplify(terms: Sum) -> Sum:
    """Terms in order of degree, as formulaic orders them; equal degrees keep their order."""
    return tuple(sorted(_distinct(terms), key=len))

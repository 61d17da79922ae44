"""Which of its roots T stands for D during the search: the one whose columns take up the large variances first.

With the rows as they come, a small first variance leaves all others nearly free to turn about it: near
T = [[0.01, 0], [0.7, 0.2]] the criterion hardly changes along the circle of (T₁₀, T₁₁), and the search
creeps round it. Pivoting (Higham 2002, Accuracy and Stability of Numerical Algorithms, section 10.3)
keeps every entry of a column below its pivot; D, and all that is known of it, stay as they are.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import numpy as np
from scipy.linalg.lapack import dgeqp3

from lmm.model.search.objective import Evaluated
from lmm.model.search.points import Point
from lmm.numerics import Array

MUCH_LARGER = 4.0  # a variance left over, against that of the row whose turn it is

E = TypeVar("E", bound=Evaluated)


def upright(here: Point[E]) -> Point[E]:
    """The point itself where its root is well oriented, else the same D with the rows of T pivoted."""
    template = here.template
    if all(size == 1 for size in template.sizes) or _well_oriented(here):
        return here
    T, order = np.zeros_like(here.T), np.arange(template.q)
    for block in template.slices:
        T[block, block], pivots = _pivoted_root(here.T[block, block])
        order[block] = block.start + pivots
    pivoted = replace(template, order=tuple(int(row) for row in order))
    return Point(theta=pivoted.theta(T), T=T, found=here.found, template=pivoted)


def _well_oriented(here: Point[E]) -> bool:
    T = here.T[list(here.template.order)] if here.template.order else here.T
    for block in here.template.slices:
        squares = np.tril(T[block, block]) ** 2
        left = np.cumsum(squares[:, ::-1], axis=1)[:, ::-1]  # of each row, from each column on
        if (np.tril(left).max(axis=0) > MUCH_LARGER * squares.diagonal()).any():
            return False
    return True


def _pivoted_root(root: Array) -> tuple[Array, np.ndarray]:
    """A root (k, k) of the same matrix whose row ``pivots[j]`` ends in column j; its zero columns last."""
    k, kept = len(root), root.any(axis=0)
    made, pivots = np.zeros((k, k)), np.arange(k)
    if kept.any():
        factor, pivots = dgeqp3(root[:, kept].T)[:2]
        pivots = pivots - 1
        made[pivots, : kept.sum()] = np.triu(factor).T
    return made, pivots

"""Model terms to columns of numbers.

Bare numeric columns and their products are multiplied here (no import, no copy); factors and
transformations go to formulaic, whose names are kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lmm.errors import DataError, ModelError
from lmm.model.formula import side, unquote
from lmm.model.terms import Term
from lmm.numerics import Array

# Below this share of a column's own size, what is left of it after the columns before it is rounding.
DEPENDENT = 1e-7


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """How terms become columns: the names, and formulaic's memory of levels and centres where used."""

    intercept: bool
    terms: tuple[Term, ...]
    names: tuple[str, ...]
    kept: tuple[int, ...]
    specification: Any = None

    def matrix(self, frame: pd.DataFrame) -> Array:
        """The columns for a table that has the terms' variables: (rows, columns)."""
        if self.specification is None:
            return _products(self.intercept, self.terms, frame)[0][:, list(self.kept)]
        return np.asarray(self.specification.get_model_matrix(frame), float)[:, list(self.kept)]


def encode(intercept: bool, terms: tuple[Term, ...], frame: pd.DataFrame) -> tuple[Encoding, Array]:
    """The columns of ``terms`` in ``frame`` (rows, columns) and the encoding that made them."""
    specification = None
    if all(_is_number(factor, frame) for term in terms for factor in term):
        matrix, names = _products(intercept, terms, frame)
    else:
        matrix, names, specification = _by_formulaic(side(intercept, terms), frame)
    if not np.isfinite(matrix).all():
        bad = names[int(np.flatnonzero(~np.isfinite(matrix).all(axis=0))[0])]
        raise DataError(f"the term {bad} has values that are not finite numbers", where="formula")
    encoding = Encoding(
        intercept=intercept,
        terms=terms,
        names=tuple(names),
        kept=tuple(range(len(names))),
        specification=specification,
    )
    return encoding, matrix


def independent_columns(X: Array) -> list[int]:
    """Indices of the columns that no earlier columns can make up (a later column is the one to go).

    Columns are first scaled to length one; the triangular factor of X'X decides, and where it is in
    doubt the QR factor of X itself.
    """
    sizes = np.sqrt(np.einsum("ij,ij->j", X, X))
    scaled = X / np.where(sizes > 0, sizes, 1.0)
    try:
        if (np.diag(np.linalg.cholesky(scaled.T @ scaled)) > 1e-3).all():
            return list(range(X.shape[1]))
    except np.linalg.LinAlgError:
        pass
    kept: list[int] = []
    basis = np.empty((X.shape[0], 0))
    for j in range(X.shape[1]):
        rest = scaled[:, j].copy()
        for _ in range(2):
            rest -= basis @ (basis.T @ rest)
        size = np.linalg.norm(rest)
        if size > DEPENDENT:
            kept.append(j)
            basis = np.column_stack([basis, rest / size])
    return kept


def _is_number(factor: str, frame: pd.DataFrame) -> bool:
    name = unquote(factor)
    return name is not None and frame[name].dtype.kind in "iuf"


def _products(
    intercept: bool, terms: tuple[Term, ...], frame: pd.DataFrame
) -> tuple[Array, list[str]]:
    columns = [np.ones(len(frame))] if intercept else []
    names = ["Intercept"] if intercept else []
    for term in terms:
        variables = [str(unquote(factor)) for factor in term]
        product = np.asarray(frame[variables[0]], float)
        for name in variables[1:]:
            product = product * np.asarray(frame[name], float)
        columns.append(product)
        names.append(":".join(variables))
    matrix = np.column_stack(columns) if columns else np.empty((len(frame), 0))
    return matrix, names


def _by_formulaic(text: str, frame: pd.DataFrame) -> tuple[Array, list[str], Any]:
    from formulaic import model_matrix
    from formulaic.errors import FormulaicError

    try:
        made = model_matrix(text, frame, context={}, na_action="raise")
    except FormulaicError as error:
        raise ModelError(
            f"the terms {text!r} could not be made into columns: {error}", where="formula"
        ) from None
    return np.asarray(made, float), [str(name) for name in made.columns], made.model_spec

"""Model terms to columns of numbers.

Bare numeric columns and their products are multiplied here (no import, no copy); factors and
transformations go to formulaic, whose names are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lmm.errors import DataError, ModelError
from lmm.model.formula import side, unquote
from lmm.model.grammar.terms import Term
from lmm.model.table import Columns
from lmm.numerics import Array, root_mean_square

# Below this share of a column's own size, what is left of it after the columns before it is rounding.
DEPENDENT = 1e-7
# Squares beyond this overflow.
LARGEST = 1e150
# Columns that so many rows show to be clearly independent are so.
_ENOUGH_ROWS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """How terms become columns: the names, and formulaic's memory of levels and centres where used."""

    intercept: bool
    terms: tuple[Term, ...]
    names: tuple[str, ...]
    kept: tuple[int, ...]
    specification: Any = None

    @np.errstate(all="ignore")
    def matrix(self, frame: pd.DataFrame) -> Array:
        """The columns for a table that has the terms' variables: (rows, columns)."""
        if self.specification is None:
            return _products(self.intercept, self.terms, frame)[0][:, list(self.kept)]
        return np.asarray(self.specification.get_model_matrix(_whole_numbers(frame)), float)[
            :, list(self.kept)
        ]


def encode(
    intercept: bool, terms: tuple[Term, ...], frame: Columns | pd.DataFrame
) -> tuple[Encoding, Array]:
    """The columns of ``terms`` in ``frame`` (rows, columns) and the encoding that made them."""
    specification = None
    _check_kinds(terms, frame)
    if all(_is_number(factor, frame) for term in terms for factor in term):
        matrix, names = _products(intercept, terms, frame)
    else:
        whole = frame.frame() if isinstance(frame, Columns) else frame
        matrix, names, specification = _by_formulaic(side(intercept, terms), whole)
    check_finite(matrix, names)
    encoding = Encoding(
        intercept=intercept,
        terms=terms,
        names=tuple(names),
        kept=tuple(range(len(names))),
        specification=specification,
    )
    return encoding, matrix


def check_finite(matrix: Array, names: Sequence[str]) -> None:
    """Raise ``DataError`` for a column whose numbers, or their squares, are none."""
    if matrix.size and not -LARGEST < matrix.min() <= matrix.max() < LARGEST:
        usable = np.abs(matrix) < LARGEST
        bad = names[int(np.flatnonzero(~usable.all(axis=0))[0])]
        raise DataError(
            f"the term {bad} has values that are not finite numbers, or beyond {LARGEST:g}",
            where="formula",
            remedy="Logarithms of zero and quotients by zero are not finite: leave such cells missing.",
        )


def independent_columns(X: Array) -> list[int]:
    """Indices of the columns that no earlier columns can make up (a later column is the one to go).

    Columns are first centred, where the first is constant, and scaled to length one: x + 10⁹ is as
    good a column as x. The triangular factor of X'X decides; where it is in doubt, the QR factor of X.
    """
    for rows in dict.fromkeys((1 + X.shape[0] // _ENOUGH_ROWS, 1)):
        if _clearly_independent(_centred_and_scaled(X[::rows])):
            return list(range(X.shape[1]))
    return not_made_up(_centred_and_scaled(X))


def not_made_up(scaled: Array) -> list[int]:
    """Indices of the columns, of length one, that no earlier columns make up."""
    kept: list[int] = []
    basis = np.empty((scaled.shape[0], 0))
    for j in range(scaled.shape[1]):
        rest = scaled[:, j].copy()
        for _ in range(2):
            rest -= basis @ (basis.T @ rest)
        size = np.linalg.norm(rest)
        if size > DEPENDENT:
            kept.append(j)
            basis = np.column_stack([basis, rest / size])
    return kept


def _clearly_independent(scaled: Array) -> bool:
    try:
        return bool((np.linalg.cholesky(scaled.T @ scaled).diagonal() > 1e-3).all())
    except np.linalg.LinAlgError:
        return False


def _centred_and_scaled(X: Array) -> Array:
    n, p = X.shape
    scaled = np.empty((n, p), order="F")
    constant = p > 0 and X[0, 0] != 0 and (X[:, 0] == X[0, 0]).all()
    for j in range(p):
        size = root_mean_square(X[:, j])
        centre = float(np.mean(X[:, j])) if constant and j else 0.0
        scaled[:, j] = X[:, j] - centre
        spread = root_mean_square(scaled[:, j])
        # what rounding leaves of a column that is constant is no column
        scaled[:, j] *= 1.0 / (spread * np.sqrt(n)) if spread > 1e-13 * size else 0.0
    return scaled


def _check_kinds(terms: tuple[Term, ...], frame: Columns | pd.DataFrame) -> None:
    for factor in dict.fromkeys(factor for term in terms for factor in term):
        name = unquote(factor)
        if name is not None and frame[name].dtype.kind in "mMc":
            raise DataError(
                f"the column {name!r} holds dates, durations or complex numbers: not a number, not a factor",
                where="formula",
                remedy="Derive a number from it first, such as days since the start.",
            )


def _is_number(factor: str, frame: Columns | pd.DataFrame) -> bool:
    name = unquote(factor)
    return name is not None and frame[name].dtype.kind in "iuf"


def _products(
    intercept: bool, terms: tuple[Term, ...], frame: Columns | pd.DataFrame
) -> tuple[Array, list[str]]:
    names = ["Intercept"] if intercept else []
    matrix = np.empty((len(frame), len(names) + len(terms)), order="F")
    matrix[:, : len(names)] = 1.0
    for term in terms:
        variables = [str(unquote(factor)) for factor in term]
        product = matrix[:, len(names)]
        product[:] = frame[variables[0]]
        for name in variables[1:]:
            product *= np.asarray(frame[name], float)
        names.append(":".join(variables))
    return matrix, names


def _whole_numbers(frame: pd.DataFrame) -> pd.DataFrame:
    """Columns of whole numbers as integers, so that a factor's level is called 2 and not 2.0."""
    whole = [
        name
        for name in frame.columns
        if frame[name].dtype.kind == "f"
        and (frame[name].abs() < 2**53).all()
        and (frame[name] == np.round(frame[name])).all()
    ]
    return frame.astype(dict.fromkeys(whole, np.int64)) if whole else frame


def _levels_that_occur(frame: pd.DataFrame) -> pd.DataFrame:
    """A level without a row is no level: as the reference, it would leave another's column to be dropped."""
    changed = {
        name: frame[name].cat.remove_unused_categories()
        for name in frame.columns
        if isinstance(frame[name].dtype, pd.CategoricalDtype)
    }
    return frame.assign(**changed) if changed else frame


@np.errstate(all="ignore")  # what is no number is refused by name
def _by_formulaic(text: str, frame: pd.DataFrame) -> tuple[Array, list[str], Any]:
    from formulaic import model_matrix

    try:
        made = model_matrix(
            text,
            _levels_that_occur(_whole_numbers(frame)),
            context={"sqrt": np.sqrt},
            na_action="ignore",
        )
    except Exception as error:  # whatever the arithmetic of a formula may raise on this column
        raise ModelError(
            f"the terms {text!r} could not be made into columns: {error}",
            where="formula",
            remedy="Look whether the columns hold what the terms take: log and sqrt take positive numbers.",
        ) from None
    return np.asarray(made, float), [str(name) for name in made.columns], made.model_spec

"""Outcomes of which the groups explain so much that rounding takes what they leave."""

from __future__ import annotations

from lmm.errors import ModelError


def lost_to_rounding(matrix: str) -> ModelError:
    """The error for a ``matrix`` that cannot be factorised, though without rounding it could."""
    return ModelError(
        "the groups and the fixed effects reproduce the outcome all but exactly: rounding takes what is left "
        f"({matrix} is not positive definite)",
        where="formula",
        remedy="Use fewer random terms, or an outcome that varies within the groups.",
    )

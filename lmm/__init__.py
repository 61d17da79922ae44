"""Linear mixed models that explain themselves: fits, inference, and one report per study.

``lmm.fit("arm ~ age + (age | id)", table)`` fits a mixed model, ``lmm.fit_many`` the same to many outcomes,
``lmm.pooled`` and ``lmm.stratified`` the ordinary ones beside it; ``lmm.stream`` reads a Parquet table of
any length.
"""

from __future__ import annotations

from typing import Any

__version__ = "0.1.0"
__all__ = ["__version__", "fit", "fit_many", "pooled", "stratified", "stream"]


def __getattr__(name: str) -> Any:
    # Loaded on first use: `lmm version` and the workflow's own parsing need no numerics.
    if name in __all__:
        from lmm import api

        return getattr(api, name)
    raise AttributeError(f"module 'lmm' has no attribute {name!r}")

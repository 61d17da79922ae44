"""What leaving out each group does to the answers."""

from __future__ import annotations

from typing import Any

from lmm.rows import to_records
from lmm.study.analysis.parts.analysed import Analysed


def influence(analysed: Analysed) -> list[dict[str, Any]]:
    """A row a group deleted, the most influential first; changes as ``lmm.diagnostics.influence`` defines them."""
    found = analysed.examined.found.influence
    return to_records(
        {
            "level": group.level,
            "measurements": group.rows,
            "cook": group.cook,
            "estimate": dict(zip(found.terms, group.beta, strict=True)),
            "se": dict(zip(found.terms, group.se, strict=True)),
            "dfbetas": dict(zip(found.terms, group.dfbetas, strict=True)),
            "residual_variance_change": group.sigma_change,
            "flips": list(group.flips),
        }
        for group in found.groups
    )

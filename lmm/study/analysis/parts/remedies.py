"""What heeding the checks would change."""

from __future__ import annotations

from typing import Any

from lmm.rows import to_records
from lmm.study.analysis.parts.analysed import Analysed


def remedies(analysed: Analysed) -> list[dict[str, Any]]:
    """By check: what was left out or put in, the rows used then, and each coefficient before and after."""
    return to_records(
        {
            "check": remedy.check,
            "what": remedy.what,
            "rows": remedy.rows,
            "flips": remedy.flips,
            "terms": [
                {"term": term, "before": a, "se_before": b, "after": c, "se_after": d}
                for term, a, b, c, d in zip(
                    remedy.terms,
                    remedy.before,
                    remedy.se_before,
                    remedy.after,
                    remedy.se_after,
                    strict=True,
                )
            ],
        }
        for remedy in analysed.examined.remedies
    )

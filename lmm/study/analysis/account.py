"""What was measured and what became of the rows, as plain values; and what made the numbers."""

from __future__ import annotations

import platform
from collections import Counter
from importlib.metadata import version
from typing import Any

import numpy as np
import pandas as pd

from lmm import __version__
from lmm.ingest.cleaning import CleanTable
from lmm.model.groups import group_rows
from lmm.rows import to_records
from lmm.study.analysis.variables import study_variables
from lmm.study.configuration.settings import Study

_LIBRARIES = ("numpy", "scipy", "pandas", "formulaic", "matplotlib", "jinja2")


def account(study: Study, table: CleanTable) -> dict[str, Any]:
    """Where the rows went, how often groups were measured, and the span of outcome and time."""
    frame, ledger = table.frame, table.ledger
    sizes = frame[study.group.column].value_counts()
    counts = Counter(int(size) for size in sizes if size > 0)
    return {
        "file": table.source.file,
        "files": list(table.source.files),
        "sha256": table.source.sha256,
        "rows_read": ledger.rows_read,
        "rows_used": ledger.rows_used,
        "rows_dropped": ledger.rows_dropped,
        "groups_read": ledger.groups_read,
        "groups_used": ledger.groups_used,
        "exclusions": to_records(ledger.exclusions),
        "broken_rules": broken_rules(table),
        "recoded": to_records(ledger.recoded),
        "suspects": to_records(table.suspects),
        "notes": list(table.notes),
        "group_sizes": [{"measurements": size, "groups": counts[size]} for size in sorted(counts)],
        "variables": to_records(study_variables(study, table)),
        "outcome": span(frame[study.outcome.column].to_numpy()),
        "time": span(original_time(study, frame)) if study.time else None,
    }


def broken_rules(table: CleanTable) -> list[dict[str, Any]]:
    """How many rows broke each rule of the data contract, the most frequent first."""
    violations = table.quarantine.violations if table.quarantine else ()
    counts = Counter((each.column, each.rule) for each in violations)
    return [
        {"column": column, "rule": rule, "rows": rows}
        for (column, rule), rows in counts.most_common()
    ]


def quarantine(table: CleanTable) -> list[dict[str, Any]]:
    """The rows that were set aside, with their cells and the rules they break."""
    return [dict(row) for row in table.quarantine.rows] if table.quarantine else []


def measurements(study: Study, table: CleanTable) -> dict[str, Any]:
    """The rows used, for the figures: group as an index into ``levels``, time on the original scale."""
    groups = group_rows((study.group.column,), table.frame)
    time = original_time(study, table.frame) if study.time else np.zeros(len(table.frame))
    return {
        "levels": list(groups.levels),
        "group": groups.codes.tolist(),
        "time": time.tolist(),
        "outcome": table.frame[study.outcome.column].tolist(),
    }


def provenance(study: Study, table: CleanTable) -> dict[str, Any]:
    """What made these numbers: versions, seed, data digest. No clock, no machine: reruns are equal."""
    return {
        "project": __version__,
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in _LIBRARIES},
        "data_file": table.source.file,
        "data_sha256": table.source.sha256,
        "seed": study.seed,
        "confidence": study.confidence,
    }


def original_time(study: Study, frame: pd.DataFrame) -> np.ndarray:
    """Time as the reader counts it, before any centring, (n,)."""
    assert study.time is not None
    return frame[study.time.column].to_numpy(float) + study.time.origin


def span(values: np.ndarray) -> dict[str, float]:
    """Smallest, largest, mean and standard deviation."""
    values = np.asarray(values, float)
    return {
        "min": float(values.min()),
        "max": float(values.max()),
        "mean": float(values.mean()),
        "sd": float(values.std(ddof=1)),
    }

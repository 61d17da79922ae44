"""The reference tables as their collection publishes them, byte for byte: what the examples download."""

from __future__ import annotations

import csv
import io
from pathlib import Path

DATA = Path(__file__).resolve().parents[2] / "reference" / "data"
TABLES = {
    "sleep": ("sleepstudy", ("Reaction", "Days", "Subject")),
    "oats": ("Oats", ("Block", "Variety", "nitro", "yield")),
    "penicillin": ("Penicillin", ("diameter", "plate", "sample")),
}


def published(name: str) -> bytes:
    """The file of an example: with numbered rows, and quotes only where they must be."""
    table, columns = TABLES[name]
    with (DATA / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["rownames", *columns])
    writer.writerows([i, *(row[column] for column in columns)] for i, row in enumerate(rows, 1))
    return out.getvalue().encode()

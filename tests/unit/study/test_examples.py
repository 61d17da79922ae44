"""The examples: three public studies, each of its kind, with the files of the reference tables, byte for byte."""

from __future__ import annotations

import csv
import hashlib
import io
from pathlib import Path

import pytest

from lmm.study.analysis.analyse import analyse
from lmm.study.configuration.load import load_configuration

ROOT = Path(__file__).resolve().parents[3]
TABLES = {
    "sleep": ("sleepstudy", ("Reaction", "Days", "Subject")),
    "oats": ("Oats", ("Block", "Variety", "nitro", "yield")),
    "penicillin": ("Penicillin", ("diameter", "plate", "sample")),
}


def rewritten(name: str) -> bytes:
    """A reference table as the collection publishes it: with numbered rows, and quotes only where they must be."""
    table, columns = TABLES[name]
    path = ROOT / "tests" / "reference" / "data" / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["rownames", *columns])
    writer.writerows([i, *(row[column] for column in columns)] for i, row in enumerate(rows, 1))
    return out.getvalue().encode()


@pytest.fixture
def studies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The configured studies, their files where a download would have put them."""
    monkeypatch.setenv("LMM_CACHE_DIR", str(tmp_path))
    found = load_configuration(ROOT / "config" / "examples.yaml").studies
    for name, study in found.items():
        content = rewritten(name)
        assert hashlib.sha256(content).hexdigest() == study.source.sha256
        (tmp_path / study.source.file_name).write_bytes(content)
    return found


def test_plots_are_varieties_in_blocks(studies) -> None:
    """Yates 1935: the plots' and blocks' mean squares are 601.3 and 3175; F of blocks on plot means."""
    numbers, table = analyse(studies["oats"])
    assert table.ledger.groups_used == 18
    assert numbers["factors"]["lies"][0]["relation"] == "within"
    (block,) = [
        test
        for test in numbers["boundary"]["level of Block"]["tests"]
        if test["method"] == "means_f"
    ]
    assert block["statistic"] == pytest.approx(3175.06 / 601.33, rel=1e-4)
    assert (numbers["models"]["random_intercept"]["n_groups"]) == {"Block:Variety": 18, "Block": 6}


def test_plates_and_samples_cross(studies) -> None:
    numbers, _ = analyse(studies["penicillin"])
    assert numbers["factors"]["lies"][0]["relation"] == "crossed"
    shares = {
        row["group"]: row["share"] for row in numbers["factors"]["shares"]["random_intercept"]
    }
    # lme4: SDs 0.84671, 1.93157 and 0.54992
    whole = 0.84671**2 + 1.93157**2 + 0.54992**2
    assert shares["sample"] == pytest.approx(1.93157**2 / whole, rel=1e-4)
    assert shares["plate"] == pytest.approx(0.84671**2 / whole, rel=1e-4)
    assert sum(shares.values()) == pytest.approx(1.0)


def test_the_first_is_of_one_factor_with_slopes(studies) -> None:
    numbers, _ = analyse(studies["sleep"])
    assert numbers["used"] == "random_slope"
    assert numbers["models"]["random_slope"]["criterion"] == pytest.approx(1743.6283, abs=1e-3)

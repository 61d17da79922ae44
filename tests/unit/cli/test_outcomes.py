"""`lmm fit --outcomes`: a table with a row each, names and patterns, what cannot be said at once."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import lmm
from lmm.cli import main


@pytest.fixture
def data(tmp_path) -> Path:
    """Three genes and one that never varies."""
    pigs = pd.read_csv("data/pigs.csv")
    table = pigs.assign(
        gene_1=pigs["weight"] * 2.0,
        gene_2=pigs["weight"] ** 0.5,
        gene_3=-pigs["weight"],
        gene_flat=1,
    )
    table.loc[5, "gene_2"] = -999
    table.to_csv(tmp_path / "t.csv", index=False)
    return tmp_path / "t.csv"


def fit(data: Path, *options: str, formula: str = "~ weeks + (1 | id)") -> int:
    return main(["fit", str(data), "--formula", formula, *options])


def test_a_pattern_is_a_row_for_each_column_like_it(data, tmp_path, capsys):
    out = tmp_path / "many.csv"
    missing = ["--missing", "gene_2=-999"]
    assert fit(data, "--outcomes", "gene_*", "--out", str(out), *missing) == 0
    said = capsys.readouterr().out
    assert "3 of 4 outcomes fitted" in said
    assert "gene_flat: the outcome 'gene_flat' is constant" in said
    found = pd.read_csv(out).set_index("outcome")
    assert list(found.index) == ["gene_1", "gene_2", "gene_3", "gene_flat"]
    table = pd.read_csv(data).replace({"gene_2": {-999: None}})
    table["gene_2"] = table["gene_2"].astype(float)
    for name in ("gene_1", "gene_2", "gene_3"):
        alone = lmm.fit(f"{name} ~ weeks + (1 | id)", table)
        assert found.loc[name, "n"] == alone.nobs
        assert found.loc[name, "weeks.estimate"] == pytest.approx(alone.params["weeks"], rel=1e-10)
        assert found.loc[name, "weeks.se"] == pytest.approx(alone.bse["weeks"], rel=1e-10)
    assert pd.isna(found.loc["gene_flat", "weeks.estimate"])


def test_names_in_their_order_to_the_screen(data, capsys):
    assert fit(data, "--outcomes", "weight, gene_1", formula="gene_1 ~ weeks + (1 | id)") == 0
    out, err = capsys.readouterr()
    assert [line.split(",")[0] for line in out.splitlines()] == ["outcome", "weight", "gene_1"]
    assert err.startswith("2 of 2 outcomes fitted.")


def test_a_pattern_does_not_take_what_the_formula_uses(data, capsys):
    assert fit(data, "--outcomes", "w*") == 0
    out = capsys.readouterr().out.splitlines()
    assert [line.split(",")[0] for line in out] == ["outcome", "weight"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--outcomes", "x_*"], "no column is like 'x_*'"),
        (["--outcomes", "gene_7"], "gene_7"),
        (["--outcomes", " , "], "--outcomes names no column"),
        (["--outcomes", "weight", "--json", "-"], "are for one outcome"),
        (["--outcomes", "weight", "--serial", "weeks"], "are for one outcome"),
        (["--outcomes", "gene_flat"], "is constant"),
        (["--out", "x.csv"], "--out is for --outcomes"),
        (["--outcomes", "weight", "--out", "/dev/null/x.csv"], "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_written(data, options, message, capsys):
    assert fit(data, *options, formula="weight ~ weeks + (1 | id)") == 1
    out, err = capsys.readouterr()
    assert message in err and "Traceback" not in err
    assert out == "" and not Path("x.csv").exists()


def test_a_cell_that_is_no_number_is_named(data, capsys):
    lines = data.read_text().splitlines()
    lines[3] = lines[3].rsplit(",", 1)[0] + ",abc"
    data.write_text("\n".join(lines) + "\n")
    assert fit(data, "--outcomes", "gene_*") == 1
    assert "abc" in capsys.readouterr().err

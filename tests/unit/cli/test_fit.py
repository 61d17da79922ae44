"""`lmm fit`: every kind of bad table has its message, every good variant the same fit."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from lmm.cli import main
from tests.unit.report.test_fit_record import KEYS

GROUPS, VISITS = 12, 4


def measured() -> list[tuple[str, str, str]]:
    """48 rows of 12 groups: level of their own, slope 0.5, error."""
    rng = np.random.default_rng(11)
    rows = []
    for i in range(GROUPS):
        level = rng.normal(0, 2)
        for t in range(VISITS):
            rows.append((f"g{i + 1:02d}", str(t), f"{10 + level + 0.5 * t + rng.normal(0, 1):.2f}"))
    return rows


ROWS = measured()


def text(rows=ROWS, header=("id", "t", "y"), *, separator=",", end="\n") -> str:
    return "".join(separator.join(cells) + end for cells in [header, *rows])


def with_cells(column: int, values: dict[int, str]) -> list[tuple[str, ...]]:
    """The rows with other cells: {row from 1: text}."""
    changed = [list(row) for row in ROWS]
    for row, value in values.items():
        changed[row - 1][column] = value
    return [tuple(row) for row in changed]


def relabelled(make) -> str:
    names = {f"g{i + 1:02d}": make(i) for i in range(GROUPS)}
    return text([(names[g], t, y) for g, t, y in ROWS])


def run(capsys, path: Path, *options: str, formula: str = "y ~ t + (1 | id)"):
    """Exit code, record (or None) and what was said on stderr; never a traceback."""
    code = main(["fit", str(path), "--formula", formula, "--json", "-", *options])
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    return code, json.loads(out) if code == 0 else None, err


def put(folder: Path, content: str | bytes, name: str = "table.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.fixture(scope="module")
def criterion(tmp_path_factory) -> float:
    path = put(tmp_path_factory.mktemp("clean"), text())
    from lmm.cli.fit import fit_file

    return fit_file(path, "y ~ t + (1 | id)").record["criterion"]


SEMICOLON_COMMA = text([(g, t, y.replace(".", ",")) for g, t, y in ROWS], separator=";")
SAME: dict[str, tuple[str | bytes, tuple[str, ...]]] = {
    "byte order mark": (b"\xef\xbb\xbf" + text().encode(), ()),
    "crlf": (text(end="\r\n"), ()),
    "semicolon": (text(separator=";"), ()),
    "tab": (text(separator="\t"), ()),
    "decimal comma": (SEMICOLON_COMMA, ("--decimal", ",")),
    "given delimiter": (text(separator="|"), ("--delimiter", "|")),
    "quoted newlines": (relabelled(lambda i: f'"a\nb{i}"'), ()),
    "embedded quotes": (relabelled(lambda i: f'"a ""x"", {i}"'), ()),
    "latin-1": (relabelled(lambda i: f"é{i:02d}").encode("latin-1"), ("--encoding", "latin-1")),
    "ids like dates": (relabelled(lambda i: f"2024-01-{i + 1:02d}"), ()),
    "formulas as ids": (relabelled(lambda i: f"={i}+1"), ()),
    "huge whole ids": (relabelled(lambda i: str(2**53 + i)), ()),
    "leading zeros": (relabelled(lambda i: "0" * i + "7"), ()),
    "ids of mixed kinds": (relabelled(lambda i: str(i) if i < 6 else f"s{i}"), ()),
    "paths as ids": (relabelled(lambda i: f"../../etc/{i}"), ()),
    "row names": (
        text([(str(i), *row) for i, row in enumerate(ROWS)], header=("", "id", "t", "y")),
        (),
    ),
    "blank lines": (text().replace("\ng05", "\n\n\ng05"), ()),
    "unsorted": (text([ROWS[i] for i in np.random.default_rng(0).permutation(48)]), ()),
    "no last line end": (text().rstrip("\n"), ()),
    "exponents and signs": (text([(g, t, f" +{float(y):.6e} ") for g, t, y in ROWS]), ()),
    "gzip": (gzip.compress(text().encode()), ()),
    "more columns": (text([(*row, "x") for row in ROWS], header=("id", "t", "y", "other")), ()),
}


@pytest.mark.parametrize("kind", SAME)
def test_every_variant_gives_the_same_fit(kind, tmp_path, capsys, criterion):
    content, options = SAME[kind]
    code, record, _ = run(capsys, put(tmp_path, content), *options)
    assert code == 0
    assert (record["n_obs"], record["n_groups"], record["rows_dropped"]) == (48, {"id": 12}, 0)
    assert record["criterion"] == pytest.approx(criterion, rel=1e-10)


def test_a_parquet_table_gives_the_same_fit(tmp_path, capsys, criterion):
    import pandas as pd

    frame = pd.DataFrame(ROWS, columns=["id", "t", "y"]).astype({"t": "int8", "y": float})
    frame.to_parquet(tmp_path / "table.parquet")
    code, record, _ = run(capsys, tmp_path / "table.parquet")
    assert (code, record["n_obs"]) == (0, 48)
    assert record["criterion"] == pytest.approx(criterion, rel=1e-10)


BAD: dict[str, tuple[str | bytes, list[str]]] = {
    "thousands separators": (text(with_cells(2, {3: '"1,234.5"'})), ["y", "not numeric", "row 3"]),
    "duplicate header": (
        text([(*r, "1") for r in ROWS], header=("id", "t", "y", "y")),
        ["y", "duplicate"],
    ),
    "missing column": (
        text([r[:2] for r in ROWS], header=("id", "t")),
        ["y", "not in the file", "id, t"],
    ),
    "zero bytes": ("", ["empty"]),
    "white space only": (" \n\n \n", ["empty"]),
    "header only": ("id,t,y\n", ["no data rows"]),
    "undeclared latin-1": (
        relabelled(lambda i: f"é{i:02d}").encode("latin-1"),
        ["encoding", "utf-8"],
    ),
    "words among numbers": (
        text(with_cells(2, {6: "high", 18: "~12", 31: "12.1 cm"})),
        ["y", "not numeric", "row 6", "high", "12.1 cm"],
    ),
    "infinite": (text(with_cells(2, {5: "inf", 12: "-Inf"})), ["y", "finite", "5", "12"]),
    "overflow": (text(with_cells(2, {5: "1e400"})), ["y", "1e400"]),
    "one group": (text([("a", t, y) for _, t, y in ROWS]), ["one level", "2 groups"]),
    "a group a row": (
        text([(f"{i}", t, y) for i, (_, t, y) in enumerate(ROWS)]),
        ["one observation per group"],
    ),
    "constant outcome": (text([(g, t, "7") for g, t, _ in ROWS]), ["y", "constant"]),
    "text outcome": (text([(g, t, "much") for g, t, _ in ROWS]), ["y", "not numeric"]),
    "boolean outcome": (text([(g, t, "TRUE") for g, t, _ in ROWS]), ["y", "not numeric"]),
    "ragged line": (text().replace("g05,3,", "g05,3,9,"), ["line 21", "fields"]),
    "truncated gzip": (gzip.compress(text().encode())[:-20], ["gzip"]),
    "truncated parquet": (b"PAR1" + b"\0" * 60, ["parquet"]),
    "python's own numbers": (
        text(with_cells(2, {4: "1_000", 5: "0x1F", 6: "\u0661\u0662", 7: "1d3"})),
        ["y", "not numeric", "row 4", "row 7"],
    ),
    "a web page": ("<html>\n<body>Not found</body>\n</html>\n", ["web page", "y, t, id"]),
    "all missing": (text([(g, t, "NA") for g, t, _ in ROWS]), ["y"]),
}


@pytest.mark.parametrize("kind", BAD)
def test_every_kind_of_bad_table_is_refused_by_name(kind, tmp_path, capsys):
    content, words = BAD[kind]
    code, _, err = run(capsys, put(tmp_path, content))
    assert code == 1
    for word in words:
        assert word.lower() in err.lower(), err
    assert len(err) < 2000


def test_missing_tokens_and_missing_groups_are_left_out_and_counted(tmp_path, capsys):
    tokens = ["NA", "NaN", "", ".", "null", "N/A", "nan", "#N/A"]
    rows = with_cells(2, {i + 1: token for i, token in enumerate(tokens)})
    _, record, _ = run(capsys, put(tmp_path, text(rows)))
    assert (record["n_obs"], record["rows_dropped"]) == (40, 8)
    _, record, _ = run(capsys, put(tmp_path, text(with_cells(0, {1: "", 2: "NA", 9: ""}))))
    assert (record["n_obs"], record["rows_dropped"], record["n_groups"]) == (45, 3, {"id": 12})


def test_suspected_codes_are_told_and_declared_ones_left_out(tmp_path, capsys):
    path = put(
        tmp_path, text(with_cells(2, {3: "99.9", 9: "99.9", 20: "99.9", 30: "-999", 31: "-999"}))
    )
    _, record, _ = run(capsys, path)
    assert record["n_obs"] == 48
    assert any("99.9" in message for message in record["messages"])
    _, record, _ = run(capsys, path, "--missing", "y=99.9,-999")
    assert (record["n_obs"], record["rows_dropped"]) == (43, 5)


@pytest.mark.parametrize("given", ["y", "y=", "=9", "z=9"])
def test_a_code_that_names_nothing_is_refused(given, tmp_path, capsys):
    code, _, err = run(capsys, put(tmp_path, text()), "--missing", given)
    assert code == 1
    assert "--missing" in err


def test_odd_names_go_in_backticks(tmp_path, capsys, criterion):
    path = put(tmp_path, text(header=("child id", "time (wks)", "y.value")))
    formula = "`y.value` ~ `time (wks)` + (1 | `child id`)"
    code, record, _ = run(capsys, path, formula=formula)
    assert code == 0
    assert record["criterion"] == pytest.approx(criterion, rel=1e-12)
    assert [row["term"] for row in record["fixed_effects"]] == ["Intercept", "time (wks)"]
    assert record["n_groups"] == {"child id": 12}


def test_reserved_words_are_names_like_others(tmp_path, capsys, criterion):
    path = put(tmp_path, text(header=("lambda", "C", "Q")))
    code, record, _ = run(capsys, path, formula="Q ~ C + (1 | lambda)")
    assert code == 0
    assert record["criterion"] == pytest.approx(criterion, rel=1e-12)


@pytest.mark.parametrize(
    ("formula", "word"),
    [
        ("y ~ t + (1 | id", ")"),
        ("y t", "~"),
        ("y ~ t + (1 | idd)", "idd"),
        ("y ~ t + open('x') + (1 | id)", "open"),
        ("", "formula"),
    ],
)
def test_a_formula_that_cannot_be_used(formula, word, tmp_path, capsys):
    code, _, err = run(capsys, put(tmp_path, text()), formula=formula)
    assert code == 1
    assert word in err


def test_two_crossed_factors_have_their_closed_form(tmp_path, capsys):
    """Balanced, one value a cell: the mean squares of the two-way table say all."""
    code, record, _ = run(capsys, put(tmp_path, text()), formula="y ~ 1 + (1 | id) + (1 | t)")
    y = np.array([float(y) for _, _, y in ROWS]).reshape(GROUPS, VISITS)
    left = y - y.mean(axis=1, keepdims=True) - y.mean(axis=0) + y.mean()
    within = np.sum(left**2) / ((GROUPS - 1) * (VISITS - 1))
    expected = {
        "id": (VISITS * np.var(y.mean(axis=1), ddof=1) - within) / VISITS,
        "t": (GROUPS * np.var(y.mean(axis=0), ddof=1) - within) / GROUPS,
    }
    assert code == 0
    assert record["n_groups"] == {"id": GROUPS, "t": VISITS}
    assert record["sigma"] ** 2 == pytest.approx(within, rel=1e-7)
    found = {row["group"]: row["variance_or_covariance"] for row in record["random_effects"]}
    assert {name: found[name] for name in expected} == pytest.approx(expected, rel=1e-6)


def test_a_perfect_fit_is_refused_and_writes_no_infinity(tmp_path, capsys):
    rows = [(g, t, str(2 * int(t) + 1)) for g, t, _ in ROWS]
    for formula in ("y ~ t", "y ~ t + (1 | id)"):
        code, _, err = run(capsys, put(tmp_path, text(rows)), formula=formula)
        assert code == 1
        assert "exactly" in err


def test_a_missing_file_and_a_folder(tmp_path, capsys):
    for path in (tmp_path / "absent.csv", tmp_path):
        code, _, err = run(capsys, path)
        assert code == 1
        assert str(path) in err


def test_the_record_holds_the_contracts_keys(tmp_path, capsys):
    code, record, _ = run(capsys, put(tmp_path, text()), "--blups", "--ml")
    assert code == 0
    assert set(record) == KEYS | {"blups", "timing_seconds", "parameters"}
    assert set(record["timing_seconds"]) == {"read", "design", "fit"}
    assert (record["schema"], record["method"], record["converged"]) == (1, "ML", True)
    assert [row["level"] for row in record["blups"]] == sorted({g for g, _, _ in ROWS})


def test_a_summary_for_people_and_json_to_a_file(tmp_path, capsys):
    out = tmp_path / "fit.json"
    arguments = ["fit", str(put(tmp_path, text(separator=";"))), "--formula", "y ~ t + (1 | id)"]
    assert main([*arguments, "--json", str(out)]) == 0
    said = capsys.readouterr().out
    assert "48 rows, 12 groups of id" in said
    assert "delimiter" in said
    assert json.loads(out.read_text())["n_obs"] == 48
    assert main([*arguments, "--json", str(tmp_path / "absent" / "fit.json")]) == 1
    assert "cannot be written" in capsys.readouterr().err


# ------------------------------------------------------------------------ serial correlation


def test_serial_correlation(capsys, tmp_path):
    """nlme's lme with corCAR1 finds the same in sleepstudy."""
    table = (Path(__file__).resolve().parents[2] / "reference/data/sleepstudy.csv").read_bytes()
    formula = "Reaction ~ Days + (1 | Subject)"
    path = put(tmp_path, table)
    code, record, err = run(capsys, path, "--serial", "Days", formula=formula)
    assert (code, err) == (0, "")
    assert record["log_likelihood"] == pytest.approx(-868.09553177994, abs=1e-7)
    assert record["parameters"] == 5
    assert record["serial_correlation"]["phi"] == pytest.approx(0.653133537, rel=1e-6)
    assert record["fixed_effects"][1]["estimate"] == pytest.approx(10.4668736947, rel=1e-7)
    code, record, _ = run(capsys, path, "--serial", "Days", "--ml", formula=formula)
    assert record["log_likelihood"] == pytest.approx(-872.41504484296, abs=1e-7)


@pytest.mark.parametrize(
    ("options", "formula", "message"),
    [
        (["--serial", "when"], "y ~ t + (1 | id)", "when"),
        (["--serial", "id"], "y ~ t + (1 | id)", "id"),
        (["--serial", "t"], "y ~ t", "serial correlation needs a group"),
        (["--serial", "t", "--weights", "t"], "y ~ t + (1 | id)", "not offered together"),
        (
            ["--serial", "t", "--dof", "satterthwaite"],
            "y ~ t + (1 | id)",
            "a fit with --serial has degrees of freedom of its own",
        ),
    ],
)
def test_serial_correlation_that_cannot_be_had(options, formula, message, capsys, tmp_path):
    code, record, err = run(capsys, put(tmp_path, text(ROWS)), *options, formula=formula)
    assert (code, record) == (1, None)
    assert message in err

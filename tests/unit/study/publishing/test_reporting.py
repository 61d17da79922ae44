"""The files of a report: valid, equal to the numbers, the same at every run, inert whatever the labels are."""

from __future__ import annotations

import csv
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from jsonschema import Draft202012Validator

from lmm.report.packing import unpack, unsqueeze
from lmm.study.analysis.analyse import write_analysis
from lmm.study.publishing.reporting import write_report
from tests.unit.study.simulated import rows, study

SCHEMA = Path(__file__).resolve().parents[4] / "workflow" / "schemas" / "results.schema.yaml"
LABELS = {
    "c1": "<script>alert(1)</script>",
    "c2": "=cmd|' /C calc'!A0",
    "c3": '"quo\'te" & </svg></style>',
    "c4": "@SUM(A1)",
    "c5": "../../etc/passwd",
    "c6": "-->]]>",
    "c7": "z" * 500,
}
SETTINGS = {
    "usual": {},
    "hostile": {},
    "without_time": {"time": None},
    "further": {"models": {"with_dose": "y ~ t + dose + (1 | id)", "plain": "y ~ t * sex"}},
}


@pytest.fixture(scope="module", params=sorted(SETTINGS))
def made(request, tmp_path_factory):
    """Case, folder of a report, the analysis behind it."""
    table = rows(slope_sd=0.7)
    if request.param == "hostile":
        table = [{**row, "id": LABELS.get(row["id"], row["id"])} for row in table]
    folder = tmp_path_factory.mktemp(request.param)
    written = study(table, folder, **SETTINGS[request.param])
    for name in ("report", "again"):
        write_analysis(
            written, analysis_path=folder / "a.json", measurements_path=folder / "m.json"
        )
        write_report(
            written,
            configuration=Path("config.yaml"),
            analysis_path=folder / "a.json",
            measurements_path=folder / "m.json",
            history=folder / "history.jsonl",
            directory=folder / name,
        )
    return request.param, folder / "report", json.loads((folder / "a.json").read_text())


def results_of(folder: Path) -> dict:
    return json.loads((folder / "results.json").read_text(encoding="utf-8"))


class Page(HTMLParser):
    """Tags, ids and the text of scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.scripts: list[tuple[dict, str]] = []
        self.handlers: list[str] = []
        self.ids: list[str] = []
        self._open = False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.handlers += [name for name in given if name.startswith("on")]
        self.ids += [given["id"]] if given.get("id") else []
        if tag == "script":
            self.scripts.append((given, ""))
            self._open = True

    def handle_endtag(self, tag):
        self._open = self._open and tag != "script"

    def handle_data(self, data):
        if self._open:
            self.scripts[-1] = (self.scripts[-1][0], self.scripts[-1][1] + data)


def test_results_are_valid_and_hold_the_analysis(made):
    _, folder, analysis = made
    results = results_of(folder)
    Draft202012Validator(yaml.safe_load(SCHEMA.read_text(encoding="utf-8"))).validate(results)
    for key in set(analysis) - {"provenance", "headline", "quarantine", "identities"}:
        assert results[key] == analysis[key], key
    *found, sentences = results["identities"]  # the report's own is added to those of the analysis
    assert found == analysis["identities"]
    assert (sentences["id"], sentences["holds"]) == ("sentences", True)
    assert results["provenance"]["command"] == "snakemake --cores 2 --configfile config.yaml"
    assert analysis["provenance"].items() <= results["provenance"].items()


def test_every_evidence_points_at_a_number(made):
    results = results_of(made[1])
    for finding in results["findings"]:
        for evidence in finding["evidence"]:
            value = results
            for part in evidence["pointer"].split("/")[1:]:
                value = value[int(part)] if isinstance(value, list) else value[part]
            assert isinstance(value, int | float)


def test_tables_hold_the_numbers_bit_for_bit(made):
    _, folder, _ = made
    results = results_of(folder)
    numbers = json.loads((folder.parent / "a.json").read_text(encoding="utf-8"))
    wanted = {
        "checks": [{**row, "where": "; ".join(row["where"])} for row in results["checks"]],
        "influence": [
            {
                "level": row["level"],
                "measurements": row["measurements"],
                "cook": row["cook"],
                **{
                    f"{key} {term}": value
                    for key in ("estimate", "se", "dfbetas")
                    for term, value in row[key].items()
                },
                "residual_variance_change": row["residual_variance_change"],
                "flips": "; ".join(row["flips"]),
            }
            for row in numbers["influence"]
        ],
        "bootstrap": results["bootstrap"]["intervals"],
        "criteria": results["criteria"],
        "comparisons": results["comparisons"],
        "levels": results["shrinkage"]["levels"],
        "lines": results["shrinkage"]["lines"],
        "forecast": results["forecast"]["table"] if results["forecast"] else [],
        "group_sizes": results["data"]["group_sizes"],
        "fixed_effects": [
            {"model": name, **row}
            for name, m in results["models"].items()
            for row in m["fixed_effects"]
        ],
        "random_effects": [
            {"model": name, **row}
            for name, m in results["models"].items()
            for row in m["random_effects"]
        ],
    }
    written = {path.stem for path in (folder / "tables").iterdir()}
    assert written == {name for name, records in wanted.items() if records}
    for name in written:
        with (folder / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            found = list(csv.DictReader(file))
        assert len(found) == len(wanted[name])
        for row, record in zip(found, wanted[name], strict=True):
            assert list(row) == list(record)
            for key, value in record.items():
                if isinstance(value, int | float):
                    assert float(row[key]) == value
                else:
                    assert row[key].removeprefix("'") == (value or "")


def test_figures_are_drawings_of_their_own(made):
    case, folder, _ = made
    paths = list((folder / "figures").iterdir())
    assert len(paths) >= (3 if case == "without_time" else 8)
    for path in paths:
        root = ElementTree.parse(path).getroot()
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert not [e for e in root.iter() if e.tag.endswith(("}script", "}foreignObject"))]


def test_the_page_carries_the_results(made):
    _, folder, _ = made
    page = Page((folder / "report.html").read_text(encoding="utf-8"))
    (data,) = [text for given, text in page.scripts if "json" in given.get("type", "")]
    assert unpack(json.loads(unsqueeze(json.loads(data)))) == results_of(folder)


def test_no_label_becomes_markup(made):
    case, folder, _ = made
    text = (folder / "report.html").read_text(encoding="utf-8")
    page = Page(text)
    assert len(page.scripts) == 2  # our own, and the results
    assert page.handlers == []
    assert len(set(page.ids)) == len(page.ids)
    assert not re.search(r"""(src|href)=["'](https?:)?//""", text)
    if case == "hostile":
        assert "alert(1)" in text
        assert "<script>alert" not in text
        # long labels are cut wherever they are read; the look-up and the data keep them whole
        assert len(text) < 1.5e6


def test_no_cell_of_a_table_starts_a_formula(made):
    for path in (made[1] / "tables").iterdir():
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.reader(file):
                for cell in row:
                    is_number = re.fullmatch(r"-?\d+(\.\d+)?(e[+-]\d+)?", cell)
                    assert is_number or not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_two_runs_write_the_same_bytes(made):
    _, folder, _ = made
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 8
    for path in files:
        again = folder.parent / "again" / path.relative_to(folder)
        assert path.read_bytes() == again.read_bytes(), path.name


def test_nothing_is_written_elsewhere_and_old_parts_go(made):
    _, folder, _ = made
    assert {path.name for path in folder.iterdir()} == {
        "report.html",
        "results.json",
        "tables",
        "figures",
    }


def test_sections_are_those_of_the_contract_in_its_order(made):
    case, folder, _ = made
    contract = "answer data models shrinkage differences comparison checks changes checklist provenance groups"
    found = [id for id in Page((folder / "report.html").read_text()).ids if id in contract.split()]
    assert found == [id for id in contract.split() if id in found]
    assert ("differences" in found) == ("comparison" in found) == (case != "without_time")

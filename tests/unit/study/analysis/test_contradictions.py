"""The identities of a study: in its results, on its page, and in the way of a report that contradicts itself."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from lmm.errors import ContradictionError
from lmm.inference.identities import of_fits
from lmm.report.interpretation import findings
from lmm.report.proof import sentences_identity
from lmm.report.reading import Evidence, Finding, Reading
from lmm.report.tables.identities import identities_table
from lmm.study.analysis.analyse import analyse, write_analysis
from lmm.study.analysis.contradictions import OPENING, refuse_contradictions
from lmm.study.publishing.reporting import complete_results
from lmm.study.publishing.states import StudyState, is_defect
from tests.unit.study.simulated import rows, study

TABLE = rows(slope_sd=0.3)


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    made = study(
        TABLE,
        tmp_path_factory.mktemp("study"),
        models={"dosed": "y ~ t + dose + (1 | id)", "flat": "y ~ t + dose"},
    )
    return complete_results(made, analyse(made)[0], configuration=Path("config.yaml"))


def test_every_mixed_fit_is_looked_at_and_every_number_of_a_sentence(results):
    """Intercept, slope, slope apart and the further mixed model; the ordinary ones for what holds between fits."""
    found = {row["id"]: row for row in results["identities"]}
    assert all(row["holds"] for row in found.values())
    assert {found[id]["checked"] for id in (*of_fits.DENSE, *of_fits.PLAIN)} == {4}
    assert found["least_squares"]["checked"] == 3
    assert found["nested_order"]["checked"] == 4  # pooled and the three that contain it
    told = sum(len(finding["evidence"]) for finding in results["findings"])
    assert found["sentences"]["checked"] == told > 100


def test_the_page_says_each_in_words_with_its_difference(results):
    table = identities_table(Reading(results), number=9)
    told = {row.cells[0].text: [cell.text for cell in row.cells[1:]] for row in table.rows}
    assert len(told) == len(results["identities"])
    assert told["Predicted effects sum to zero"][-1] == "✓ holds"
    assert all("_" not in words for words in told)
    shown = told["The criterion is the Gaussian density of the data, every covariance written out"]
    assert shown[0] == "4"
    assert shown[1].partition("\u00a0×\u00a010")[0] in "0123456789"


@pytest.fixture
def planted(monkeypatch):
    """Effective degrees of freedom that are off by a hundredth."""
    sound = of_fits.hat_trace
    monkeypatch.setattr(of_fits, "hat_trace", lambda fit: sound(fit) + 0.01)


def test_numbers_that_contradict_each_other_are_not_written(planted, tmp_path):
    made = study(TABLE, tmp_path)
    steps = {"analysis_path": tmp_path / "a.json", "measurements_path": tmp_path / "m.json"}
    with pytest.raises(ContradictionError) as caught:
        write_analysis(made, **steps)
    text = str(caught.value)
    assert text.startswith(OPENING)
    assert "hat_trace in random_" in text
    assert "0.0001 apart, " in text  # a hundredth of 100 rows' degrees of freedom
    assert "defect of lmm" in text
    assert not any(path.exists() for path in steps.values())


def test_a_sentence_whose_number_is_not_the_results_is_a_contradiction(results):
    reading = Reading(results)
    said = findings(reading)
    assert sentences_identity(reading, said)["holds"]
    wrong = replace(
        said[0], evidence=(Evidence(pointer="/data/rows_used", shown="101"), *said[0].evidence)
    )
    found = sentences_identity(reading, [wrong, *said[1:]])
    assert found["difference"] == 1.0
    with pytest.raises(ContradictionError, match="sentences: 1 apart, 0 allowed"):
        refuse_contradictions([found])


@pytest.mark.parametrize(
    ("shown", "text", "value", "right"),
    [
        ("0.03", "0.03 cm", 0.0349, True),
        ("0.03", "0.03 cm", 0.0351, False),
        ("−1.2", "−1.2 cm", -1.24, True),
        ("1.2", "1.2 cm", -1.24, False),
        ("12\u202f000", "12\u202f000 rows", 12000, True),
        ("1", "less than 1% of them", 0.2, True),
        ("1", "less than 1% of them", 1.6, False),
        ("99", "more than 99% of them", 99.7, True),
        ("99", "99% of them", 99.7, False),
        ("0.0001", "p <\u00a00.0001", 3e-9, True),
        ("0.0001", "p <\u00a00.0001", 3e-4, False),
    ],
)
def test_what_a_number_in_a_sentence_may_be(shown, text, value, right):
    evidence = Evidence(pointer="/value", shown=shown)
    finding = Finding(id="one", level="plain", text=text, evidence=(evidence,))
    assert sentences_identity(Reading({"value": value}), [finding])["holds"] is right


def test_a_defect_of_ours_is_not_the_datas_fault():
    assert is_defect(StudyState(state="failed", message=f"{OPENING}, so that …"))
    assert is_defect(StudyState(state="stale", message="The program itself failed (KeyError: 3)."))
    assert not is_defect(StudyState(state="failed", message="data/pigs.csv: no column 'weight'"))


def test_no_difference_is_lost_on_its_way_to_the_file(results):
    assert json.loads(json.dumps(results["identities"], allow_nan=False)) == results["identities"]

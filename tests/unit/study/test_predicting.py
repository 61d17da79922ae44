"""New rows predicted from a report: the fit is the report's own, and every row says what it rests on."""

from __future__ import annotations

import csv
import json
from dataclasses import replace

import pytest

from lmm.errors import ConfigurationError, DataError, LmmError
from lmm.inference.predictions.row_predictions import predict_table
from lmm.study.analysis.analyse import analyse
from lmm.study.configuration.settings import Configuration, Covariate
from lmm.study.predicting import predict_file
from lmm.study.publishing.places import places
from lmm.study.recorded import recorded_fit
from tests.unit.study.simulated import rows, study

NEW = """id,t,sex,y
c2,2,m,
c2,9,m,99
n1,0,f,17
n1,1,f,
n2,1,m,
,1,m,12
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A configuration whose one study has a report, and the folder with its table."""
    folder = tmp_path_factory.mktemp("predicting")
    written = study(
        rows(slope_sd=0.7, sex_effect=1.0), folder, covariates=(Covariate(column="sex"),)
    )
    configuration = Configuration(
        path=folder / "config.yaml",
        studies={"made": written},
        output=folder / "reports",
        results=folder / "results",
    )
    published = places(configuration, "made").published
    published.mkdir(parents=True)
    numbers, _ = analyse(written)
    (published / "results.json").write_text(json.dumps(numbers), encoding="utf-8")
    return configuration, numbers


def new_file(folder, text=NEW):
    path = folder / "new.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_fit_is_the_reports(made):
    configuration, numbers = made
    found = recorded_fit(configuration, configuration.studies["made"])
    model = numbers["models"][numbers["used"]]
    assert found.model == numbers["used"] == "random_slope"
    assert found.fit.criterion == pytest.approx(model["criterion"], rel=1e-12)
    told = [row["estimate"] for row in model["fixed_effects"]]
    assert found.fit.beta == pytest.approx(told, rel=1e-12)


def test_rows_say_whose_they_are_and_how_far_out(made, tmp_path):
    configuration, _ = made
    found = predict_file(configuration, "made", new_file(tmp_path))
    assert [(row["kind"], row["measurements"]) for row in found.rows] == [
        ("known group", 5),
        ("known group", 5),
        ("measured group", 1),
        ("measured group", 1),
        ("new group", 0),
        ("new group", 0),
    ]
    assert [row["extrapolation"] for row in found.rows] == ["", "t", "", "", "", ""]
    assert (found.beyond, found.model) == (1, "random_slope")
    assert found.kinds == {"known group": 2, "measured group": 2, "new group": 2}
    assert [row["row"] for row in found.rows] == [1, 2, 3, 4, 5, 6]
    assert [row["id"] for row in found.rows] == ["c2", "c2", "n1", "n1", "n2", None]
    assert [row["t"] for row in found.rows] == [2, 9, 0, 1, 1, 1]
    # two rows of whom nothing is known differ in nothing that was not given
    assert found.rows[4]["predicted"] == found.rows[5]["predicted"]


def test_numbers_are_those_of_the_fit(made, tmp_path):
    configuration, _ = made
    fit = recorded_fit(configuration, configuration.studies["made"]).fit
    table = [dict(row) for row in csv.DictReader(NEW.splitlines())]
    columns = {
        "id": [row["id"] or None for row in table],
        "t": [float(row["t"]) for row in table],
        "sex": [row["sex"] for row in table],
        "y": [float(row["y"]) if row["y"] else None for row in table],
    }
    for level, confidence in (("group", 0.95), ("population", 0.8)):
        found = predict_file(
            configuration, "made", new_file(tmp_path), level=level, confidence=confidence
        )
        expected = predict_table(fit, columns, level=level, confidence=confidence)
        for row, other in zip(found.rows, expected, strict=True):
            assert (row["predicted"], row["low"], row["observation_high"]) == pytest.approx(
                (other.value, other.low, other.observation_high), rel=1e-12
            )


def test_the_average_needs_neither_group_nor_outcome(made, tmp_path):
    path = new_file(tmp_path, "t,sex\n1,f\n")
    (row,) = predict_file(made[0], "made", path, level="population").rows
    assert (row["kind"], row["sex"]) == ("population", "f")
    with pytest.raises(DataError, match="column id is not in the file"):
        predict_file(made[0], "made", path)


def test_a_column_with_a_name_of_ours(made, tmp_path):
    configuration, _ = made
    named = rows(slope_sd=0.7)
    table = [{**{k: v for k, v in row.items() if k != "dose"}, "low": row["dose"]} for row in named]
    written = study(table, tmp_path, name="named", covariates=(Covariate(column="low"),))
    configuration = replace(
        configuration, studies={"named": written}, output=tmp_path / "r", results=tmp_path / "q"
    )
    published = places(configuration, "named").published
    published.mkdir(parents=True)
    (published / "results.json").write_text(json.dumps(analyse(written)[0]), encoding="utf-8")
    (row,) = predict_file(configuration, "named", new_file(tmp_path, "id,t,low\nc1,1,3\n")).rows
    assert row["low (given)"] == 3
    assert row["low"] < row["predicted"] < row["high"]


def test_a_level_that_the_model_does_not_know(made, tmp_path):
    path = new_file(tmp_path, "id,t,sex\nc1,1,f\nc1,1,other\n")
    with pytest.raises(DataError, match=r"new\.csv: column sex has a level .* \(row 2: 'other'\)"):
        predict_file(made[0], "made", path)


def test_data_that_changed_since(made, tmp_path):
    configuration, _ = made
    table = rows(slope_sd=0.7, sex_effect=1.0)
    table[0]["y"] += 1.0
    changed = study(table, tmp_path, covariates=(Covariate(column="sex"),))
    moved = replace(configuration, studies={"made": changed})
    with pytest.raises(DataError, match=r"as they are now .*\n +Bring the report up to date"):
        predict_file(moved, "made", new_file(tmp_path))
    fewer = replace(configuration.studies["made"], covariates=())
    with pytest.raises(DataError, match="as they are now"):
        predict_file(replace(configuration, studies={"made": fewer}), "made", new_file(tmp_path))


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (None, "has no report yet"),
        ("{", "is not the JSON of a report"),
        ("[]", "keeps no fit to predict from"),
        ('{"record": null, "used": "random_slope"}', "keeps no fit to predict from"),
        ('{"record": {"schema": 1}, "used": "random_slope"}', "as they are now"),
    ],
)
def test_no_report_to_predict_from(made, tmp_path, held, said):
    configuration = replace(made[0], output=tmp_path / "reports")
    if held is not None:
        published = places(configuration, "made").published
        published.mkdir(parents=True)
        (published / "results.json").write_text(held, encoding="utf-8")
    with pytest.raises(LmmError, match=said):
        predict_file(configuration, "made", new_file(tmp_path))


def test_an_unknown_study(made, tmp_path):
    with pytest.raises(ConfigurationError, match="Did you mean 'made'"):
        predict_file(made[0], "mades", new_file(tmp_path))

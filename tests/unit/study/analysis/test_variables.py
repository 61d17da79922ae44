"""The columns of the models, described over the rows used."""

from __future__ import annotations

from lmm.study.analysis.analyse import read_study
from lmm.study.analysis.candidates import candidates
from lmm.study.analysis.variables import study_variables
from lmm.study.configuration.settings import Covariate
from tests.unit.study.simulated import rows, study


def variables(table, folder, **settings):
    made = study(table, folder, **settings)
    found = study_variables(made, read_study(made, candidates(made)))
    return {variable.column: variable for variable in found}


def test_each_column_has_its_part_level_and_range(tmp_path):
    table = [{**row, "dose": row["dose"] if i else ""} for i, row in enumerate(rows())]
    found = variables(
        table,
        tmp_path,
        covariates=(Covariate(column="sex", kind="factor", level="group"),),
        models={"dosed": "y ~ t + dose + (1 | id)"},
    )
    assert list(found) == ["y", "t", "sex", "dose"]
    assert [v.role for v in found.values()] == ["outcome", "time", "covariate", "further"]
    assert [v.level for v in found.values()] == ["measurement", "measurement", "group", "group"]
    assert (found["t"].minimum, found["t"].maximum) == (0.0, 4.0)
    assert found["sex"].values == (("f", 50), ("m", 50))
    assert [v.missing for v in found.values()] == [0, 0, 0, 1]


def test_one_differing_value_in_one_group_makes_a_column_vary_within(tmp_path):
    table = rows()
    table[7] = {**table[7], "dose": 99}
    found = variables(table, tmp_path, models={"dosed": "y ~ t + dose + (1 | id)"})
    assert found["dose"].level == "measurement"


def test_a_derived_column_says_how_it_is_made(tmp_path):
    found = variables(
        rows(),
        tmp_path,
        derived={"tc": {"column": "t", "centre": 2, "scale": 4}, "sum": "t + dose"},
        models={"further": "y ~ tc + sum + (1 | id)"},
    )
    assert found["tc"].derived_from == "(t - 2) / 4"
    assert found["sum"].derived_from == "t + dose"
    assert found["t"].derived_from == ""

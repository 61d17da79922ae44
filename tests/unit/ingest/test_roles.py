from lmm.ingest.roles import Covariate, Roles, columns_needed, repeated_roles


def test_base_columns_come_in_the_order_of_the_checks():
    roles = Roles(
        outcome="y",
        group="g",
        time="t",
        covariates=(Covariate(column="sex", kind="factor", level="group"),),
        others=("y", "wt"),
    )
    assert roles.base == ("g", "y", "t", "sex")
    assert roles.columns == ("g", "y", "t", "sex", "wt")


def test_derived_columns_are_read_through_their_sources():
    roles = Roles(outcome="bmi", group="g", time="ageC")
    derived = {
        "ageC": {"column": "age", "centre": 36},
        "bmi": "wt / ht ** 2",
        "unused": "somewhere + 1",
    }
    assert columns_needed(roles, derived) == ("g", "wt", "ht", "age")
    assert columns_needed(Roles(outcome="y", group="g")) == ("g", "y")


def test_one_column_has_one_role():
    roles = Roles(outcome="y", group="g", time="y", others=("y", "g"))
    (problem,) = repeated_roles(roles, where="table.csv")
    assert "column y has 2 roles" in problem.message

"""`lmm init`: a table becomes a configuration that runs as it is, or a sentence that says what is needed."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from lmm.cli import main
from lmm.ingest.readers import read_table
from lmm.study.analysis.analyse import analyse
from lmm.study.configuration.load import load_configuration

ROOT = Path(__file__).resolve().parents[3]


def visits(groups: int = 14, times: tuple[float, ...] = (0, 1, 2, 3, 4), **extra) -> str:
    """A table of children measured several times; ``extra`` columns by a function of group and place."""
    draw = random.Random(5).gauss
    lines = [",".join(["child_id", "visit", "weight", *extra])]
    for group in range(groups):
        level = draw(12, 2)
        for place, time in enumerate(times):
            value = f"{level + 0.5 * time + draw(0, 0.4):.3f}"
            cells = [f"c{group}", f"{time:g}", value]
            lines.append(",".join([*cells, *(str(make(group, place)) for make in extra.values())]))
    return "\n".join(lines) + "\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def init(capsys, table: str | bytes, *options: str, name: str = "visits.csv") -> tuple[int, str]:
    """Exit code and the words on the screen."""
    Path(name).write_bytes(table if isinstance(table, bytes) else table.encode())
    code = main(["init", name, *options])
    said = capsys.readouterr()
    return code, said.err or said.out


def written(name: str = "config.yaml") -> str:
    return Path(name).read_text(encoding="utf-8")


def study(name: str = "config.yaml"):
    (found,) = load_configuration(name).studies.values()
    return found


def test_everything_is_guessed_from_a_plain_table(folder, capsys):
    code, said = init(capsys, visits())
    assert code == 0, said
    assert "lmm check --configfile config.yaml" in said
    found = study()
    assert (found.name, found.source.file) == ("visits", Path("visits.csv"))
    assert (found.outcome.column, found.group.column) == ("weight", "child_id")
    assert (found.group.singular, found.group.plural) == ("child", "children")
    assert found.time is not None and (found.time.column, found.time.unit) == ("visit", "visit")
    assert written().count("Guessed:") == 3
    assert main(["check"]) == 0
    numbers, _ = analyse(found)
    assert numbers["data"]["rows_used"] == 70


@pytest.mark.parametrize("name", ["pigs", "nepal"])
def test_the_embedded_tables(name, folder, capsys):
    options = ["--outcome", "arm", "--covariates", "sex,lit"] if name == "nepal" else []
    code, said = init(capsys, (ROOT / "data" / f"{name}.csv").read_bytes(), *options)
    assert code == 0, said
    found, configured = study(), load_configuration(ROOT / "config.yaml").studies[name]
    assert found.outcome.column == configured.outcome.column
    assert found.group.column == configured.group.column
    assert dict(found.missing_codes) == dict(configured.missing_codes)
    assert found.time is not None and configured.time is not None
    if name == "nepal":
        assert found.derived == {"age_c": {"column": "age", "centre": 40}}
        assert [(each.column, each.kind, each.level) for each in found.covariates] == [
            ("sex", "factor", "group"),
            ("lit", "numeric", "group"),
        ]
        assert "same in all rows of each id" in written()
        assert "column: ht" in written()  # offered in a comment
    else:
        assert found.time.column == configured.time.column


def test_levels_and_kinds_are_seen(folder, capsys):
    table = visits(
        sex=lambda group, place: "mf"[group % 2],
        arm=lambda group, place: group % 2,
        ward=lambda group, place: 1 + group % 3,
        cough=lambda group, place: (group * 7 + place * 3) % 11,
    )
    code, said = init(capsys, table, "--outcome", "weight", "--covariates", "sex, arm,ward,cough")
    assert code == 0, said
    seen = {each.column: (each.kind, each.level) for each in study().covariates}
    assert seen == {
        "sex": ("factor", "group"),
        "arm": ("numeric", "group"),
        "ward": ("factor", "group"),
        "cough": ("numeric", "measurement"),
    }


def test_a_calendar_is_centred_at_a_round_year(folder, capsys):
    table = visits(times=tuple(range(1991, 2010))).replace("visit", "year", 1)
    code, said = init(capsys, table)
    assert code == 0, said
    found = study()
    assert found.derived == {"year_c": {"column": "year", "centre": 2000}}
    assert found.time is not None and found.time.origin == 2000


def test_suspected_codes_are_declared_and_said(folder, capsys):
    lines = visits().splitlines()
    for place in (3, 17, 40):
        lines[place] = ",".join([*lines[place].split(",")[:2], "999"])
    code, said = init(capsys, "\n".join(lines))
    assert code == 0, said
    assert study().missing_codes == {"weight": (999,)}
    assert "999 in 3 rows: far from the rest" in written()


def test_a_table_with_semicolons_and_decimal_commas(folder, capsys):
    code, said = init(capsys, visits().replace(",", ";").replace(".", ","))
    assert code == 0, said
    assert study().source.decimal == ","
    assert analyse(study())[0]["data"]["rows_used"] == 70


def test_options_that_name_how_cells_are_written(folder, capsys):
    table = visits(sex=lambda group, place: "é").replace(",", "~").encode("latin-1")
    code, said = init(capsys, table, "--delimiter", "~", "--encoding", "latin-1")
    assert code == 0, said
    assert (study().source.delimiter, study().source.encoding) == ("~", "iso8859-1")


def test_without_a_time(folder, capsys):
    assert init(capsys, visits(), "--no-time", "--outcome", "weight")[0] == 0
    assert study().time is None
    assert (
        init(capsys, visits().replace("visit", "bench", 1), "--outcome", "weight", "--force")[0]
        == 0
    )
    assert study().time is None and "No time" in written()


ODD = 'say: "so", # {yes}'


def test_hostile_names_are_quoted(folder, capsys):
    table = visits(sex=lambda group, place: "mf"[group % 2]).replace("c1,", '"no",')
    table = table.replace("weight", '"say: ""so"", # {yes}"', 1).replace("sex", "yes", 1)
    code, said = init(capsys, table, "--outcome", ODD, "--covariates", "yes", name="Index.CSV")
    assert code == 0, said
    found = study()
    assert (found.name, found.outcome.column) == ("index_", ODD)
    assert found.covariates[0].column == "yes"


def test_an_existing_file_is_kept_unless_forced(folder, capsys):
    Path("config.yaml").write_text("mine")
    code, said = init(capsys, visits())
    assert code == 1 and "--force" in said and written() == "mine"
    assert init(capsys, visits(), "--out", "new.yaml")[0] == 0
    assert init(capsys, visits(), "--force")[0] == 0
    assert written() == written("new.yaml").replace("new.yaml", "config.yaml")


REFUSED = {
    "a slip in a name": ((visits(), "--outcome", "wieght", "--group", "child"),
                         ["wieght", "did you mean weight?", "did you mean child_id?"]),
    "a yes/no outcome": ((visits(ill=lambda g, p: (g + p) % 2), "--outcome", "ill"),
                         ["only two values (0 in 35 rows and 1 in 35 rows)", "logistic", "glmer"]),
    "a text outcome": ((visits(mood=lambda g, p: "good"), "--outcome", "mood"), ["mood is not numeric"]),
    "a date as a time": ((visits(on=lambda g, p: f"2024-01-0{p + 1}"), "--time", "on"), ["on is not numeric"]),
    "several outcomes": ((visits(height=lambda g, p: 90 + g + 3 * p),),
                         ["which column is the outcome", "--outcome", "weight (", "height ("]),
    "several groups": ((visits(school=lambda g, p: f"s{g % 3}"),),
                       ["which column is the group", "--group", "child_id (14 values", "school (3 values"]),
    "several times": ((visits(age=lambda g, p: 3 * g + p),),
                      ["which column is the time", "--time", "--no-time", "visit (", "age ("]),
    "no group": (("a,b\n1.5,2\n2.5,3\n3.5,9\n",), ["the group cannot be seen", "No column looks like one"]),
    "one column twice": ((visits(), "--outcome", "weight", "--covariates", "weight"), ["named for two parts"]),
    "a constant covariate": ((visits(k=lambda g, p: 3), "--covariates", "k"), ["k holds a single value"]),
    "a group of single rows": ((visits(times=(0,)), "--outcome", "weight", "--group", "child_id", "--no-time"),
                               ["as many groups as rows"]),
    "no table": (("",), ["file is empty"]),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refused_in_words_and_nothing_is_written(case, folder, capsys):
    (table, *options), words = REFUSED[case]
    code, said = init(capsys, table, *options)
    assert code == 1
    for word in words:
        assert word in said
    assert not Path("config.yaml").exists()


def test_every_problem_is_told_at_once(folder, capsys):
    code, said = init(capsys, visits(), "--outcome", "wieght", "--time", "vist")
    assert code == 1 and "wieght" in said and "vist" in said


def test_a_folder_that_is_not_there(folder, capsys):
    assert init(capsys, visits(), "--out", "visits.csv/config.yaml")[0] == 1


def test_nothing_is_read_beside_the_table(folder, capsys):
    """The roles that a user names are taken as they are: no other column is touched."""
    code, _ = init(
        capsys, visits(), "--outcome", "weight", "--group", "child_id", "--time", "visit"
    )
    assert code == 0 and "Guessed" not in written()
    assert read_table(Path("visits.csv")).source.rows == 70


def test_the_only_column_that_repeats_is_the_group_whatever_its_name(folder, capsys):
    rows = (f"{place % 9 + 1},{place * 0.37:.2f}\n" for place in range(45))
    table = f"litterbox,weight\n{''.join(rows)}"
    code, said = init(capsys, table, "--outcome", "weight")
    assert code == 0, said
    assert study().group.column == "litterbox"
    assert "the only column that repeats as a group does: 9 values with 5 rows each" in written()


def test_columns_of_words_are_listed_or_counted(folder, capsys):
    extra = {
        "arm": lambda group, place: ("new", "usual")[group % 2],
        "town": lambda group, place: f"town{group % 8}",
    }
    code, said = init(capsys, visits(**extra))
    assert code == 0, said
    assert "2 values (new, usual)" in written() and "8 values" in written()

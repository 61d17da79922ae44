"""A configuration file becomes values, or the sentences that say what is wrong with it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from lmm.errors import ConfigurationError
from lmm.study.configuration.load import get_study, load_configuration, results_folder
from lmm.study.configuration.schema import load_schema
from lmm.study.configuration.settings import (
    Covariate,
    GroupNoun,
    Query,
    Source,
    Study,
    StudyDesign,
    Time,
    Variable,
)

ROOT = Path(__file__).resolve().parents[4]

LEAST = """\
studies:
  pigs:
    data: {file: data/pigs.csv}
    outcome: {column: weight}
    group: {column: id}
"""


@pytest.fixture
def written(tmp_path: Path):
    """``written(text)`` puts the text into a file and gives its path."""

    def write(text: str) -> Path:
        path = tmp_path / "config.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def problems(path: Path) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        load_configuration(path)
    return [str(problem) for problem in caught.value.problems]


def test_the_least_configuration_gets_every_default(written):
    configuration = load_configuration(written(LEAST))
    assert (configuration.output, configuration.results) == (Path("reports"), Path("results"))
    study = configuration.studies["pigs"]
    assert study == Study(
        name="pigs",
        title="pigs",
        source=Source(file=Path("data/pigs.csv"), file_name="pigs.csv"),
        outcome=Variable(column="weight", label="weight"),
        group=GroupNoun(column="id"),
    )


def test_the_courses_configuration_says_what_the_course_says():
    configuration = load_configuration(ROOT / "config" / "course.yaml")
    nepal = configuration.studies["nepal_course"]
    assert nepal.source.url.startswith("https://")
    assert nepal.source.file_name == "Nepal.csv"
    assert nepal.missing_codes["arm"] == (88.8, 99.9)
    assert nepal.time is not None
    assert (nepal.time.column, nepal.time.origin, nepal.time.units) == ("ageC", 36, "months")
    assert configuration.studies["pigs_course"].group.plural == "pigs"


def test_the_default_configuration_is_valid_and_calls_its_data_synthetic():
    for study in load_configuration(ROOT / "config.yaml").studies.values():
        assert study.source.file is not None
        assert "Synthetic" in (study.synthetic or "")


def test_all_problems_come_at_once_with_line_key_and_remedy(written):
    found = problems(
        written(
            LEAST.replace("outcome", "outcom").replace("{column: id}", "{column: 7}")
            + "    confidence: 0.3\n    covariates: [{column: x, kind: facter}]\n"
        )
    )
    text = "\n".join(found)
    assert len(found) == 5
    assert (
        "line 4, studies.pigs.outcom: this setting is not known\n  Did you mean 'outcome'?" in text
    )
    assert 'line 2, studies.pigs: the setting "outcome" is missing' in text
    assert "line 5, studies.pigs.group.column: should be text, not 7\n  Put it in quotes." in text
    assert "line 6, studies.pigs.confidence: should be at least 0.5, not 0.3" in text
    assert "line 7, studies.pigs.covariates[0].kind: should be one of numeric, factor" in text


@pytest.mark.parametrize("name", ["index", "Pigs", "a b", "../up", "a/b", ""])
def test_a_studys_name_must_be_fit_for_a_folder(written, name):
    (found,) = problems(written(LEAST.replace("pigs:", f'"{name}":', 1)))
    assert "a study's name may hold" in found


@pytest.mark.parametrize("name", ["random_slope", "pooled", "With-Dash", "1st"])
def test_a_models_name_must_not_hide_a_standard_one(written, name):
    (found,) = problems(written(LEAST + f'    models: {{{name}: "weight ~ 1 + (1 | id)"}}\n'))
    assert "a model's name may hold" in found


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("{}", 'needs one of "file", "folder", "url" and "sql"'),
        ("{file: a.csv, url: https://x.example/a.csv, sha256: " + "0" * 64 + "}", "(only one)"),
        ("{url: https://x.example/a.csv}", 'an address needs "sha256"'),
        ("{url: http://x.example/a.csv, sha256: " + "0" * 64 + "}", "must begin with https://"),
        ("{file: a.csv, sha256: abc}", "64 hexadecimal digits"),
        ("{url: https://x.example/a.csv, network: false}", 'an address needs "sha256"'),
        ("{file: a.csv, network: true}", '"network" belongs to an address'),
        ("{file: a.csv, pattern: x}", '"pattern" belongs to a folder'),
        ("{folder: a, pattern: ../x}", "files of the folder itself"),
        ("{folder: a, duplicates: keep}", "should be one of refuse, last, first"),
        ("{folder: a, duplicates: last}", "without a time"),
        ("{sql: {url: sqlite:///a.db}}", "the setting 'query' is missing"),
        ("{sql: {query: select 1}}", 'either "url" or "url_variable"'),
        ("{sql: {query: select 1, url_variable: a b}}", "the name of an environment variable"),
        (
            "{sql: {query: select 1, url: postgresql://me:hush@host/db}}",
            "Put the address into an environment variable",
        ),
        (
            "{url: https://x.example/a, sha256: " + "0" * 64 + ", file_name: ../a}",
            "plain file name",
        ),
    ],
)
def test_a_source_is_one_of_four(written, data, message):
    assert message in "\n".join(problems(written(LEAST.replace("{file: data/pigs.csv}", data))))


@pytest.mark.parametrize(
    ("data", "source"),
    [
        (
            "{folder: data/in, duplicates: refuse}",
            Source(folder=Path("data/in"), file_name="in"),
        ),
        (
            "{url: https://x.example/a.csv, network: true}",
            Source(url="https://x.example/a.csv", network=True, file_name="a.csv"),
        ),
        (
            "{sql: {url_variable: CLINIC_DB, query: select 1}}",
            Source(sql=Query(query="select 1", url_variable="CLINIC_DB"), file_name="query.csv"),
        ),
    ],
)
def test_sources_beside_a_file(written, data, source):
    text = LEAST.replace("{file: data/pigs.csv}", data)
    assert load_configuration(written(text)).studies["pigs"].source == source
    assert source.is_live == (source.folder is None)


def test_one_column_cannot_have_two_parts(written):
    (found,) = problems(written(LEAST + "    time: {column: weight}\n"))
    assert "studies.pigs.time.column: column 'weight' is already the outcome" in found


@pytest.mark.parametrize(
    ("part", "message"),
    [
        (
            "group: {column: id, within: id}",
            "studies.pigs.group.within: column 'id' cannot lie within itself",
        ),
        (
            "group: {column: id, within: weight}",
            "studies.pigs.group.within: the outcome 'weight' groups nothing",
        ),
        (
            "group: {column: id}\n    derived: {age: {column: age, centre: 3}}",
            "the derived column 'age' is made from a column of the same name",
        ),
    ],
)
def test_a_column_cannot_be_of_use_to_itself(written, part, message):
    (found,) = problems(written(LEAST.replace("group: {column: id}", part)))
    assert message in found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no settings"),
        ("? [a, b]\n: 1\n", "a key must be a plain word"),
        ("a: 1\nb: \x07\n", "this is not valid YAML: "),
        ("- a\n", "holds no settings"),
        ("studies: {}\n", "should hold at least one entry"),
        ("studies:\n\tpigs: 1\n", "line 2"),
        (LEAST + "    seed: 1\n    seed: 2\n", "'seed' is given twice (first in line 6)"),
        (LEAST + "    confidence: .nan\n", "nan is not a number that can be used"),
        ("a: !!python/object/apply:os.getcwd []\n", "could not determine a constructor"),
        ("a: &a [*a]\n", "too many values"),
    ],
)
def test_a_file_that_cannot_be_a_configuration_says_why(written, text, message):
    assert message in "\n".join(problems(written(text)))


def test_an_expanding_file_is_refused_before_it_expands(written):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 10)}]" for k in range(1, 12)]
    assert "too many values" in problems(written("\n".join(lines)))[0]


def test_a_file_that_is_no_text_of_a_configuration_says_why(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_bytes(LEAST.encode() + b"    title: Caf\xe9\n")
    assert f"is not UTF-8 text (byte {len(LEAST) + 14})" in problems(path)[0]
    path.write_text(LEAST + "#" * 1_000_001)
    assert "over 1 MB" in problems(path)[0]
    assert "cannot be read" in problems(tmp_path)[0]


def test_a_missing_file_says_how_to_get_one(tmp_path):
    assert "lmm init" in problems(tmp_path / "none.yaml")[0]


def test_a_missing_setting_is_named_also_where_others_exclude_each_other(written):
    said = "\n".join(problems(written(LEAST.replace("    group: {column: id}\n", ""))))
    assert "the setting 'group' is missing" in said and "outcomes" not in said


def test_a_misspelt_study_gets_a_suggestion(written):
    with pytest.raises(ConfigurationError, match="Did you mean 'pigs'"):
        get_study(load_configuration(written(LEAST)), "pig")


def test_names_may_look_like_numbers_or_truth_values(written):
    codes = "    missing_codes: {2019: [-9], no: NA}\n"
    study = load_configuration(written(LEAST + codes)).studies["pigs"]
    assert study.missing_codes == {"2019": (-9,), "no": ("NA",)}


@pytest.mark.parametrize(
    ("output", "results"),
    [
        ("reports", "results"),
        ("reports/course", "results/course"),
        ("./reports", "results"),
        ("site", "results/site"),
        ("/srv/site", "results/srv/site"),
        ("../site", "results/up/site"),
    ],
)
def test_every_output_folder_has_results_of_its_own_inside_the_project(output, results):
    assert results_folder(Path(output)) == Path(results)


def test_every_setting_is_described_and_has_a_default():
    settings = list(_settings(load_schema(), "", load_schema()))
    assert len(settings) > 40
    for path, entry in settings:
        assert entry.get("description"), path
        assert "default" in entry, path


def test_the_schemas_defaults_are_the_values_defaults():
    definitions = load_schema()["$defs"]
    study = definitions["study"]["properties"]
    for kind, properties in [
        (Source, definitions["data"]["properties"]),
        (Variable, definitions["variable"]["properties"]),
        (GroupNoun, study["group"]["properties"]),
        (Time, study["time"]["properties"]),
        (Covariate, study["covariates"]["items"]["properties"]),
        (StudyDesign, study["design"]["properties"]),
        (Study, study),
    ]:
        for field in fields(kind):
            entry = properties.get(field.name, {})
            entry = definitions[entry["$ref"].rsplit("/", 1)[1]] if "$ref" in entry else entry
            default = entry.get("default")
            if isinstance(field.default, str | int | float):
                assert default == field.default, f"{kind.__name__}.{field.name}"
        assert is_dataclass(kind)


def test_reading_a_configuration_loads_no_numerics():
    code = (
        "import sys; from lmm.study import provenance;"
        "from lmm.study.publishing import publish; from lmm.study.sources import inputs;"
        "from lmm.study.configuration.load import load_configuration;"
        "load_configuration('config.yaml');"
        "print([m for m in ('numpy', 'pandas', 'jinja2', 'matplotlib', 'requests') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


def _settings(entry, path, schema):
    """Paths and schemas of all named settings, references followed."""
    for name, child in entry.get("properties", {}).items():
        child = schema["$defs"][child["$ref"].rsplit("/", 1)[1]] if "$ref" in child else child
        yield f"{path}.{name}", child
        yield from _settings(child, f"{path}.{name}", schema)
    for inner in (entry.get("items"), entry.get("additionalProperties")):
        if isinstance(inner, dict):
            inner = schema["$defs"][inner["$ref"].rsplit("/", 1)[1]] if "$ref" in inner else inner
            yield from _settings(inner, f"{path}[]", schema)

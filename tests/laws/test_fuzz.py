"""Whatever is put in, configuration, formula or file: an answer or an ``LmmError`` in words, and soon.

A hundred examples of each as a rule; with HYPOTHESIS_PROFILE=long ten thousand.
"""

from __future__ import annotations

import math
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lmm.cli.fit import fit_file
from lmm.cli.init import write_configuration
from lmm.errors import LmmError
from lmm.ingest.readers import read_table
from lmm.model.fit import fit_mixed
from lmm.study.checking import check_configuration
from lmm.study.configuration.yaml_text import parse_yaml
from lmm.study.drafting.proposal import Wishes

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

MANY = settings(max_examples=10_000 if settings.default.max_examples >= 1000 else 100)
SECONDS = 20.0  # of the processor: the clock tells what else the machine does


def answer(attempt: Callable[[], Any]) -> Any:
    """What comes back, None for a refusal in words; anything else that is raised fails the test."""
    began = time.process_time()
    try:
        return attempt()
    except LmmError as error:
        assert all(problem.message for problem in error.problems)
        return None
    finally:
        assert time.process_time() - began < SECONDS


def table() -> str:
    draw = random.Random(8).gauss
    rows = [
        f"{'abcdef'[group]},{visit},{10 + group + 0.5 * visit + draw(0, 0.4):.2f},{'mf'[group % 2]}"
        for group in range(6)
        for visit in range(4)
    ]
    return "\n".join(["id,time,y,sex", *rows]) + "\n"


# -------------------------------------------------------------------------------------- files


@st.composite
def spoilt(draw: st.DrawFn, good: bytes, odd: tuple[bytes, ...]) -> bytes:
    """Good bytes with pieces cut out, put in, doubled or changed."""
    data = good
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        to = min(len(data), at + draw(st.integers(0, 12)))
        piece = draw(st.sampled_from(odd) | st.binary(max_size=4) | st.just(data[at:to] * 2))
        data = data[:at] + piece + data[to:]
    return data


ODD_CELLS = (
    b"", b",", b"\n", b"\r", b'"', b'""', b";", b"\t", b" ", b"NA", b".", b"nan", b"inf", b"1e400",
    b"1e-400", b"-0", b"1,5", b"0x1F", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3", "é".encode(),
    "٣".encode(), b"=1+1", b"id", b"y", b"9" * 400, b"\n\n", b"true", b"PAR1", b"\x1f\x8b", b"\\", b"'",
)  # fmt: skip


@MANY
@given(spoilt(table().encode(), ODD_CELLS))
def test_a_spoilt_table_is_fitted_or_refused(data):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "t.csv")
        path.write_bytes(data)
        fit = answer(lambda: fit_file(path, "y ~ time + sex + (1 | id)"))
    if fit is not None:
        assert math.isfinite(fit.record["criterion"])


@MANY
@given(st.binary(max_size=300) | spoilt(b"a,b\n1,2\n", ODD_CELLS))
def test_any_bytes_are_a_table_or_refused(data):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "t.csv")
        path.write_bytes(data)
        read = answer(lambda: read_table(path))
    if read is not None:
        assert read.source.rows == len(read.frame) > 0


def parquet() -> bytes:
    frame = pd.DataFrame(
        {"id": ["a", "a", "b", "b"] * 3, "time": [0, 1] * 6, "y": np.arange(12.0) ** 2}
    )
    with tempfile.TemporaryDirectory() as folder:
        frame.to_parquet(Path(folder, "t"))
        return Path(folder, "t").read_bytes()


@MANY
@given(spoilt(parquet(), (b"\x00", b"\xff", b"PAR1")))
@example(parquet().replace(b'"columns"', b'"col\xffmns"'))
@example(parquet().replace(b'"columns"', b"'columns' "))
def test_a_spoilt_parquet_file_is_fitted_or_refused(data):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "t.parquet")
        path.write_bytes(data)
        fit = answer(lambda: fit_file(path, "y ~ time + (1 | id)"))
    if fit is not None:
        assert math.isfinite(fit.record["criterion"])


@MANY
@given(spoilt(table().encode(), ODD_CELLS))
def test_a_proposed_configuration_passes_its_own_check(data):
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder, "t.csv"), Path(folder, "config.yaml")
        path.write_bytes(data)
        said = answer(lambda: write_configuration(path, Wishes(), out=out, force=False))
        assert out.exists() == (said is not None)
        if said is not None:
            assert check_configuration(out) == ()


# ------------------------------------------------------------------------------ configurations

WORDS = st.sampled_from(
    [
        "studies", "data", "file", "folder", "url", "sql", "query", "outcome", "group", "time", "column", "label",
        "unit", "covariates", "contract", "columns", "range", "levels", "unique", "missing", "derived", "models",
        "missing_codes", "centre", "scale", "id", "y", "sex", "t.csv", "y ~ time + (1 | id)", "time / 2", "1e3", "",
        "https://x.example/a.csv", "sqlite:///x.db", "within", "confidence", "seed", "kind", "level", "type", "text",
    ]
)  # fmt: skip
SCALARS = (
    WORDS
    | st.text(max_size=6)
    | st.integers(-(10**20), 10**20)
    | st.floats()
    | st.booleans()
    | st.none()
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
GOOD = {
    "title": "A study",
    "studies": {
        "s": {
            "title": "y over time",
            "data": {"file": "t.csv"},
            "outcome": {"column": "y", "unit": "kg"},
            "group": {"column": "id", "singular": "pig", "plural": "pigs"},
            "time": {"column": "late", "unit": "week", "per": {"count": 4, "name": "month"}},
            "derived": {"late": {"column": "time", "centre": 1}},
            "covariates": [{"column": "sex", "kind": "factor", "level": "group"}],
            "missing_codes": {"y": [99.9]},
            "models": {"more": "y ~ late * sex + (late | id)"},
            "contract": {
                "on_violation": "quarantine",
                "unique": ["id", "time"],
                "columns": {"y": {"type": "number", "range": [0, 50], "missing": 0.1}},
            },
            "confidence": 0.9,
        }
    },
}


def paths(value: Any, path: tuple = ()) -> list[tuple]:
    inside = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return [path, *(deeper for key, part in inside for deeper in paths(part, (*path, key)))]


@st.composite
def configurations(draw: st.DrawFn) -> str:
    """The good configuration with one to three of its parts replaced, removed or added to."""
    value = yaml.safe_load(yaml.safe_dump(GOOD))
    for _ in range(draw(st.integers(1, 3))):
        *way, last = draw(st.sampled_from(paths(value)[1:]))
        place = value
        for key in way:
            place = place[key]
        change = draw(st.sampled_from(["replace", "replace", "remove", "add"]))
        if change == "remove":
            del place[last]
        elif change == "add" and isinstance(place, dict):
            place[draw(WORDS)] = draw(VALUES)
        else:
            place[last] = draw(VALUES)
        if not value:
            break
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False)


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory):
    """A folder with the table, as the working folder."""
    folder = tmp_path_factory.mktemp("fuzz")
    (folder / "t.csv").write_text(table())
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        # Nothing is fetched: an address is taken for one that does not answer.
        patch.setenv("https_proxy", "http://127.0.0.1:9")
        patch.setenv("LMM_CACHE_DIR", str(folder / "cache"))
        yield folder


@MANY
@given(configurations())
def test_a_spoilt_configuration_is_checked_in_words(beside, text):
    (beside / "config.yaml").write_text(text, encoding="utf-8")
    problems = answer(lambda: check_configuration("config.yaml"))
    assert problems is not None and all(str(problem) for problem in problems)


@MANY
@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
    | st.lists(
        st.sampled_from([*"{}[]:,-?&*!|>'\"%@`# \n\t", "<<: ", "a: ", "- ", "&a ", "*a", "!!int ", "---\n", "1e3"]),
        max_size=25,
    ).map("".join)
    | spoilt(yaml.safe_dump(GOOD).encode(), (b"\t", b"{", b"&a ", b"*a", b": ", b"\n", b"<<: ", b"!!x ")).map(
        lambda data: data.decode("utf-8", "replace")
    )
)  # fmt: skip
@example("? a\n: b")
@example("a: 2024-99-99")
@example("!!timestamp x")
@example("!!int x")
@example("<<: 1")
@example("a: !!binary x")
@example("- &a [*a]")
@example("[" * 5000)
@example("a: " + "{a: " * 3000 + "1" + "}" * 3000)
@example("studies: " + "[" * 900 + "]" * 900)
def test_any_text_is_yaml_or_refused(beside, text):
    answer(lambda: parse_yaml(text, where=""))
    (beside / "config.yaml").write_text(text, encoding="utf-8")
    assert answer(lambda: check_configuration("config.yaml")) is not None


# ------------------------------------------------------------------------------------ formulas

TOKENS = st.sampled_from(
    [
        *"yxgfh~+-*/:^()|,=01 \n`", "**", "||", "1e3", "log(", "I(", "C(", "poly(x,", "scale(", "bs(x, df=4)",
        "(1 | g)", "(x | g)", "(1 | g / h)", "y ~ ", "x:f", "%in%", "\\", "~", "'a'", "é", "offset(", "2.5",
    ]
)  # fmt: skip


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(4)
    return pd.DataFrame(
        {
            "y": rng.normal(size=36),
            "x": rng.uniform(1, 2, 36),
            "f": np.tile(["a", "b", "c"], 12),
            "h": np.tile(["p", "q"], 18),
            "g": np.repeat(np.arange(6), 6),
        }
    )


@MANY
@given(st.lists(TOKENS, max_size=12).map(lambda parts: "y ~ " + "".join(parts)))
def test_any_formula_is_fitted_or_refused(frame, text):
    fit = answer(lambda: fit_mixed(text, frame))
    assert fit is None or math.isfinite(fit.criterion)

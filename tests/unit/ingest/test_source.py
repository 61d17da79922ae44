import pytest

from lmm.ingest.source import absent_columns, counted, names_listed, shortened


@pytest.mark.parametrize(
    ("value", "shown"),
    [("a\tb\n", "a\\tb\\n"), ("\x1b[31m", "\\x1b[31m"), (7, "7"), ("ü", "ü"), ("x" * 40, "x" * 40)],
)
def test_values_are_shown_in_one_harmless_line(value, shown):
    assert shortened(value) == shown


def test_long_values_keep_their_two_ends():
    text = shortened("begin" + "-" * 10**6 + "end")
    assert len(text) == 40 and text.startswith("begin") and text.endswith("end")


def test_counts_and_lists_in_words():
    assert [counted(n, "row") for n in (0, 1, 1795)] == ["0 rows", "1 row", "1,795 rows"]
    assert names_listed(["a", "b"]) == "a, b"
    assert names_listed([str(i) for i in range(25)]).endswith("19 and 5 more")


def test_absent_columns_are_told_once_each():
    problems = absent_columns(["x", "y", "x", "z"], ["y"], where="t.csv")
    assert [problem.message for problem in problems] == [
        "column x is not in the file",
        "column z is not in the file",
    ]
    assert [problem.remedy for problem in problems] == ["", "The columns are: y."]

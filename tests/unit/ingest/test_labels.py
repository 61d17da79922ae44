import datetime

import pytest

from lmm.ingest.labels import label_column, natural_order


def test_labels_are_verbatim_and_distinct(raw):
    labels = ["7", "07", "007", "1e3", "1000", "1.0", "2020-01-01", "\t=1+1", "=1+1", "a\nb", "é"]
    column = label_column(raw(g=labels), "g")
    assert column.values.tolist() == labels
    assert len(column.values.categories) == len(labels)


def test_huge_whole_numbers_stay_apart(raw):
    numbers = [2**53 + i for i in range(12)]
    for cells in (numbers, [str(n) for n in numbers]):
        column = label_column(raw(g=cells), "g")
        assert column.values.tolist() == [str(n) for n in numbers]
        assert not column.notes


def test_whole_floats_lose_their_point_and_others_do_not(raw):
    assert label_column(raw(g=[1.0, None, 3.0]), "g").values.tolist()[::2] == ["1", "3"]
    assert label_column(raw(g=[1.0, 2.5]), "g").values.tolist() == ["1", "2.5"]


def test_other_types_as_text(raw):
    assert label_column(raw(g=[True, False]), "g").values.tolist() == ["True", "False"]
    day = datetime.date(2020, 1, 2)
    assert label_column(raw(g=[day]), "g").values.tolist() == ["2020-01-02"]


def test_levels_are_in_natural_order(raw):
    labels = ["s11", "10", "s9", "2", "0", "s11b", "1"]
    column = label_column(raw(g=labels), "g")
    assert list(column.values.categories) == ["0", "1", "2", "10", "s9", "s11", "s11b"]


def test_natural_order_takes_any_digits():
    assert sorted(["a²", "9" * 5000, "8", ""], key=natural_order)[:2] == ["", "8"]


def test_missing_labels_are_no_group(raw):
    column = label_column(raw(g=["a", "", " ", "NA", "nan", None, "N/A"]), "g")
    assert list(column.values.categories) == ["a"]
    assert column.missing == 6
    assert (column.values.codes == -1).sum() == 6


@pytest.mark.parametrize("label", ["None", "."])
def test_what_may_be_meant_as_a_label_stays_and_is_noted(raw, label):
    column = label_column(raw(g=["drug", label]), "g")
    assert set(column.values.categories) == {"drug", label}
    assert f"the label {label} is kept" in column.notes[0]


def test_codes_are_compared_as_text(raw):
    column = label_column(raw(g=["9", "9.0", "09", "x", "?"]), "g", missing_codes=[9.0, "?"])
    assert set(column.values.categories) == {"09", "x"}
    assert [(each.code, each.rows) for each in column.recoded] == [(9.0, 2), ("?", 1)]


@pytest.mark.parametrize(
    ("labels", "note"),
    [
        (["a", " a", "b"], "labels ' a', 'a' differ only in spaces or capitals"),
        (["Male", "male"], "differ only in spaces or capitals"),
        (["7", "07", "x", "y"], "labels '07', '7' are equal as numbers"),
    ],
)
def test_look_alikes_are_noted(raw, labels, note):
    column = label_column(raw(g=labels), "g")
    assert any(note in each for each in column.notes)
    assert len(column.values.categories) == len(labels)


def test_ordinary_labels_bring_no_note(raw):
    assert label_column(raw(g=["1", "2", "a", "b", "NaN"]), "g").notes == ()


def test_an_endless_label_is_refused(raw):
    (problem,) = label_column(raw(g=["x" * 501, "y"]), "g").problems
    assert "501 characters" in problem.message and len(problem.message) < 200

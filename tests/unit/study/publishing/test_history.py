"""The history has one line for each version of the data, and finds the one before."""

from __future__ import annotations

from lmm.study.publishing.history import append_version, earlier_versions, read_history


def test_each_version_of_the_data_has_one_line(tmp_path):
    path = tmp_path / "history.jsonl"
    assert read_history(path) == ()
    assert append_version(path, digest="a", time="1", headline={"slope": 6.2})
    assert append_version(path, digest="b", time="2", headline={"slope": 6.3})
    assert not append_version(path, digest="a", time="3", headline={"slope": 0.0})
    assert [entry["digest"] for entry in read_history(path)] == ["a", "b"]
    assert read_history(path)[0] == {"digest": "a", "time": "1", "headline": {"slope": 6.2}}


def test_earlier_versions_are_those_of_other_data_the_newest_last(tmp_path):
    path = tmp_path / "history.jsonl"
    assert earlier_versions(path, digest="a") == ()
    append_version(path, digest="a", time="1", headline={})
    assert earlier_versions(path, digest="a") == ()
    append_version(path, digest="b", time="2", headline={})
    append_version(path, digest="c", time="3", headline={})
    assert [entry["digest"] for entry in earlier_versions(path, digest="b")] == ["a", "c"]
    assert [entry["digest"] for entry in earlier_versions(path, digest="c")] == ["a", "b"]


def test_a_torn_line_does_not_hide_the_others(tmp_path):
    path = tmp_path / "history.jsonl"
    append_version(path, digest="a", time="1", headline={})
    with path.open("a") as file:
        file.write('{"digest": "b", "ti')
    assert [entry["digest"] for entry in read_history(path)] == ["a"]

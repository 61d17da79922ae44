import pytest

from lmm.errors import ModelError
from lmm.model.fit import fit_mixed
from lmm.model.several import memory
from lmm.model.several.memory import check_dense_part, machine_memory


@pytest.fixture
def machine_of(monkeypatch):
    return lambda size: monkeypatch.setattr(memory, "machine_memory", lambda: size)


def test_up_to_the_share_is_allowed_and_beyond_is_refused(machine_of):
    machine_of(80_000_000)  # 1000 columns need 6 · 8 · 10⁶ bytes, 60% of it
    check_dense_part(1000, eliminated="s", others="'d'")
    with pytest.raises(ModelError) as refused:
        check_dense_part(1001, eliminated="s", others="'d'")
    assert "48,096,048 bytes" in str(refused.value)
    assert "1,001 random effects beside those of 's'" in str(refused.value)
    assert "60% of the 80,000,000 bytes" in str(refused.value)
    assert "Leave out 'd'" in str(refused.value)


def test_where_the_memory_is_not_known_nothing_is_refused(machine_of):
    machine_of(None)
    check_dense_part(10**6, eliminated="s", others="'d'")


def test_this_machine_has_some_memory():
    there = machine_memory()
    assert there is None or there > 2**27


def test_what_the_control_group_allows_counts(monkeypatch, tmp_path):
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(memory, "_CONTROL_GROUP", limit)
    limit.write_text("1000000\n")
    assert machine_memory() in (1_000_000, None)
    limit.write_text("max\n")
    assert machine_memory() != 1_000_000


def test_a_fit_is_refused_before_anything_large_is_made(machine_of):
    table = {
        "y": [1.0, 2, 4, 3, 5, 9, 7, 8],
        "a": [0, 0, 1, 1, 2, 2, 3, 3],
        "b": [0, 1, 2, 0, 1, 2, 0, 1],
    }
    machine_of(300)
    with pytest.raises(ModelError, match="bytes"):
        fit_mixed("y ~ 1 + (1 | a) + (1 | b)", table)


def test_where_the_system_does_not_tell_nothing_is_refused(monkeypatch):
    def refuse(name):
        raise ValueError(name)

    monkeypatch.setattr(memory.os, "sysconf", refuse)
    assert machine_memory() is None
    memory.check_dense_part(10**9, eliminated="a", others="b")

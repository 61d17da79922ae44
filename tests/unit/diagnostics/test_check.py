import pytest

from lmm.diagnostics.check import judge


@pytest.mark.parametrize(
    ("statistic", "verdict"), [(0.4, "fine"), (0.41, "note"), (0.8, "note"), (0.81, "concern")]
)
def test_a_statistic_on_the_threshold_passes_and_beyond_it_does_not(statistic, verdict):
    assert judge(statistic, 0.4, 0.8) == verdict


def test_without_a_serious_threshold_a_note_is_the_worst():
    assert judge(1e9, 0.4) == "note"

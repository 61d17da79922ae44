import pytest

from lmm.ingest.ledger import Exclusion, Ledger

GONE = (
    Exclusion(reason="missing", column="id", rows=2),
    Exclusion(reason="missing", column="y", rows=3),
)


def test_rows_add_up():
    ledger = Ledger(rows_read=10, rows_used=5, groups_read=3, groups_used=2, exclusions=GONE)
    assert ledger.rows_dropped == 5


@pytest.mark.parametrize(
    "counts",
    [
        {"rows_read": 10, "rows_used": 6, "groups_read": 3, "groups_used": 3},
        {"rows_read": 10, "rows_used": 5, "groups_read": 2, "groups_used": 3},
    ],
)
def test_a_ledger_that_does_not_add_up_cannot_be(counts):
    with pytest.raises(ValueError):
        Ledger(exclusions=GONE, **counts)

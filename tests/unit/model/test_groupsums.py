"""The sums that the derivatives need, written out group by group."""

import numpy as np
import pytest

from lmm.model import groupsums
from lmm.model.groupsums import sum_products


@pytest.mark.parametrize("q", [1, 2, 3])
@pytest.mark.parametrize("p", [0, 1, 3])
@pytest.mark.parametrize("counted", [False, True])
def test_sums_of_products(q, p, counted, monkeypatch):
    monkeypatch.setattr(groupsums, "BLOCK", 16)
    rng = np.random.default_rng(10 * q + p)
    m = 50
    B = rng.normal(size=(q, q, m))
    B += B.transpose(1, 0, 2)
    C, pulled_y, beta = rng.normal(size=(q, p, m)), rng.normal(size=(q, 1, m)), rng.normal(size=p)
    root = rng.normal(size=(p, p))
    counts = rng.integers(0, 4, size=m) * 1.0 if counted else None
    made = sum_products(np.concatenate([B, C, pulled_y], axis=1), beta, root, counts=counts)
    u = pulled_y[:, 0] - np.einsum("apm,p->am", C, beta)
    CP = np.einsum("apm,pr->arm", C, root)
    CPC = np.einsum("apm,bpm->abm", CP, CP)
    weights = np.ones(m) if counts is None else counts
    wanted = {
        "B": np.einsum("m,abm->ab", weights, B),
        "uu": np.einsum("am,bm->ab", u, u),
        "CPC": CPC.sum(axis=2),
        "Cu": np.einsum("apm,bm->apb", CP, u),
        "CC": np.einsum("apm,bsm->apbs", CP, CP),
        "BB": np.einsum("m,abm,cdm->abcd", weights, B, B),
        "uuB": np.einsum("am,bm,cdm->abcd", u, u, B),
        "CPCB": np.einsum("abm,cdm->abcd", CPC, B),
    }
    for name, value in wanted.items():
        assert getattr(made, name) == pytest.approx(value, rel=1e-12, abs=1e-11), name

import numpy as np
import pytest
from scipy.sparse import csr_array

from lmm.model.several import crossproducts
from lmm.model.several.crossproducts import cross_products, mirror_lower


@pytest.fixture(params=["kept", "anew"])
def products(request, monkeypatch):
    """H of 4 groups with 2 rows each and 7 columns, with its products kept or multiplied anew."""
    if request.param == "anew":
        monkeypatch.setattr(crossproducts, "LARGEST_MAP", 0)
        monkeypatch.setattr(crossproducts, "_CHUNK", 15)
    rng = np.random.default_rng(3)
    H = rng.normal(size=(8, 7)) * (rng.random((8, 7)) < 0.5)
    made = cross_products(csr_array(H), q=2, m=4)
    assert (made.products is None) == (request.param == "anew")
    return made, H.reshape(2, 4, 7)


def test_spread(products):
    made, H = products
    W = np.random.default_rng(4).normal(size=(2, 2, 4))
    W = W + W.transpose(1, 0, 2)
    wanted = np.einsum("aij,abi,bik->jk", H, W, H)
    assert mirror_lower(made.spread(W)) == pytest.approx(wanted)


def test_collect(products):
    made, H = products
    N = np.random.default_rng(5).normal(size=(7, 7))
    N = N + N.T
    assert made.collect(N) == pytest.approx(np.einsum("aij,jk,bik->abi", H, N, H))


def test_mirror_lower():
    M = np.arange(25.0).reshape(5, 5)
    wanted = np.tril(M) + np.tril(M, -1).T
    assert (mirror_lower(M.copy(), block=2) == wanted).all()
    assert (mirror_lower(M.copy()) == wanted).all()

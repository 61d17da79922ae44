import numpy as np
import pytest

from lmm.model.covariance import CovarianceTemplate


def test_entries_are_in_the_order_of_lme4():
    assert CovarianceTemplate(sizes=(3,)).entries == (
        (0, 0),
        (1, 0),
        (2, 0),
        (1, 1),
        (2, 1),
        (2, 2),
    )
    assert CovarianceTemplate(sizes=(1, 2)).entries == ((0, 0), (1, 1), (2, 1), (2, 2))
    assert CovarianceTemplate(sizes=(1, 1)).entries == ((0, 0), (1, 1))


def test_theta_and_factor_undo_each_other():
    template = CovarianceTemplate(sizes=(2, 1))
    T = template.factor(np.array([1.0, 2.0, 3.0, 4.0]))
    assert T.tolist() == [[1, 0, 0], [2, 3, 0], [0, 0, 4]]
    assert list(template.theta(T)) == [1, 2, 3, 4]
    assert (template.q, template.slices) == (3, (slice(0, 2), slice(2, 3)))


def test_standard_form_keeps_the_covariance():
    template = CovarianceTemplate(sizes=(2, 2))
    T = template.factor(np.array([-1.0, 2.0, -3.0, 0.5, 1.0, 0.0]))
    standard = template.standard(T)
    assert standard @ standard.T == pytest.approx(T @ T.T)
    assert (np.diag(standard) >= 0).all()
    assert template.factor(template.theta(standard)) == pytest.approx(standard)

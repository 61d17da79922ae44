"""Closed forms of a line, against SciPy's distributions."""

from __future__ import annotations

import subprocess
import sys

import pytest
from scipy.special import ndtr, ndtri

from lmm.inference.groups.closed_forms import normal_reach, pull, share_against


@pytest.mark.parametrize("confidence", [0.5, 0.8, 0.9, 0.95, 0.99, 0.9999])
def test_an_interval_reaches_to_the_normal_quantile(confidence):
    assert normal_reach(confidence) == pytest.approx(ndtri(0.5 + confidence / 2.0), rel=1e-14)


@pytest.mark.parametrize(("mean", "sd"), [(0.8, 0.5), (-0.8, 0.5), (3e-9, 1e-9), (6.2, 0.6)])
def test_the_share_of_the_other_sign(mean, sd):
    assert share_against(mean, sd) == pytest.approx(ndtr(-abs(mean) / sd), rel=1e-13, abs=0.0)


def test_without_spread_all_share_the_average_sign():
    assert (share_against(0.3, 0.0), share_against(0.0, 0.0)) == (0.0, 0.5)
    assert share_against(0.0, 1.0) == 0.5


def test_the_pull_of_a_group():
    """One measurement as noisy as groups differ: half way; three of them: a quarter."""
    assert (pull(1, 1.0), pull(3, 1.0), pull(5, 0.0)) == (0.5, 0.25, 0.0)


def test_a_report_is_worded_and_drawn_without_loading_scipy_and_pandas():
    """Two thirds of a second for each report of each run."""
    asked = "import sys, lmm.study.publishing.reporting; print({'scipy', 'pandas', 'pyarrow'} & {*sys.modules})"
    said = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True
    ).stdout
    assert said == "set()\n"

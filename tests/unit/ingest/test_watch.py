"""Codes suspected from a stream of values are those suspected from all of them."""

import numpy as np
import pytest

from lmm.ingest.suspects import suspected_codes
from lmm.ingest.watch import Watch

WEIGHTS = np.random.default_rng(3).normal(12.0, 2.0, 70_000)


@pytest.mark.parametrize(
    "codes",
    [
        [99.9, 99.9],
        [99.0],
        [999.0],
        [-9.0, -9.0, 88.8, 88.8],
        [np.nan, np.nan],
        [12.0, 9.9, 9.9],
    ],
)
@pytest.mark.parametrize("parts", [1, 13])
def test_codes_are_found_and_counted_as_in_the_whole(codes, parts):
    values = np.append(WEIGHTS, codes)[
        np.random.default_rng(1).permutation(len(WEIGHTS) + len(codes))
    ]
    watch = Watch()
    for part in np.array_split(values, parts):
        watch.add(part)
    assert watch.suspects("w") == suspected_codes("w", values)


def test_nothing_seen_is_nothing_suspected():
    watch = Watch()
    watch.add(np.array([np.nan]))
    assert watch.suspects("w") == ()


def test_the_sample_is_even():
    """Of a ramp that comes in order the sample's mean is the ramp's, to five of its standard errors."""
    watch = Watch()
    for part in np.array_split(np.linspace(0.0, 1.0, 400_000) + 10.0, 40):
        watch.add(part)
    assert len(watch.sample) == 20_000
    assert abs(watch.sample.mean() - 10.5) < 5 * np.sqrt(1 / 12 / 20_000)
    assert (watch.low, watch.high) == (10.0, 11.0)

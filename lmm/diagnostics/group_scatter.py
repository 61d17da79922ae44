"""How much each group scatters, in order, beside clean data of the same design.

An order plot with a simultaneous band, as for a normal plot (Aldor-Noiman et al. 2013, Am. Stat. 67:249): groups of
different sizes need no common distribution, because the clean data have the same sizes.
"""

from __future__ import annotations

import numpy as np

from lmm.diagnostics.normal_plot import drawn_places
from lmm.diagnostics.projection import Projection
from lmm.diagnostics.reference import Beside, beside_clean
from lmm.diagnostics.spread import group_spreads

_SEED = 20_006


def spreads_in_order(P: Projection) -> Beside:
    """The spreads from the least on; of many groups all of the outermost and a selection between."""
    places = drawn_places(P.m)
    return beside_clean(P, lambda e: np.sort(group_spreads(P, e), axis=0)[places], seed=_SEED)

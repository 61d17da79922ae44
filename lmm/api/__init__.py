"""What ``import lmm`` offers: fits, whose results answer to the names statsmodels users type."""

from lmm.api.fits import fit, fit_many, pooled, stratified
from lmm.api.mixed import MixedResults, SerialResults
from lmm.api.results import OrdinaryResults
from lmm.api.streams import Stream, stream

__all__ = [
    "MixedResults",
    "OrdinaryResults",
    "SerialResults",
    "Stream",
    "fit",
    "fit_many",
    "pooled",
    "stratified",
    "stream",
]

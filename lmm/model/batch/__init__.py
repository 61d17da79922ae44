"""One model fitted many times: to new responses, or without each of its groups."""

from lmm.model.batch.refits import fits_of_responses, refit_responses, refit_without
from lmm.model.batch.results import Refits

__all__ = ["Refits", "fits_of_responses", "refit_responses", "refit_without"]

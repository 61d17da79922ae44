"""Whether the fit is the optimum, and whether it lies on the boundary, as checks."""

from __future__ import annotations

from lmm.diagnostics.boundary import boundary_terms
from lmm.diagnostics.check import Check
from lmm.model.fit import Fit

SOURCE = (
    "gradient and curvature at the optimum: Bates, Mächler, Bolker and Walker 2015, section 3.3"
)
SOURCE_OF_BOUNDARY = "Self and Liang 1987, J. Am. Stat. Assoc. 82:605: an estimate on the boundary"


def convergence_check(fit: Fit) -> Check:
    """0 where gradient, curvature and bounds prove an optimum, 1 where they do not: always a concern."""
    return Check(
        id="convergence",
        statistic=0.0 if fit.converged else 1.0,
        threshold=0.0,
        serious=0.0,
        verdict="fine" if fit.converged else "concern",
        where=() if fit.converged else (str(fit.outline.formula),),
        source=SOURCE,
    )


def boundary_check(fit: Fit) -> Check:
    """How many blocks of random effects have a covariance on the boundary."""
    found = boundary_terms(fit)
    return Check(
        id="boundary",
        statistic=float(len(found)),
        threshold=0.0,
        verdict="note" if found else "fine",
        where=tuple(term for each in found for term in each.terms),
        source=SOURCE_OF_BOUNDARY,
    )

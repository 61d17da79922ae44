"""``SerialFit``: a mixed model whose residuals within a group are correlated over time, as it was fitted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmm.model.design import Design
from lmm.model.fit import Fit
from lmm.model.outline import Outline
from lmm.model.search.bounds import GRADIENT
from lmm.model.serial.criterion import SerialObjective
from lmm.model.serial.series import Series, whiten
from lmm.numerics import Array

_ROWS = 1e4  # beyond so many, what counts as no slope grows with the criterion


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialFit:
    """A fit with residual covariance σ²R, R_jk = phi^|t_j − t_k| within a group (CAR(1)).

    ``phi`` is the correlation one unit of the user's time apart, from 0 to below 1. ``given_phi`` is the
    ``Fit`` of the whitened rows: its estimates are this fit's, its criterion is that of the whitened
    outcome, and what refits a design must not be asked of it. ``slope`` is the criterion's in log rate.
    """

    given_phi: Fit
    objective: SerialObjective
    rate: float
    phi: float
    log_det: float
    slope: float
    places: int

    @property
    def series(self) -> Series:
        """Order and gaps of the rows."""
        return self.objective.series

    @property
    def design(self) -> Design:
        """The design, rows as given."""
        return self.given_phi.design

    @property
    def outline(self) -> Outline:
        """The design but for its rows."""
        return self.given_phi.outline

    @property
    def reml(self) -> bool:
        """Whether by REML."""
        return self.given_phi.reml

    @property
    def beta(self) -> Array:
        """Fixed effects, (p,)."""
        return self.given_phi.beta

    @property
    def vcov(self) -> Array:
        """Their covariance with the variance parameters as estimated, (p, p)."""
        return self.given_phi.vcov

    @property
    def sigma(self) -> float:
        """The SD of a residual."""
        return self.given_phi.sigma

    @property
    def Psi(self) -> Array:
        """Covariance of the random columns, (q, q)."""
        return self.given_phi.Psi

    @property
    def b(self) -> Array:
        """BLUPs, (m, q)."""
        return self.given_phi.b

    @property
    def n(self) -> int:
        """Rows used."""
        return self.given_phi.n

    @property
    def criterion(self) -> float:
        """Minus twice the restricted or ordinary log-likelihood."""
        return self.given_phi.criterion + self.log_det

    @property
    def log_likelihood(self) -> float:
        """The restricted or ordinary log-likelihood."""
        return -0.5 * self.criterion

    @property
    def parameters(self) -> int:
        """Free parameters, phi among them."""
        return self.given_phi.parameters + 1

    @property
    def uncorrelated(self) -> bool:
        """Whether phi is estimated as 0, its bound; in a coarse unit of time it may also be too small to print."""
        return bool(np.isinf(self.rate))

    @property
    def singular(self) -> bool:
        """Whether some combination of random effects has no variance."""
        return self.given_phi.singular

    @property
    def converged(self) -> bool:
        """Whether the slopes prove an optimum, in phi too (phi = 0 was lower than every valley of the scan)."""
        flat = GRADIENT * max(1.0, self.n / _ROWS)
        return self.given_phi.converged and abs(self.slope) <= flat

    @property
    def fitted_values(self) -> Array:
        """X beta + Z b, (n,)."""
        return self.given_phi.fitted_values

    @property
    def residuals(self) -> Array:
        """Conditional residuals y − X beta − Z b, (n,), serially correlated."""
        return self.given_phi.residuals

    @property
    def normalised_residuals(self) -> Array:
        """Residuals freed of their serial correlation, over sigma, (n,) (Pinheiro and Bates 2000, eq. 5.42)."""
        order = self.series.order
        white = whiten(self.series, self.residuals[order, None], self.rate).rows[:, 0]
        normalised = np.empty(self.n)
        normalised[order] = white / self.sigma
        return normalised

"""The exact finite-sample test of one variance component, by simulation from its spectral form.

Crainiceanu and Ruppert 2004, J. R. Stat. Soc. B 66:165, eqs. 6 and 9; with further, independent random
effects the reference is that of the model with the tested one alone (Greven, Crainiceanu, Küchenhoff
and Peters 2008, J. Comput. Graph. Stat. 17:870).

Equations: docs/mathematics.md (36), (37).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmm.errors import ModelError
from lmm.inference.variance_tests.boundary_mixture import boundary_test
from lmm.inference.variance_tests.point_mass import point_mass_at_zero
from lmm.inference.variance_tests.spectrum import Spectrum, spectrum
from lmm.inference.variance_tests.tested import criterion_without, own_block
from lmm.model.fit import Fit
from lmm.numerics import Array

DRAWS = 100_000

_BLOCK = 10_000
_LOWEST, _HIGHEST = -10.0, 8.0  # log λ, by the largest and by the smallest eigenvalue
_STEP, _POINTS = 0.09, 400


@dataclass(frozen=True, slots=True, kw_only=True)
class ExactTest:
    """``hits`` of ``draws`` null statistics reached ``statistic``; ``p`` their share, ``mc_error`` its SE.

    Without hits p is 0 and means "fewer than 1 in draws". ``point_mass`` is the null probability that
    the likelihood has its (local) maximum at zero, ``blur`` how far eigenvalues were rounded (log).
    """

    group: str
    term: str
    criterion: str
    statistic: float
    draws: int
    hits: int
    p: float
    mc_error: float
    point_mass: float
    blur: float
    seed: int


def exact_test(
    fit: Fit, term: str, *, group: str | None = None, draws: int = DRAWS, seed: int = 1
) -> ExactTest:
    """Test that the variance of one independent random effect is zero: RLRT for a REML fit, LRT for ML.

    Raises ``ModelError`` where the effect is free to correlate with others.
    """
    if draws < 1:
        raise ModelError(
            f"a simulated test needs at least one draw, not {draws}",
            remedy=f"Leave draws out for {DRAWS:,}.",
        )
    place = own_block(fit, term, group=group)
    without = criterion_without(fit, place)
    pair = ((f"no {term}", without), (term, fit.criterion))
    statistic = boundary_test(*pair, dof=1).statistic
    eigenvalues = spectrum(fit.design, place)
    null = null_statistics(eigenvalues, reml=fit.reml, draws=draws, seed=seed)
    hits = int(np.count_nonzero(null >= statistic))
    p = hits / draws
    return ExactTest(
        group=fit.design.blocks[place].grouping.name,
        term=term,
        criterion="REML" if fit.reml else "ML",
        statistic=statistic,
        draws=draws,
        hits=hits,
        p=p,
        mc_error=float(np.sqrt(p * (1.0 - p) / draws)),
        point_mass=point_mass_at_zero(eigenvalues, reml=fit.reml),
        blur=eigenvalues.blur,
        seed=seed,
    )


def null_statistics(
    eigenvalues: Spectrum, *, reml: bool, draws: int = DRAWS, seed: int = 1
) -> Array:
    """Draws (draws,) of the restricted or ordinary likelihood ratio when the variance is zero."""
    grid = _grid(eigenvalues)
    scaled = np.outer(eigenvalues.values, grid)
    shares = scaled / (1.0 + scaled)
    if reml:
        dof = eigenvalues.n - eigenvalues.p
        penalty = eigenvalues.counts @ np.log1p(scaled)
    else:
        dof = eigenvalues.n
        penalty = eigenvalues.square_counts @ np.log1p(np.outer(eigenvalues.squares, grid))
    rng = np.random.default_rng(seed)
    out = np.empty(draws)
    for start in range(0, draws, _BLOCK):
        size = min(_BLOCK, draws - start)
        squares = _chi_squares(rng, eigenvalues.counts, size)
        total = squares.sum(axis=1)
        if eigenvalues.null > 0:
            total += rng.chisquare(eigenvalues.null, size)
        rise = squares @ shares
        rise /= -total[:, None]
        np.log1p(rise, out=rise)
        rise *= -dof
        rise -= penalty
        out[start : start + size] = _summits(rise)
    return out


def _grid(eigenvalues: Spectrum) -> Array:
    highest = _HIGHEST - float(np.log(eigenvalues.values[0]))
    points = min(int(np.ceil((highest - _LOWEST) / _STEP)) + 1, _POINTS)
    return np.exp(np.linspace(_LOWEST, highest, points))


def _chi_squares(rng: np.random.Generator, counts: np.ndarray, size: int) -> Array:
    """(size, k) sums of so many squared normal variables."""
    squares = np.empty((size, len(counts)))
    single = counts == 1
    squares[:, single] = rng.standard_normal((size, int(single.sum()))) ** 2
    squares[:, ~single] = rng.chisquare(counts[~single], (size, int((~single).sum())))
    return squares


def _summits(rise: Array) -> Array:
    """The height of each row's maximum over the grid, by the parabola through its highest three points."""
    rows, top = np.arange(len(rise)), rise.argmax(axis=1)
    middle = np.clip(top, 1, rise.shape[1] - 2)
    left, here, right = rise[rows, middle - 1], rise[rows, middle], rise[rows, middle + 1]
    bend = 2.0 * here - left - right
    inside = (top == middle) & (bend > 0.0)
    gain = np.divide((right - left) ** 2, 8.0 * bend, out=np.zeros(len(rise)), where=inside)
    return np.maximum(rise[rows, top] + gain, 0.0)

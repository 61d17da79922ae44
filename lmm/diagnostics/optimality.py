"""The proof that a fit is a minimum of its criterion: slope, curvature, and the slope at its bounds.

Newton's decrement ½ g'H⁻¹g is the distance of the criterion from its minimum that the quadratic through the
optimum predicts (Nocedal and Wright 2006, Numerical Optimization, ch. 12, for the conditions at a bound).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmm.model.fit import Fit

# Criterion units: differences this small say nothing about any model.
DECREMENT = 1e-6
# Of the largest curvature: below it other parameters fit as well as the ones found.
FLAT = 1e-9
# Per unit of D = Psi/sigma² in internal units: a fall this slow, off a bound, is none.
SLOPE = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimality:
    """``decrement`` of the criterion, ``curvature`` least over largest, ``slope`` off the bounds (None inside).

    ``undetermined`` names the random columns, with their group, along which the criterion is flat.
    """

    decrement: float
    curvature: float
    slope: float | None
    undetermined: tuple[tuple[str, str], ...]

    @property
    def proven(self) -> bool:
        """Whether nothing near is better."""
        down = self.slope is not None and self.slope < -SLOPE
        return self.decrement < DECREMENT and self.curvature > -FLAT and not down


def optimality(fit: Fit) -> Optimality:
    """The conditions of a minimum at the fit's theta, zero variances and combinations held at their bound."""
    optimum, template = fit.optimum, fit.template
    free = np.array([optimum.T[:, j].any() for _, j in template.entries])
    gradient, hessian = optimum.gradient[free], optimum.hessian[np.ix_(free, free)]
    values, vectors = np.linalg.eigh(hessian) if free.any() else (np.ones(1), np.zeros((0, 1)))
    largest = max(1.0, float(values[-1]))
    along = vectors.T @ gradient if free.any() else np.zeros(1)
    steep = np.abs(values) > FLAT * largest
    flat = vectors[:, ~steep]
    rows = np.array([i for i, _ in template.entries])[free]
    columns = {int(rows[k]) for k in np.flatnonzero((np.abs(flat) > 0.1).any(axis=1))}
    owners = [block.grouping.name for block in fit.outline.blocks for _ in block.names]
    return Optimality(
        decrement=0.5 * float(np.sum(along[steep] ** 2 / np.abs(values[steep]))),
        curvature=float(values[0]) / largest,
        slope=_slope_off_the_bounds(fit),
        undetermined=tuple((owners[j], fit.random_names[j]) for j in sorted(columns)),
    )


def optimality_messages(fit: Fit) -> tuple[str, ...]:
    """What of the proof a reader should know: nothing where it holds and the minimum is the only one near."""
    found = optimality(fit)
    messages = []
    if not fit.converged or not found.proven:
        reason = fit.optimum.message or "a bound is not optimal"
        messages.append(
            f"the fit did not converge: {reason}; its criterion is predicted to lie "
            f"{found.decrement:.1g} above the minimum, and its numbers should not be used"
        )
    if found.undetermined:
        names = ", ".join(f"{term} over {group}" for group, term in found.undetermined)
        messages.append(
            f"not determined one by one: the variances of {names}; other values of them fit as well, and only "
            "what the model says of the outcome is meaningful. Take one of these random terms out"
        )
    return tuple(messages)


def _slope_off_the_bounds(fit: Fit) -> float | None:
    """The least derivative of the criterion for a little variance where there is none."""
    slopes = []
    for block in fit.template.slices:
        root = fit.optimum.T[block, block]
        values, vectors = np.linalg.eigh(root @ root.T)
        null = vectors[:, values <= 1e-12 * max(1.0, float(values[-1]))]
        if null.size:
            G = fit.optimum.gradient_D[block, block]
            slopes.append(float(np.linalg.eigvalsh(null.T @ G @ null)[0]))
    return min(slopes) if slopes else None

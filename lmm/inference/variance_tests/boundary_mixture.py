"""The likelihood-ratio test of a parameter whose null value is its bound, such as a variance or phi of 0.

Half of the reference distribution has one degree of freedom less: Self and Liang 1987, JASA 82:605;
Stram and Lee 1994, Biometrics 50:1171. All other parameters are taken to be off their bounds.

Equation: docs/mathematics.md (35).
"""

from __future__ import annotations

from dataclasses import dataclass

from scipy.special import chdtrc

from lmm.errors import ModelError

# Criteria this close are equal: a wider model that ends on the boundary is the narrower one, and p is 1.
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundaryTest:
    """The statistic, its usual χ² p with ``dof``, and the p of the ``mixture`` (named in words)."""

    statistic: float
    dof: int
    p_naive: float
    p_mixture: float
    mixture: str


def boundary_test(
    smaller: tuple[str, float], larger: tuple[str, float], *, dof: int
) -> BoundaryTest:
    """Compare the criteria of two named models, the larger with ``dof`` parameters more, one of them bounded.

    Raises ``ModelError`` where the larger model fits worse: then a fit has failed.
    """
    (small_name, small), (large_name, large) = smaller, larger
    statistic = small - large
    if statistic < -_ROUNDING:
        raise ModelError(
            f"{large_name!r} fits worse than {small_name!r}, which it contains: a fit has failed",
            remedy="Look whether both converged, and do not compare them.",
        )
    statistic = statistic if statistic > _ROUNDING else 0.0
    inner = dof - 1
    p_naive = float(chdtrc(dof, statistic))
    below = float(chdtrc(inner, statistic)) if inner else 0.0
    return BoundaryTest(
        statistic=float(statistic),
        dof=dof,
        p_naive=p_naive,
        p_mixture=0.5 * below + 0.5 * p_naive if statistic > 0.0 else 1.0,
        mixture=f"half χ² with {inner} and half with {dof} degrees of freedom",
    )

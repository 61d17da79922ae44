"""One random effect, tested in every way there is: what each test takes for granted differs, and so may p.

Naive χ² (conservative: a variance cannot be negative), the large-sample mixture (Self and Liang 1987;
Stram and Lee 1994), the simulated exact test of the independent form (Crainiceanu and Ruppert 2004;
Greven et al. 2008), Wald's exact F (1947), and the parametric bootstrap.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from lmm.errors import ModelError
from lmm.inference.variance_tests.bootstrap import BootstrapTest, bootstrap_test
from lmm.inference.variance_tests.boundary_mixture import boundary_test
from lmm.inference.variance_tests.exact_rlrt import DRAWS, ExactTest, exact_test
from lmm.inference.variance_tests.tested import (
    criterion_without,
    independent_form,
    own_block,
    without_effect,
)
from lmm.inference.variances.wald import wald_test
from lmm.model.fit import Fit


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelTest:
    """One way of testing an added random effect.

    ``method``: naive, mixture, exact, wald_f or bootstrap; ``criterion`` ML or REML (``None`` for F).
    ``independent``: the effect was held independent of the others (only then are exact draws known).
    ``dof``: of the χ², of the two χ² mixed by halves, or of F. Simulated tests have ``draws``, ``hits``
    and the standard error of ``p``; no hits mean "fewer than 1 in draws".
    """

    method: str
    term: str
    criterion: str | None
    independent: bool
    statistic: float
    dof: tuple[int, ...]
    p: float
    draws: int | None = None
    hits: int | None = None
    mc_error: float | None = None


def boundary_panel(
    fit: Fit, term: str, *, draws: int = DRAWS, bootstrap_draws: int = 0, seed: int = 1
) -> tuple[PanelTest, ...]:
    """The tests of one random column of a fit, a row each, by the fit's own criterion (REML or ML).

    Wald's row is left out where the groups' own columns leave no residual; the bootstrap's without
    ``bootstrap_draws``, and where no other random effect is, for there the exact test is exact. Raises
    ``ModelError`` for several grouping factors or an effect that cannot be told apart.
    """
    fit.only  # noqa: B018 (refuses several factors)
    smaller = without_effect(fit, term)
    if smaller is None:
        small, dof = criterion_without(fit, own_block(fit, term)), 1
    else:
        small, dof = smaller.criterion, len(fit.theta) - len(smaller.theta)
    naive, mixture = likelihood_ratio_rows(fit, term, small, dof)
    exact = exact_test(independent_form(fit, term), term, draws=draws, seed=seed)
    rows = [
        naive,
        mixture,
        _simulated(naive, exact, method="exact"),
        *_wald_row(fit, naive),
    ]
    if bootstrap_draws and smaller is not None:
        pair = ((f"no {term}", smaller), (term, fit))
        found = bootstrap_test(*pair, draws=bootstrap_draws, seed=seed)
        rows.append(_simulated(naive, found, method="bootstrap"))
    return tuple(rows)


def likelihood_ratio_rows(
    fit: Fit, term: str, smaller: float, dof: int
) -> tuple[PanelTest, PanelTest]:
    """The likelihood ratio against the criterion ``smaller`` without the term: by the usual table, and the mixture."""
    ratio = boundary_test((f"no {term}", smaller), (term, fit.criterion), dof=dof)
    naive = PanelTest(
        method="naive",
        term=term,
        criterion="REML" if fit.reml else "ML",
        independent=dof == 1,
        statistic=ratio.statistic,
        dof=(dof,),
        p=ratio.p_naive,
    )
    return naive, replace(naive, method="mixture", dof=(dof - 1, dof), p=ratio.p_mixture)


def _simulated(naive: PanelTest, found: ExactTest | BootstrapTest, *, method: str) -> PanelTest:
    return replace(
        naive,
        method=method,
        independent=naive.independent or method == "exact",
        statistic=found.statistic,
        dof=(),
        p=found.p,
        draws=found.draws,
        hits=found.hits,
        mc_error=found.mc_error,
    )


def _wald_row(fit: Fit, naive: PanelTest) -> tuple[PanelTest, ...]:
    try:
        found = wald_test(fit, naive.term)
    except ModelError:
        return ()
    return (
        replace(
            naive,
            method="wald_f",
            criterion=None,
            statistic=found.f,
            dof=(found.between, found.within),
            p=found.p,
        ),
    )

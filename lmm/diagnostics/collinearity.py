"""Do the fixed terms tell each other apart? Generalised variance inflation, products left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmm.diagnostics.check import Check, judge
from lmm.model.fit import Fit

THRESHOLD = 5.0
SERIOUS = 10.0
SOURCE = "Fox and Monette 1992, J. Am. Stat. Assoc. 87:178; 5 and 10: James, Witten, Hastie and Tibshirani 2013, 3.3.3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inflation:
    """By which factor the ``term``'s other terms inflate its variance (per column, for a term of several)."""

    term: str
    columns: int
    factor: float


def inflations(fit: Fit) -> tuple[Inflation, ...]:
    """GVIF^(1/columns) of each main effect, largest first; of the model without its products.

    A product goes along with its own factors by its making, and tells nothing about the data.
    """
    names = fit.design.names
    main = [j for j, name in enumerate(names) if ":" not in name]
    information = np.linalg.inv(fit.vcov)[np.ix_(main, main)]
    vcov = np.linalg.inv(information)
    kept = [k for k, j in enumerate(main) if names[j] != "Intercept"]
    sd = np.sqrt(np.diag(vcov))
    R = (vcov / np.outer(sd, sd))[np.ix_(kept, kept)]
    terms = [names[main[k]].split("[")[0] for k in kept]
    if len(set(terms)) < 2:
        return ()
    whole, found = np.linalg.slogdet(R)[1], []
    for term in dict.fromkeys(terms):
        own = np.array([each == term for each in terms])
        inside = np.linalg.slogdet(R[np.ix_(own, own)])[1]
        outside = np.linalg.slogdet(R[np.ix_(~own, ~own)])[1]
        factor = float(np.exp((inside + outside - whole) / own.sum()))
        found.append(Inflation(term=term, columns=int(own.sum()), factor=factor))
    return tuple(sorted(found, key=lambda each: -each.factor))


def collinearity_check(found: tuple[Inflation, ...]) -> Check:
    """The largest inflation."""
    largest = found[0].factor if found else None
    return Check(
        id="collinearity",
        statistic=largest,
        threshold=THRESHOLD,
        serious=SERIOUS,
        verdict="fine" if largest is None else judge(largest, THRESHOLD, SERIOUS),
        where=tuple(each.term for each in found if each.factor > THRESHOLD),
        source=SOURCE,
    )

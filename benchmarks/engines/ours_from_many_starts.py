"""Our own search from many starts, to find minima that the usual search may have missed."""

import numpy as np
from protocol import answer, numbers

from lmm.model.design import build_design
from lmm.model.fit import fit_design
from lmm.model.formula import parse_formula

STARTS = 12


def fit(formula, table):
    design = build_design(parse_formula(formula), table)
    usual = fit_design(design)
    rng = np.random.default_rng(len(design.y))
    size = len(usual.theta)
    drawn = (rng.normal(size=(STARTS, size)) * 10.0 ** rng.uniform(-1, 1.5, (STARTS, 1))).tolist()
    fits = [usual, *(fit_design(design, start=np.array(start)) for start in drawn)]
    best = min(fits, key=lambda found: found.criterion)
    return lambda: {
        "criterion": repr(float(best.criterion)),
        "converged": best.converged,
        "singular": best.singular,
        "sigma": repr(float(best.sigma)),
        "theta": numbers(best.theta),
    }


if __name__ == "__main__":
    answer(fit)

"""Our own fits."""

import numpy as np
from protocol import answer, numbers

import lmm


def fit(formula, table):
    results = lmm.fit(formula, table)

    def describe():
        found = results.fit
        return {
            "criterion": repr(float(found.criterion)),
            "converged": found.converged,
            "singular": found.singular,
            "sigma": repr(float(found.sigma)),
            "sds": numbers(np.sqrt(np.diag(found.Psi))),
            "theta": numbers(found.theta),
        }

    return describe


if __name__ == "__main__":
    answer(fit)

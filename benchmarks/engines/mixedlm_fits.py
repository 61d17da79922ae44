"""Fits by mixedlm."""

import warnings

import mixedlm
from protocol import answer, numbers


def fit(formula, table):
    result = mixedlm.lmer(formula, table)

    def describe():
        return {
            "criterion": repr(float(result.REMLcrit())),
            "converged": result.converged,
            "singular": result.isSingular(),
            "sigma": repr(float(result.sigma)),
            "theta": numbers(result.theta),
        }

    return describe


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    answer(fit)

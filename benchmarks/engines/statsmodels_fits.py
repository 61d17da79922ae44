"""Fits by statsmodels' MixedLM, which takes one grouping factor and its random terms beside the formula."""

import re
import warnings

import numpy as np
from protocol import answer, numbers
from statsmodels.regression.mixed_linear_model import MixedLM


def fit(formula, table):
    random = re.search(r"\+\s*\((.*)\|\s*(\w+)\)", formula)
    fixed, terms, group = formula[: random.start()], random[1], random[2]
    model = MixedLM.from_formula(fixed, table, re_formula=f"~ {terms}", groups=group)
    result = model.fit(reml=True)

    def describe():
        root = np.linalg.cholesky(result.cov_re_unscaled + 1e-300 * np.eye(model.k_re))
        return {
            "criterion": repr(-2.0 * float(result.llf)),
            "converged": result.converged,
            "singular": bool(np.linalg.eigvalsh(result.cov_re)[0] < 1e-8 * result.scale),
            "sigma": repr(float(np.sqrt(result.scale))),
            "sds": numbers(np.sqrt(np.diag(result.cov_re))),
            "theta": numbers(root.T[np.triu_indices(model.k_re)]),
        }

    return describe


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    answer(fit)

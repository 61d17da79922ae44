"""Many outcomes: each as if it were fitted alone, whatever it lacks and whatever the others are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import lmm
from lmm.errors import DataError, LmmError, ModelError
from lmm.inference.outcomes import fit_outcomes
from lmm.model.formula import parse_right_side

GROUPS, VISITS = 24, 5


def table(outcomes: int = 12, *, seed: int = 5) -> pd.DataFrame:
    """Outcomes of several spreads and slopes; some miss rows, in two patterns."""
    rng = np.random.default_rng(seed)
    g, t = np.repeat(np.arange(GROUPS), VISITS), np.tile(np.arange(VISITS, dtype=float), GROUPS)
    columns: dict[str, np.ndarray] = {"g": g, "t": t, "arm": np.where(g % 3 == 0, "new", "old")}
    for k in range(outcomes):
        b = rng.normal(size=(GROUPS, 2)) * [1 + k % 3, 0.3]
        y = 10.0 * k + 0.2 * k * t + b[g, 0] + b[g, 1] * t + rng.normal(size=len(g))
        if k % 3 == 1:
            y[[4, 17, 80]] = np.nan
        if k % 3 == 2:
            y[g == 7] = np.nan
        columns[f"y{k}"] = y
    return pd.DataFrame(columns)


def assert_as_alone(row: pd.Series, alone: lmm.api.MixedResults) -> None:
    """Every number of a row beside the fit of that outcome by itself."""
    near = {"rel": 1e-10, "abs": 1e-10}
    assert row["n"] == alone.nobs
    assert (row["converged"], row["singular"]) == (alone.converged, alone.singular)
    assert row["criterion"] == pytest.approx(alone.criterion, **near)
    for term in alone.coefficients:
        found = [row[f"{term.term}.{what}"] for what in ("estimate", "se", "t", "p", "low", "high")]
        expected = [term.estimate, term.se, term.t, term.p, term.low, term.high]
        assert found == pytest.approx(expected, **near)
        # second derivatives magnify the last digits of theta
        assert row[f"{term.term}.dof"] == pytest.approx(term.dof, rel=1e-8)
        assert row[f"{term.term}.dof_method"] == term.dof_method
    for part in alone.variance_components.itertuples():
        name = ".".join(
            each for each in (part.group, part.term, part.other) if isinstance(each, str)
        )
        kind = "variance" if name.count(".") == 1 else "covariance"
        expected = pytest.approx(part.variance_or_covariance, rel=1e-8, abs=1e-8 * alone.scale)
        assert row[f"{name}.{kind}"] == expected
    assert row["residual.variance"] == pytest.approx(alone.scale, **near)


@pytest.mark.parametrize("right", ["t * arm + (1 | g)", "t + arm + (t | g)"])
@pytest.mark.parametrize("reml", [True, False])
def test_each_is_as_if_alone_whatever_rows_it_lacks(right, reml):
    data = table()
    names = [f"y{k}" for k in range(12)]
    found = lmm.fit_many(f"~ {right}", data, names, reml=reml)
    assert list(found["outcome"]) == names
    assert sorted(set(found["n"])) == [115, 117, 120]
    for _, row in found.iterrows():
        assert_as_alone(row, lmm.fit(f"{row['outcome']} ~ {right}", data, reml=reml))


def test_with_weights_and_with_crossed_factors():
    data = table(6).assign(w=1.0 + np.arange(GROUPS * VISITS) % 4, day=np.tile(range(5), GROUPS))
    names = [f"y{k}" for k in range(6)]
    weighted = lmm.fit_many("~ t + (1 | g)", data, names, weights="w")
    crossed = lmm.fit_many("~ arm + (1 | g) + (1 | day)", data, names)
    for k, name in enumerate(names):
        assert_as_alone(weighted.loc[k], lmm.fit(f"{name} ~ t + (1 | g)", data, weights="w"))
        alone = lmm.fit(f"{name} ~ arm + (1 | g) + (1 | day)", data)
        assert_as_alone(crossed.loc[k], alone)
        assert {"g.icc", "day.icc"} <= set(crossed)


def test_the_share_between_groups_is_the_icc():
    from lmm.inference.variances.icc import intraclass_correlation

    data = table(3)
    found = lmm.fit_many("~ t + (t | g)", data, ["y1", "y2"])
    for _, row in found.iterrows():
        fit = lmm.fit(f"{row['outcome']} ~ t + (t | g)", data).fit
        assert row["g.icc"] == pytest.approx(intraclass_correlation(fit).value, rel=1e-9)


def test_those_that_cannot_be_fitted_say_why_and_stop_no_other():
    data = table(3).assign(
        flat=3.0,
        words="a",
        half=np.nan,
        copy=lambda t: 2.0 * t["t"],
        much=lambda t: 1e200 * t["y0"],
    )
    names = ["y0", "flat", "y1", "words", "copy", "half", "much", "y2"]
    found = lmm.fit_many("~ t + (1 | g)", data, names).set_index("outcome")
    assert list(found.index) == names
    assert "constant" in found.loc["flat", "message"]
    assert "not numeric" in found.loc["words", "message"]
    assert "reproduce the outcome 'copy' exactly" in found.loc["copy", "message"]
    assert "no row has all the values" in found.loc["half", "message"]
    assert "beyond" in found.loc["much", "message"]
    for name in ("y0", "y1", "y2"):
        assert found.loc[name, "message"] == ""
        alone = lmm.fit(f"{name} ~ t + (1 | g)", data)
        assert found.loc[name, "t.estimate"] == pytest.approx(alone.params["t"], rel=1e-10)
    # what was not tested is not counted
    p = found["t.p"].dropna()
    assert len(p) == 3
    assert found["t.p_benjamini_hochberg"].max() == pytest.approx(p.max())


def test_a_level_that_an_outcome_never_meets_is_no_term_of_it():
    data = table(2)
    data.loc[data["arm"] == "new", "y1"] = np.nan
    data.loc[data["g"] == 1, "arm"] = "third"
    found = lmm.fit_many("~ t + arm + (1 | g)", data, ["y0", "y1"])
    # formulaic's reference is the first level that there is
    assert np.isnan(found.loc[1, "arm[T.old].estimate"])
    assert np.isfinite(found.loc[1, "arm[T.third].estimate"])


def test_the_left_side_stands_for_each_and_a_name_counts_once():
    data = table(2)
    named = lmm.fit_many("y0 ~ t + (1 | g)", data, ["y1", "y0", "y1"])
    assert list(named["outcome"]) == ["y1", "y0"]
    pd.testing.assert_frame_equal(named, lmm.fit_many(" ~ t + (1 | g)", data, ["y1", "y0"]))


def test_what_cannot_be_done_is_said():
    data = table(2).assign(flat=1.0)
    with pytest.raises(DataError, match="'y7' is not in the table"):
        lmm.fit_many("~ t + (1 | g)", data, ["y0", "y7"])
    with pytest.raises(ModelError, match="no random term"):
        lmm.fit_many("~ t", data, ["y0"])
    with pytest.raises(ModelError, match="no outcome is named"):
        lmm.fit_many("~ t + (1 | g)", data, [])
    with pytest.raises(LmmError, match="constant"):
        lmm.fit_many("~ t + (1 | g)", data, ["flat"])
    with pytest.raises(LmmError, match="no method"):
        lmm.fit_many("~ t + (1 | g)", data, ["y0"], dof="best")


def test_outcomes_of_the_same_rows_share_one_design(monkeypatch):
    """40 outcomes in three patterns of missing rows: three designs are encoded."""
    from lmm.inference import outcomes as module

    made = []
    real = module.weighted_design
    monkeypatch.setattr(
        module, "weighted_design", lambda *given: made.append(given) or real(*given)
    )
    data = table(40)
    found = fit_outcomes(parse_right_side("~ t + (1 | g)"), data, [f"y{k}" for k in range(40)])
    assert len(found) == 40 and not any(each.message for each in found)
    assert len(made) == 3

"""`lmm fit --dof`: balanced rows, where every method's degrees of freedom can be counted."""

from __future__ import annotations

import json

import numpy as np
import pytest

from lmm.cli import main


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """12 groups seen 4 times."""
    rng = np.random.default_rng(11)
    lines = ["id,t,y"]
    for i in range(12):
        level = rng.normal(0, 2)
        lines += [f"g{i},{t},{10 + level + 0.5 * t + rng.normal():.2f}" for t in range(4)]
    file = tmp_path_factory.mktemp("dof") / "table.csv"
    file.write_text("\n".join(lines) + "\n")
    return file


def run(path, capsys, *options):
    code = main(["fit", str(path), "--formula", "y ~ t + (1 | id)", *options])
    out, err = capsys.readouterr()
    return code, out, err


@pytest.mark.parametrize(
    ("options", "method", "dof"),
    [
        ([], "Kenward-Roger", 35.0),
        (["--dof", "kenward-roger"], "Kenward-Roger", 35.0),
        (["--dof", "satterthwaite"], "Satterthwaite", 35.0),
        (["--dof", "between-within"], "between-within", 35.0),
        (["--dof", "wald"], "Wald z", None),
        (["--ml"], "Satterthwaite", 36.0),
    ],
)
def test_the_slope(options, method, dof, path, capsys):
    """It varies within all 12 groups: 48 − 12 − 1; by maximum likelihood sigma² has one more."""
    code, out, _ = run(path, capsys, "--json", "-", *options)
    slope = json.loads(out)["fixed_effects"][1]
    assert (code, slope["dof_method"]) == (0, method)
    assert slope["dof"] == (dof if dof is None else pytest.approx(dof, rel=1e-6))
    assert slope["se"] == pytest.approx(slope["se_model"], rel=1e-9)


def test_the_summary_names_the_method(path, capsys):
    assert "95% interval, Kenward-Roger" in run(path, capsys)[1]
    said = run(path, capsys, "--dof", "wald")[1]
    assert "95% interval, Wald z" in said
    assert "∞" in said


def test_kenward_roger_is_not_for_maximum_likelihood(path, capsys):
    code, _, err = run(path, capsys, "--ml", "--dof", "kenward-roger")
    assert code == 1
    assert "REML" in err and "Traceback" not in err


def test_an_unknown_method_is_wrong_usage(path, capsys):
    with pytest.raises(SystemExit) as stopped:
        run(path, capsys, "--dof", "magic")
    assert stopped.value.code == 2

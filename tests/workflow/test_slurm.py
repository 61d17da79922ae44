"""The workflow on a cluster: a SLURM of one node, started here, and the profile that is handed out for it."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from .conftest import Project
from .one_node import Cluster, one_node, wait_until, why_not

pytestmark = [pytest.mark.workflow, pytest.mark.slow]

ON_SLURM = ("--profile", "profiles/slurm")
PLUGIN = "snakemake_executor_plugin_slurm"


@pytest.fixture(scope="module")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster, and a Snakemake that can talk to it."""
    if reason := why_not():
        pytest.skip(f"no SLURM: {reason}")
    beside = Path(sys.prefix, "cluster")
    if not find_spec(PLUGIN) and not (beside / PLUGIN).is_dir():
        pytest.skip("Snakemake's plugin for SLURM is not installed (requirements-cluster.txt)")
    with pytest.MonkeyPatch.context() as patch, one_node(tmp_path_factory.mktemp("slurm")) as node:
        modules = [str(beside), os.environ.get("PYTHONPATH", "")]
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, modules)))
        yield node


def steps(said: str) -> set[str]:
    """What `lmm run` tells of the steps, without the seconds."""
    return set(re.findall(r"^ +[\d.]+ s  (\w+: [\w ]+)$", said, re.M))


def account(said: str) -> str:
    """What it tells at the end, without moments."""
    return re.sub(r"^ +[\d.]+ s  .*\n|\d\d:\d\d UTC", "", said, flags=re.M)


def test_a_run_on_a_cluster_is_a_run_here(slurm: Cluster, short: Project):
    """With one study of new data, and one that fails."""
    short.edit("data/pigs.csv", "\n2,0,", "\n2,0,1")
    short.edit("data/pupils.csv", "score", "scoer")
    elsewhere = short.copy(short.folder.with_name("elsewhere"))
    old = short.shown()
    here = short.lmm_run()
    process = elsewhere.start(*ON_SLURM)
    said, _ = process.communicate(timeout=600)
    assert (process.returncode, here.code) == (1, 1), said
    assert steps(said) == steps(here.output) == {"pigs: analysed", "pigs: report written"}
    assert account(said) == account(here.output)
    assert "did you mean scoer?" in said
    assert elsewhere.shown() == short.shown() != old
    assert {(job.what, job.state) for job in slurm.jobs() if job.folder == elsewhere.folder} == {
        ("rule_analyse_wildcards_pigs", "COMPLETED"),
        ("rule_report_wildcards_pigs", "COMPLETED"),
        ("rule_analyse_wildcards_pupils", "FAILED"),
    }


def stop_at_its_first_job(slurm: Cluster, short: Project, number: signal.Signals) -> None:
    """A run on new data of one study, sent the signal when its first job is at work, until it has ended."""
    short.edit("data/pigs.csv", "\n2,0,", "\n2,0,1")
    process = short.start(*ON_SLURM)
    wait_until(lambda: bool(slurm.at_work()), "the first job is at work")
    os.kill(process.pid, number)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 128 + number, said
    assert said.endswith("The run was stopped; the next one takes it up.\n")


def test_an_interrupted_run_takes_its_jobs_along(slurm: Cluster, short: Project):
    good = short.snapshot("reports/pigs", "reports/pupils")
    stop_at_its_first_job(slurm, short, signal.SIGINT)
    wait_until(lambda: not slurm.at_work(), "its job has ended")
    assert [job.state for job in slurm.jobs() if job.folder == short.folder] == ["CANCELLED"]
    assert short.snapshot("reports/pigs", "reports/pupils") == good


def test_a_run_that_is_told_to_end_waits_for_its_jobs_and_submits_no_more(
    slurm: Cluster, short: Project
):
    good = short.snapshot("reports/pigs", "reports/pupils")
    stop_at_its_first_job(slurm, short, signal.SIGTERM)
    assert [job.state for job in slurm.jobs() if job.folder == short.folder] == ["COMPLETED"]
    assert short.snapshot("reports/pigs", "reports/pupils") == good


def test_a_job_that_comes_up_after_its_run_was_killed_does_nothing(slurm: Cluster, short: Project):
    short.edit("data/pigs.csv", "\n2,0,", "\n2,0,1")
    with slurm.closed():
        process = short.start(*ON_SLURM)
        wait_until(lambda: bool(slurm.at_work()), "a job waits in the queue")
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        run = short.lmm_run()
        assert run.code == 0, run.output
        made = short.snapshot("results", "reports")
    wait_until(lambda: not slurm.at_work(), "the job has come up and ended")
    assert [job.state for job in slurm.jobs() if job.folder == short.folder] == ["FAILED"]
    assert short.snapshot("results", "reports") == made

"""SLURM on this machine alone: its daemons, started for a test, and what they say of their jobs.

Nothing listens but on the loopback address. The daemons are root's; their files lie in one folder, but for
a link where SLURM's own programs look for their settings inside a job.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "squeue", "scancel", "scontrol")
SETTINGS = Path("/etc/slurm/slurm.conf")
_PATIENCE_SECONDS = 600

_CONFIGURATION = """\
ClusterName=trial
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
SlurmUser=root
SlurmdUser=root
AuthInfo=socket={folder}/munge.socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
SlurmdParameters=config_overrides
MailProg=/bin/true
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=8000
PartitionName=main Nodes=ALL Default=YES State=UP
"""


def why_not() -> str:
    """Why SLURM cannot be started here; '' where it can."""
    missing = [program for program in PROGRAMS if not shutil.which(program)]
    if missing:
        return f"not installed: {', '.join(missing)} (Debian's packages slurm-wlm and munge)"
    if os.geteuid():
        return "only root can start the daemons of SLURM"
    if not SETTINGS.parent.is_dir():
        return f"there is no folder {SETTINGS.parent}, where it would look for its settings"
    if SETTINGS.exists():
        return f"this machine has a SLURM of its own ({SETTINGS})"
    return ""


@dataclass(frozen=True)
class Job:
    """One job, as SLURM tells of it: ``what`` it is for Snakemake, and its state."""

    number: int
    what: str
    state: str
    folder: Path


@dataclass(frozen=True)
class Cluster:
    """The cluster while it is there."""

    folder: Path

    def jobs(self) -> list[Job]:
        """All jobs since its start, those that have ended too."""
        told = _ask("scontrol", "--oneliner", "show", "job")
        return [
            Job(
                number=int(words["JobId"]),
                what=words.get("Comment", ""),
                state=words["JobState"],
                folder=Path(words["WorkDir"]),
            )
            for line in told.splitlines()
            if (words := dict(re.findall(r"(\w+)=(\S+)", line))).get("JobId")
        ]

    def at_work(self) -> list[Job]:
        """Those that have not ended."""
        return [job for job in self.jobs() if job.state in ("PENDING", "RUNNING", "COMPLETING")]

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Within it no job is begun: all wait."""
        node = _host()
        _ask("scontrol", "update", f"NodeName={node}", "State=DRAIN", "Reason=closed")
        try:
            yield
        finally:
            _ask("scontrol", "update", f"NodeName={node}", "State=RESUME")

    def end_jobs(self) -> None:
        """End what is at work, and wait until it has."""
        if running := self.at_work():
            _ask("scancel", "--signal=KILL", "--full", *(str(job.number) for job in running))
            _ask("scancel", *(str(job.number) for job in running))
            wait_until(lambda: not self.at_work(), "its jobs have ended")


@contextmanager
def one_node(folder: Path) -> Iterator[Cluster]:
    """A cluster of this machine with all its files in ``folder``; afterwards nothing is left of it."""
    with ExitStack() as stack:
        _write_settings(folder)
        SETTINGS.unlink(missing_ok=True)  # a link into a folder that is gone
        SETTINGS.symlink_to(folder / "slurm.conf")
        stack.callback(SETTINGS.unlink)
        munge = {"socket": "munge.socket", "key-file": "munge.key", "pid-file": "munged.pid"}
        munge |= {"log-file": "munged.log", "seed-file": "munged.seed"}
        options = (f"--{option}={folder / name}" for option, name in munge.items())
        _start(stack, folder, "munged", "--foreground", "--force", *options)
        wait_until((folder / "munge.socket").exists, f"munged listens; {folder}/*.out say more")
        _start(stack, folder, "slurmctld", "-D", "-c")
        _start(stack, folder, "slurmd", "-D", "-c")
        node = ("sinfo", "--noheader", "--format=%T")
        wait_until(lambda: "idle" in _ask(*node), f"the node is up; {folder}/*.out say more")
        cluster = Cluster(folder)
        stack.callback(cluster.end_jobs)
        yield cluster


def wait_until(holds: Callable[[], bool], what: str) -> None:
    """Wait for that, for ten minutes at most."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"in vain waited until {what}"
        time.sleep(0.1)


def _write_settings(folder: Path) -> None:
    for name in ("state", "spool"):
        (folder / name).mkdir()
    key = folder / "munge.key"
    key.touch(mode=0o400)
    key.write_bytes(os.urandom(128))
    text = _CONFIGURATION.format(folder=folder, host=_host(), ports=_free_ports(2))
    (folder / "slurm.conf").write_text(text, encoding="utf-8")


def _host() -> str:
    return socket.gethostname().split(".")[0]


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def _start(stack: ExitStack, folder: Path, program: str, *options: str) -> None:
    words = stack.enter_context((folder / f"{program}.out").open("wb"))
    process = subprocess.Popen(
        [program, *options], stdin=subprocess.DEVNULL, stdout=words, stderr=words, cwd=folder
    )
    stack.callback(_stop, process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _ask(*command: str) -> str:
    """What the command answers; '' while nobody answers it."""
    return subprocess.run(command, capture_output=True, text=True, timeout=60).stdout

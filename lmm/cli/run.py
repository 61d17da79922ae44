"""``lmm run``: every report brought up to date, with a word on what was done; made for timers too.

The workflow decides what has to be done. This asks whether anything can have changed at all, keeps
a second run away, shows the steps as they end, and says at the end how each study stands.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO

from lmm.cli.progress import Progress
from lmm.cli.workflow import LOG, Ended, run_workflow
from lmm.errors import LmmError
from lmm.study.configuration.settings import Configuration
from lmm.study.files import TO_BE_GONE, check_writable, hold_lock
from lmm.study.stamp import Seen, forget_stamp, last_words, look, write_stamp
from lmm.study.steps import STEPS_LEFT, begin_run

DONE, FAILED, DEFECT, BUSY = 0, 1, 3, 75
LOCK = Path(".cache", "run.lock")
_PACKAGE = Path(__file__).resolve().parents[1]
_REFUSED_BY_SYSTEM = re.compile(r"\[Errno \d+\] (?P<reason>[^\n]+)")
_LINES_SHOWN = 15
_ROUNDS = 2
_PROFILES = ("profile.yaml", "config.yaml")


def run_studies(
    configfile: Path, *, cores: int, profile: Path | None, quiet: bool, fresh: bool
) -> int:
    """Run the workflow where it may have something to do; the exit code of the command.

    ``profile`` is a folder with options for the workflow; ``quiet`` shows failures only; ``fresh``
    asks the workflow even if nothing seems to have changed.
    """
    how = ["--cores", str(cores), *_options(profile)]
    show: Callable[[str], None] = (lambda text: None) if quiet else _show
    said = None if fresh else last_words(configfile)
    if said is not None:
        show(f"Nothing to do: nothing has changed since the last run.\n{said}")
        return DONE
    lock = _lock()
    if lock is None:
        return BUSY
    with lock:
        return _run(configfile, lock, how=how, quiet=quiet, show=show)


def _run(
    configfile: Path, lock: IO[bytes], *, how: list[str], quiet: bool, show: Callable[[str], None]
) -> int:
    # What follows is not needed where there is nothing to do, which is most of the time.
    from lmm.study.configuration.load import load_configuration
    from lmm.study.publishing.places import status_file
    from lmm.study.publishing.states import OK, is_defect, read_states
    from lmm.study.publishing.summary import run_summary

    configuration = load_configuration(configfile)
    snakefile = _snakefile()
    for folder in (configuration.results, configuration.output):
        check_writable(folder)
    forget_stamp(configfile)
    files = _inputs(configuration)
    status = look([status_file(configuration)])
    progress = Progress(sys.stdout, quiet=quiet)
    command = ["--snakefile", str(snakefile), "--configfile", str(configfile)]
    command += ["--nolock", "--rerun-incomplete", "--keep-going", *how]
    for _ in range(_ROUNDS):
        before = look([configfile, *_code(snakefile), *files])
        ended = run_workflow(command, lock, hear=progress.hear, tick=progress.tick)
        if ended.signal or look(files).items() <= before.items():
            break  # else data came in meanwhile, and are not left to the next run
    progress.close()
    if ended.signal:
        print("The run was stopped; the next one takes it up.", file=sys.stderr)
        return 128 + ended.signal
    states = read_states(status_file(configuration))
    failed = [name for name, state in states.items() if state.state != OK]
    if ended.code == 0 and not failed and list(states) == list(configuration.studies):
        summary = run_summary(configuration, states)
        after = look([configuration.output, configuration.results])
        _stamp(configuration, configfile, {**before, **after}, summary)
        show(summary)
        return DONE
    if failed and look([status_file(configuration)]) != status:
        text = run_summary(configuration, states, only_failures=quiet)
        print(text, file=sys.stderr if quiet else sys.stdout)
        return DEFECT if any(is_defect(states[name]) for name in failed) else FAILED
    return _unexplained(ended)


def _options(profile: Path | None) -> list[str]:
    """Those of a profile, and that the workflow tells of steps that end far from here."""
    if profile is None:
        return []
    if not any((profile / name).is_file() for name in _PROFILES):
        raise LmmError(
            f"there is no {_PROFILES[0]} in it, which would hold Snakemake's options",
            where=str(profile),
            remedy="Name the folder of a profile, such as profiles/slurm.",
        )
    return ["--profile", str(profile.absolute()), "--quiet", "rules", "host", "reason"]


def _inputs(configuration: Configuration) -> list[Path]:
    """The files and folders that the studies' tables are made of."""
    sources = (study.source for study in configuration.studies.values())
    return [path for source in sources if (path := source.file or source.folder)]


def _stamp(configuration: Configuration, configfile: Path, seen: Seen, said: str) -> None:
    """Whether a database or an address holds something new is not to be seen from here: then none.

    Nor where there is no room for one: all is published, and the next run looks closer.
    """
    if not any(study.source.is_live for study in configuration.studies.values()):
        with suppress(OSError):
            write_stamp(configfile, seen=seen, said=said)


def _lock() -> IO[bytes] | None:
    """None, and a word on it, where something is at work here."""
    try:
        if (lock := hold_lock(LOCK, patience=TO_BE_GONE)) is None:
            print("Another run is at work here; try again when it has ended.", file=sys.stderr)
        elif not begin_run():
            print(f"{STEPS_LEFT}; try again when they have ended.", file=sys.stderr)
            lock.close()
            return None
        return lock
    except OSError as error:
        raise LmmError(
            f"nothing can be written here ({error.strerror})",
            where=str(LOCK.parent.absolute()),
            remedy="Run the command in a folder that you may write to.",
        ) from None


def _unexplained(ended: Ended) -> int:
    """The workflow ended badly and no study says why."""
    if refused := _REFUSED_BY_SYSTEM.search(ended.said):
        raise LmmError(
            f"the system refused to read or write a file ({refused['reason'].strip()})",
            remedy=f"What was published before is as it was. All that was said is in {LOG}.",
        )
    lines = ended.said.strip().splitlines()
    print(*lines[-_LINES_SHOWN:], sep="\n", file=sys.stderr)
    print(f"The workflow ended unexpectedly. All that it said is in {LOG}.", file=sys.stderr)
    return DEFECT


def _snakefile() -> Path:
    """The workflow of the checkout in which the command runs, or else that of this package."""
    homes = (Path(), _PACKAGE.parent, _PACKAGE / "share")
    for workflow in (home / "workflow" for home in homes):
        # A folder may well hold a workflow that is not this one.
        if (workflow / "rules" / "study.smk").is_file():
            return workflow / "Snakefile"
    raise FileNotFoundError("the workflow is missing from the installation of lmm")


def _code(snakefile: Path) -> list[Path]:
    """All that a report may depend on beside data and configuration."""
    home = snakefile.parents[1]
    beside = [home / name for name in ("workflow", "templates", "profiles", "lmm")]
    return [*beside, _PACKAGE]


def _show(text: str) -> None:
    print(text, flush=True)

# What the rules share: the configuration, the names of files, and when to run again.
import os
import sys
import time
from collections import Counter
from functools import cache
from pathlib import Path

# The jobs and this file use the lmm that lies beside the workflow, installed or not.
HOME = Path(workflow.current_basedir.get_path_or_uri(secret_free=True)).resolve().parents[1]
sys.path.insert(0, str(HOME))

from lmm.errors import LmmError
from lmm.study import files, provenance, steps
from lmm.study.configuration.load import load_configuration
from lmm.study.publishing import history, publish
from lmm.study.publishing.places import StudyPlaces, places
from lmm.study.sources import inputs, live


def one_configuration():
    """Exactly one file, not merged with another: what is not in it keeps its default.

    A module of another workflow is told of it by {"configfile": …}, for the options are the other's.
    """
    as_module = "configfile" in config
    given = [config["configfile"]] if as_module else workflow.overwrite_configfiles
    if not as_module and (len(given) > 1 or workflow.config_settings.config):
        sys.exit("Give one --configfile and no --config: a report names the one file it rests on.")
    try:
        return load_configuration(os.path.relpath(given[0]) if given else "config.yaml")
    except LmmError as error:
        # An exception would be shown with its traceback, which is of no use to who wrote the file.
        sys.exit(f"The configuration cannot be used.\n{error}")


def prepare_environment():
    """For the jobs: the same Python, the same lmm, one thread each, a font cache of our own."""
    old_path, old_modules = os.environ.get("PATH", ""), os.environ.get("PYTHONPATH", "")
    os.environ.update(
        PATH=os.pathsep.join([str(Path(sys.executable).parent), old_path]),
        PYTHONPATH=os.pathsep.join(filter(None, [str(HOME), old_modules])),
        MPLCONFIGDIR=str(Path(".cache", "matplotlib").absolute()),
        OMP_NUM_THREADS="1",
        OPENBLAS_NUM_THREADS="1",
        MKL_NUM_THREADS="1",
    )


def script(name):
    return os.path.relpath(HOME / "workflow" / "scripts" / name)


@cache
def code(name):
    return provenance.code_digest(Path(script(name)), cache=Path(".cache", "code.json"))


def study_of(wildcards):
    return CONFIGURATION.studies[wildcards.study]


def table(wildcards):
    """The local files of a study's table; none where they are missing, so that its job can say so."""
    return [ancient(str(file)) for file in inputs.input_files(study_of(wildcards).source)]


def earlier(wildcards):
    """The versions of the data that a report looks back on: where these change, it is made again."""
    digest = inputs.data_digest(study_of(wildcards).source)
    lines = history.earlier_versions(places(CONFIGURATION, wildcards.study).history, digest=digest)
    return [line.get("digest", "") for line in lines]


def targets():
    """Every stored file, so that none that is missing is overlooked, and a nudge to publish."""
    made = [str(file) for name in CONFIGURATION.studies for file in all_made(name)]
    return [*made, NUDGE] if publish.is_pending(CONFIGURATION) else made


def basis(wildcards):
    """What the numbers rest on, beside code. The report asks for it too: clocks may be set back, and
    then the age of the numbers does not tell whether the report was made from them.
    """
    study = study_of(wildcards)
    return [inputs.data_digest(study.source), provenance.analysis_settings(study)]


def all_made(study):
    at = places(CONFIGURATION, study)
    return (*at.made("analyse"), *at.made("report"))


def begin():
    """One run at a time. Unlike Snakemake's own lock, the system's does not outlive its process."""
    LOCKS.append(files.hold_lock(Path(".cache", "run.lock")))
    if None in LOCKS:
        turn_away("Another run is at work here; try again when it has ended.")
    if not steps.begin_run():
        turn_away(f"{steps.STEPS_LEFT}; try again when they have ended.")
    print(to_do(), file=sys.stderr)
    listen()


def turn_away(why):
    print(why, file=sys.stderr)
    sys.exit(75)  # EX_TEMPFAIL: a scheduler may simply try again


def refuse_late_steps():
    """Before the job of a run that was killed, which waited in a queue, removes what it would make anew."""
    try:
        steps.check_run()
    except LmmError as error:
        sys.exit(str(error))


def to_do():
    """How many steps there are, for whoever watches: in all and by study."""
    jobs = [job for job in workflow.dag.needrun_jobs() if "study" in job.wildcards.keys()]
    by_study = Counter(job.wildcards.study for job in jobs)
    listed = ", ".join(f"{study} {count}" for study, count in sorted(by_study.items()))
    total = f"{len(jobs)} step{'' if len(jobs) == 1 else 's'}"
    return f"To do: {total} ({listed})" if jobs else f"To do: {total}"


def publish_reports():
    Path(NUDGE).unlink(missing_ok=True)
    return publish.outcome_text(CONFIGURATION, publish.publish(CONFIGURATION))


CONFIGURATION = one_configuration()
LOCKS = []
NUDGE = str(CONFIGURATION.results / ".publish")
# The places of any study, as patterns of a rule.
ANY = StudyPlaces(results=CONFIGURATION.results / "{study}", published=CONFIGURATION.output)
prepare_environment()
# Queries and addresses without a digest are asked once a run, here; the jobs see the answers, those
# too that are on other machines and read this again.
if workflow.is_main_process:
    for study in CONFIGURATION.studies.values():
        live.renew(study.source)
else:
    refuse_late_steps()


wildcard_constraints:
    study="|".join(CONFIGURATION.studies),

"""What every test shares: one thread, a font cache of our own, the laws' profile, the course data."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]

# Before any test imports NumPy or Matplotlib, which read these once.
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
os.environ.setdefault("MPLCONFIGDIR", str(ROOT / ".cache" / "matplotlib"))

# The same examples at every run. `pytest --hypothesis-profile=search` looks for new ones, `long` takes
# twenty times as many of the same; HYPOTHESIS_PROFILE names one too.
settings.register_profile(
    "house",
    derandomize=True,
    deadline=None,
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("search", deadline=None, max_examples=1000)
settings.register_profile("long", settings.get_profile("house"), max_examples=1000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "house"))

COURSE_DIGESTS = {
    "Nepal.csv": "0fb3ecef20aec6d7f9297be122276ab85a0c5ca7cee67d992a51014cc5d8bd6a",
    "pig.csv": "87ad2ada57be533361b6c81c95b2969c848324fc5c79df81b2bb8d4ce8bdcb97",
}


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """One folder for all processes of a run."""
    own = tmp_path_factory.getbasetemp()
    folder = (own if worker_id == "master" else own.parent) / "shared"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def course_data() -> Callable[[str], Path]:
    """``course_data("Nepal.csv")`` is the verified file, from the cache folder or its address."""

    def find(name: str) -> Path:
        path, reason = _course_file(name)
        if path is None:
            pytest.skip(f"the course's {name} cannot be had here: {reason}")
        assert hashlib.sha256(path.read_bytes()).hexdigest() == COURSE_DIGESTS[name]
        return path

    return find


@cache
def _course_file(name: str) -> tuple[Path | None, str]:
    """The file, or None and why not; asked for once, so that no second test waits for a network."""
    from lmm.errors import DataError
    from lmm.study.configuration.load import load_configuration
    from lmm.study.sources.inputs import fetch

    studies = load_configuration(ROOT / "config" / "course.yaml").studies.values()
    sources = {study.source.file_name: study.source for study in studies}
    try:
        return fetch(sources[name]), ""
    except DataError as error:
        return None, " ".join(str(error).split())

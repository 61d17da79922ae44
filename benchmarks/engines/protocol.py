"""How an engine is asked: a file of tasks, one a line, and a file of answers. The R engine reads the same.

A task is a table in a folder (one file of raw numbers a column), a formula, and how often to fit it.
"""

from __future__ import annotations

import csv
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

FIELDS = ["task", "seconds", "criterion", "converged", "singular", "sigma", "sds", "theta", "peak", "error"]


def read_table(folder: str) -> pd.DataFrame:
    """The columns of a folder: ``name.number`` holds float64, ``name.group`` int32."""
    columns = {}
    for path in sorted(Path(folder).iterdir()):
        kind = {".number": np.float64, ".group": np.int32}[path.suffix]
        columns[path.stem] = np.fromfile(path, kind)
    return pd.DataFrame(columns)


def answer(fit: Callable[[str, pd.DataFrame], dict]) -> None:
    """Do the tasks of the file named first, write the answers to the file named second.

    ``fit`` gives, after the result is there, what the answer says of it: criterion, converged, ...
    """
    tasks, answers = sys.argv[1:3]
    with open(tasks, newline="") as source, open(answers, "w", newline="") as sink:
        writer = csv.DictWriter(sink, FIELDS, delimiter="\t", restval="")
        writer.writeheader()
        for task in csv.DictReader(source, delimiter="\t"):
            writer.writerow({"task": task["task"], **_done(fit, task)})
            sink.flush()


def numbers(values) -> str:
    """Several numbers in one cell, to the last digit."""
    return " ".join(repr(float(value)) for value in values)


def _done(fit: Callable[[str, pd.DataFrame], dict], task: dict[str, str]) -> dict:
    table = read_table(task["folder"])
    seconds = []
    try:
        for _ in range(int(task["repeats"])):
            began = time.perf_counter()
            describe = fit(task["formula"], table)
            seconds.append(time.perf_counter() - began)
        found = describe()
    except Exception as error:  # a peer may raise anything; that is what is to be reported
        return {"error": f"{type(error).__name__}: {error}".split("\n")[0][:200]}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": numbers(seconds), "peak": f"{peak:.0f}", **found}

"""One way from a Parquet file to a fit, in a process of its own: seconds of the processor, the most memory, the fit.

``read`` holds the table and fits nothing; ``held`` reads it with pandas and fits; ``streamed`` names the file.
"""

import json
import sys
import time
from pathlib import Path

import pandas as pd
from pyarrow.parquet import read_table

import lmm
import lmm.api  # before memory is first asked for: what the libraries take is not the table's


def peak() -> float:
    """The most memory of this process so far, in MiB."""
    (line,) = (
        line
        for line in Path("/proc/self/status").read_text().splitlines()
        if line.startswith("VmHWM")
    )
    return int(line.split()[1]) / 1024


def main(way, path, formula, *smaller):
    """Print what was found as JSON; models of ``smaller`` formulas follow from the same statistics."""
    began, before, found = time.process_time(), peak(), {}
    if way == "read":
        found["rows"] = read_table(path).num_rows
    elif way == "held":
        found["criterion"] = float(lmm.fit(formula, pd.read_parquet(path)).criterion)
    else:
        stream = lmm.stream(formula, path)
        read = time.process_time()
        found["criterion"] = float(stream.fit().criterion)
        fitted = time.process_time()
        found |= {"read": read - began, "fit": fitted - read}
        for each in smaller:
            stream.fit(each)
        found["smaller"] = time.process_time() - fitted
        began += found["smaller"]
    found |= {"seconds": time.process_time() - began, "peak": peak(), "before": before}
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])

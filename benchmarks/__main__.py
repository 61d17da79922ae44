"""``python -m benchmarks [section ...]``: do them, print what was found, keep it in RESULTS.md."""

import argparse
import importlib
import os
import time

SECTIONS = {
    "small": "small",
    "big": "big",
    "stream": "stream",
    "optimum": "optimum",
    "crossed": "crossed",
    "batch": "batch",
    "outcomes": "outcomes",
    "invariance": "invariance",
    "random": "designs",
    "nist": "nist",
    "start": "start",
    "workflow": "workflow",
}


def main() -> None:
    """Run the sections named, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="section", help=", ".join(SECTIONS))
    wanted = parser.parse_args().sections or list(SECTIONS)
    unknown = [name for name in wanted if name not in SECTIONS]
    if unknown:
        parser.error(f"no section {', '.join(unknown)}; there are: {', '.join(SECTIONS)}")
    for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[variable] = "1"  # before NumPy is loaded, for what is timed in this process
    results = importlib.import_module("benchmarks.results")
    for name in wanted:
        began = time.perf_counter()
        try:
            section = importlib.import_module(f"benchmarks.sections.{SECTIONS[name]}").section()
        except FileNotFoundError as error:
            print(f"\n{name}: left out: {error}")
            continue
        results.keep(list(SECTIONS), {name: section})
        print(f"\n{section.title} ({time.perf_counter() - began:.0f} s)")
        for row in (section.header, *section.rows):
            print("  " + " | ".join(row))
        for bar in section.bars:
            state = {True: "met", False: "SHORT", None: "not told"}[bar.met]
            print(f"  {state:8} {bar.what}: {bar.found} (wanted {bar.wanted})")


if __name__ == "__main__":
    main()

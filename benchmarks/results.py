"""``RESULTS.md`` and ``results.json``: sections that were not run again keep what they said."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.findings import Section
from benchmarks.peers import versions
from benchmarks.places import HERE

JSON = HERE / "results.json"
PAGE = HERE / "RESULTS.md"
MARKS = {True: "met", False: "**short**", None: "not told"}
HEAD = """# Benchmarks

Written by `make benchmarks`. Every engine works in a process of its own, with one BLAS thread; a fit is timed from a
table in memory to the result; times are medians. Ratios of one run are what matters: the seconds belong to the machine.
"""


def keep(order: list[str], ran: dict[str, Section]) -> None:
    """Put the sections that ran beside those of earlier runs, and write both files."""
    known: dict[str, Any] = json.loads(JSON.read_text(encoding="utf-8")) if JSON.exists() else {}
    for name, section in ran.items():
        known[name] = asdict(section) | {"machine": machine(), "versions": engines(), "date": date.today().isoformat()}
    known = {name: known[name] for name in order if name in known}
    JSON.write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    PAGE.write_text("\n".join([HEAD, _bars(known), *map(_section, known.values())]), encoding="utf-8")


def machine() -> str:
    """The kind of machine, without its name."""
    return f"{_processor()}, {os.cpu_count()} cores, {platform.system()}"


def engines() -> str:
    """Versions of what was compared."""
    ours = {name: version(name) for name in ("numpy", "scipy", "pandas")}
    found = {"Python": platform.python_version(), **ours, **versions()}
    return ", ".join(f"{name} {number}" for name, number in found.items())


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def _bars(known: dict[str, Any]) -> str:
    bars = [bar for section in known.values() for bar in section["bars"]]
    met = sum(bar["met"] is True for bar in bars)
    lines = [f"## Aims: {met} of {len(bars)} met", ""]
    lines += _table(("aim", "wanted", "found", ""), [_bar(bar) for bar in bars])
    return "\n".join(lines)


def _bar(bar: dict[str, Any]) -> tuple[str, ...]:
    why = f": {bar['why']}" if bar["met"] is False and bar["why"] else ""
    return bar["what"], bar["wanted"], bar["found"], MARKS[bar["met"]] + why


def _section(section: dict[str, Any]) -> str:
    lines = [f"## {section['title']}", "", section["text"], ""]
    if section["rows"]:
        lines += [*_table(section["header"], section["rows"])]
    return "\n".join([*lines, f"{section['date']}; {section['machine']}; {section['versions']}.", ""])


def _table(header, rows) -> list[str]:
    bar = ["---"] * len(header)
    return ["| " + " | ".join(_cell(value) for value in row) + " |" for row in (header, bar, *rows)] + [""]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")

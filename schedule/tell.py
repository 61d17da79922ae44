"""tell.py EXIT_CODE [COMMAND ...]: what a person should know after ``lmm run``, given to a command that sends it.

    .venv/bin/lmm run --quiet || python3 schedule/tell.py $? mail -s "Reports" you@example.org

Without a command it is printed. Nothing is sent where all is well (0) or another run is at work (75). The states come
from reports/status.json, which every run leaves; LMM_STATUS names another one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

QUIET = (0, 75)
KINDS = {
    1: "A study failed, or its configuration or data cannot be used.",
    3: "The program itself failed; that is a defect to report.",
}


def message(code: int, status: Path) -> str:
    """What to send, '' for nothing."""
    if code in QUIET:
        return ""
    lines = [KINDS.get(code, f"The run was stopped (exit code {code}); the next one takes it up.")]
    try:
        states = json.loads(status.read_bytes())
    except (OSError, ValueError):
        return "\n".join([*lines, f"{status} tells no more: there is none, or it cannot be read."])
    for study, entry in states.items():
        if entry["state"] != "ok":
            shown = (
                "its last good report is shown" if entry["state"] == "stale" else "no report yet"
            )
            lines += ["", f"{study} ({shown}), {entry['time']}:", entry["message"]]
    return "\n".join(lines)


def main(code: str, *command: str) -> int:
    """Send it; the exit code is the command's, so that a lost message is noticed."""
    text = message(int(code), Path(os.environ.get("LMM_STATUS", "reports/status.json")))
    if not text or not command:
        print(text, end="\n" if text else "")
        return 0
    return subprocess.run(command, input=text + "\n", text=True, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

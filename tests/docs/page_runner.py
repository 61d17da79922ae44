"""Reads blocks of Python, one JSON text a line, runs each in one namespace, and answers what it printed."""

import contextlib
import io
import json
import sys
import traceback

namespace: dict[str, object] = {"__name__": "__main__"}
for number, line in enumerate(sys.stdin, start=1):
    said, failed = io.StringIO(), False
    with contextlib.redirect_stdout(said):
        try:
            exec(compile(json.loads(line), f"<block {number}>", "exec"), namespace)
        except BaseException:
            failed = True
            traceback.print_exc(file=said)
    print(json.dumps({"failed": failed, "said": said.getvalue()}), flush=True)

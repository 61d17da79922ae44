"""How much memory the dense part of a model with several factors takes, said before it is taken."""

from __future__ import annotations

import os
from pathlib import Path

from lmm.errors import ModelError

# The share of the machine's memory that the dense part may take: the data and the rest need theirs.
SHARE = 0.6
# Dense (columns, columns) arrays alive at once, as measured: five in an evaluation, and the cross-products.
COPIES = 6
_CONTROL_GROUP = Path("/sys/fs/cgroup/memory.max")


def check_dense_part(columns: int, *, eliminated: str, others: str) -> None:
    """Raise ``ModelError`` where the dense part would take more than ``SHARE`` of the memory there is."""
    needed, there = 8 * COPIES * columns**2, machine_memory()
    if there is not None and needed > SHARE * there:
        raise ModelError(
            f"the model needs about {needed:,} bytes ({needed / 2**30:.1f} GiB) for the {columns:,} random "
            f"effects beside those of {eliminated!r}, more than {SHARE:.0%} of the {there:,} bytes of this machine",
            where="formula",
            remedy=f"Leave out {others}, or a random slope there, or fit on a machine with more memory.",
        )


def machine_memory() -> int | None:
    """Bytes of memory of this machine, or of what this process may use of it; ``None`` if it cannot be told."""
    try:
        physical = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None
    try:
        allowed = _CONTROL_GROUP.read_text(encoding="ascii").strip()
    except OSError:
        return physical
    return min(physical, int(allowed)) if allowed.isdigit() else physical

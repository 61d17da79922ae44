"""Write ``data/pigs.csv`` and ``data/nepal.csv`` again (a few minutes): the same bytes each time."""

from __future__ import annotations

from pathlib import Path

from data.generate.nepal import make_nepal
from data.generate.pigs import make_pigs

FOLDER = Path(__file__).resolve().parents[1]


def main() -> None:
    """Draw, calibrate and write both twins."""
    for name, make in (("pigs", make_pigs), ("nepal", make_nepal)):
        make().to_csv(FOLDER / f"{name}.csv", index=False, lineterminator="\n")
        print(f"data/{name}.csv written", flush=True)


if __name__ == "__main__":
    main()

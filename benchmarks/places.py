"""Where things are: the cache folder holds peers, tables and answers; nothing of it is committed."""

from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
ENGINES = HERE / "engines"
CACHE = ROOT / ".cache" / "benchmarks"
TABLES = CACHE / "tables"
PEERS = CACHE / "venv"

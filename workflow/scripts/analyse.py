"""analyse.py CONFIG STUDY OUT_ANALYSIS OUT_MEASUREMENTS: from a study's table to its numbers."""

import sys
from pathlib import Path

from lmm.errors import ContradictionError, LmmError
from lmm.study.analysis.analyse import write_analysis
from lmm.study.configuration.load import get_study, load_configuration


def main(config: str, study: str, analysis: str, measurements: str) -> int:
    try:
        write_analysis(
            get_study(load_configuration(config), study),
            analysis_path=Path(analysis),
            measurements_path=Path(measurements),
        )
    except LmmError as error:
        print(error, file=sys.stderr)
        return 1
    except ContradictionError as error:
        print(error, file=sys.stderr)
        return 3
    print(f"{study}: analysed", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

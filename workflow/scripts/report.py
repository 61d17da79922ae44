"""report.py CONFIG STUDY ANALYSIS MEASUREMENTS HISTORY OUT_DIR: from a study's numbers to its report."""

import sys
from pathlib import Path

from lmm.errors import ContradictionError, LmmError
from lmm.study.configuration.load import get_study, load_configuration
from lmm.study.publishing.reporting import write_report


def main(
    config: str, study: str, analysis: str, measurements: str, history: str, directory: str
) -> int:
    try:
        write_report(
            get_study(load_configuration(config), study),
            configuration=Path(config),
            analysis_path=Path(analysis),
            measurements_path=Path(measurements),
            history=Path(history),
            directory=Path(directory),
        )
    except LmmError as error:
        print(error, file=sys.stderr)
        return 1
    except ContradictionError as error:
        print(error, file=sys.stderr)
        return 3
    print(f"{study}: report written", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

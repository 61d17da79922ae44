"""report.py CONFIG STUDY ANALYSIS MEASUREMENTS HISTORY OUT_DIR: from a study's numbers to its report."""

import sys
from pathlib import Path

from lmm.study.configuration.load import get_study, load_configuration
from lmm.study.publishing.reporting import write_report
from lmm.study.steps import as_step


@as_step
def main(
    config: str, study: str, analysis: str, measurements: str, history: str, directory: str
) -> None:
    write_report(
        get_study(load_configuration(config), study),
        configuration=Path(config),
        analysis_path=Path(analysis),
        measurements_path=Path(measurements),
        history=Path(history),
        directory=Path(directory),
    )
    print(f"{study}: report written", flush=True)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

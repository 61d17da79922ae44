"""analyse.py CONFIG STUDY OUT_ANALYSIS OUT_MEASUREMENTS: from a study's table to its numbers."""

import sys
from pathlib import Path

from lmm.study.analysis.analyse import write_analysis
from lmm.study.configuration.load import get_study, load_configuration
from lmm.study.steps import as_step


@as_step
def main(config: str, study: str, analysis: str, measurements: str) -> None:
    write_analysis(
        get_study(load_configuration(config), study),
        analysis_path=Path(analysis),
        measurements_path=Path(measurements),
    )
    print(f"{study}: analysed", flush=True)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

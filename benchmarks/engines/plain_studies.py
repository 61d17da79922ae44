"""plain_studies.py CONFIG: what the workflow does, in one process and without asking what has changed."""

import sys
from pathlib import Path

from lmm.study.analysis.analyse import write_analysis
from lmm.study.configuration.load import load_configuration
from lmm.study.publishing.places import places
from lmm.study.publishing.publish import publish
from lmm.study.publishing.reporting import write_report

configuration = load_configuration(sys.argv[1])
for name, study in configuration.studies.items():
    at = places(configuration, name)
    at.report.mkdir(parents=True, exist_ok=True)
    write_analysis(study, analysis_path=at.analysis, measurements_path=at.measurements)
    write_report(
        study,
        configuration=Path(sys.argv[1]),
        analysis_path=at.analysis,
        measurements_path=at.measurements,
        history=at.history,
        directory=at.report,
    )
publish(configuration)

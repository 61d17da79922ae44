"""What ``lmm predict`` does: new rows to a CSV file, or to the screen."""

from __future__ import annotations

from pathlib import Path

from lmm.errors import NAME_WRITABLE, LmmError
from lmm.rows import csv_text
from lmm.study.configuration.load import load_configuration
from lmm.study.files import write_whole
from lmm.study.predicting import PredictedRows, predict_file


def predict_rows(
    study: str,
    path: Path,
    *,
    configfile: Path,
    level: str,
    confidence: float | None,
    out: Path | None,
) -> str:
    """Predict the rows of a file; the text to show: the rows as CSV, or what was written to ``out``."""
    configuration = load_configuration(configfile)
    predicted = predict_file(configuration, study, path, level=level, confidence=confidence)
    text = csv_text(predicted.rows)
    if out is None:
        return text
    try:
        write_whole(out, text.encode())
    except OSError as error:
        raise LmmError(
            f"cannot be written: {error.strerror}", where=str(out), remedy=NAME_WRITABLE
        ) from None
    return f"{out}: {_summary(predicted)}\n"


def _summary(predicted: PredictedRows) -> str:
    n = len(predicted.rows)
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in predicted.kinds.items())
    beyond = f"; {predicted.beyond:,} beyond the range of the data" if predicted.beyond else ""
    model = predicted.model.replace("_", " ")
    return f"{n:,} {'row' if n == 1 else 'rows'} predicted by the {model} model ({kinds}){beyond}."

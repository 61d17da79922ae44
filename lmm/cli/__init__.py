"""The command ``lmm``: fit a model to a file, check a configuration, show versions."""

from __future__ import annotations

import argparse
import json
import sys
import traceback
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path

from lmm import __version__
from lmm.errors import NAME_WRITABLE, LmmError

DONE, USER_FAULT, USAGE, DEFECT = 0, 1, 2, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; exit code 0 done, 1 the user's input is at fault, 2 usage, 3 a defect of ours."""
    options = command_parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        # A timer's locale may lack a sign of ours; that is no reason to fail.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        return options.run(options)
    except LmmError as error:
        print(error, file=sys.stderr)
        return USER_FAULT
    except BrokenPipeError:
        from lmm.cli.progress import turn_away

        turn_away(sys.stdout)
        return DONE
    except Exception:
        traceback.print_exc()
        print("\nThis is a defect of lmm; please report it with the lines above.", file=sys.stderr)
        return DEFECT


def command_parser() -> argparse.ArgumentParser:
    """All commands and their options; the reference of the commands is made from it."""
    parser = argparse.ArgumentParser(
        prog="lmm", description="Linear mixed models that explain themselves."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    fit = commands.add_parser("fit", help="fit one model to a CSV, TSV or Parquet file")
    fit.add_argument("data", type=Path, metavar="DATA", help="the table")
    fit.add_argument("--formula", required=True, help='such as "arm ~ age + (age | id)"')
    fit.add_argument("--ml", action="store_true", help="maximum likelihood instead of REML")
    fit.add_argument(
        "--serial",
        metavar="TIME",
        help="correlate the residuals of a group over this column of times (CAR(1))",
    )
    fit.add_argument(
        "--dof",
        default="auto",
        choices=["auto", "kenward-roger", "satterthwaite", "between-within", "wald"],
        help="how degrees of freedom are found (auto: Kenward-Roger for REML with one grouping factor "
        "of at most 10 000 groups, else Satterthwaite)",
    )
    fit.add_argument("--json", metavar="FILE", help="write the results as JSON (- for the screen)")
    fit.add_argument(
        "--blups", action="store_true", help="add each group's predicted effects to the JSON"
    )
    fit.add_argument(
        "--weights",
        metavar="COLUMN",
        help="prior weights: a row's residual variance is sigma² divided by its weight",
    )
    fit.add_argument(
        "--missing",
        action="append",
        default=[],
        metavar="COLUMN=CODE,...",
        help="codes that stand for a missing value, such as arm=88.8,99.9",
    )
    _add_reading(fit, decimal=".")
    fit.set_defaults(run=_fit)
    _add_init(commands)
    check = commands.add_parser("check", help="validate configuration and data without fitting")
    check.add_argument("--configfile", type=Path, default=Path("config.yaml"))
    check.set_defaults(run=_check)
    run = commands.add_parser("run", help="bring every report up to date")
    run.add_argument("--configfile", type=Path, default=Path("config.yaml"))
    run.add_argument("--cores", type=_positive, default=2, metavar="N", help="default: 2")
    run.add_argument(
        "--quiet", action="store_true", help="say nothing but what failed (for timers)"
    )
    run.add_argument(
        "--fresh",
        action="store_true",
        help="ask the workflow even if no file seems to have changed",
    )
    run.set_defaults(run=_run)
    _add_predict(commands)
    version = commands.add_parser("version", help="versions of lmm and of what it computes with")
    version.set_defaults(run=_version)
    return parser


def _add_reading(command: argparse.ArgumentParser, *, decimal: str | None) -> None:
    """The options that say how the cells of a text file are written."""
    command.add_argument(
        "--delimiter", help="the character between cells (default: seen from the header)"
    )
    command.add_argument("--encoding", help="how the text is encoded (default: UTF-8)")
    command.add_argument("--decimal", default=decimal, choices=[".", ","], help="the decimal mark")


def _add_init(commands: argparse._SubParsersAction) -> None:
    init = commands.add_parser("init", help="look at a table and write a configuration for it")
    init.add_argument("data", type=Path, metavar="DATA", help="the table")
    init.add_argument("--outcome", metavar="COLUMN", help="what is measured (guessed where plain)")
    init.add_argument("--group", metavar="COLUMN", help="whose measurement it is (guessed)")
    along = init.add_mutually_exclusive_group()
    along.add_argument("--time", metavar="COLUMN", help="along what it is followed (guessed)")
    along.add_argument("--no-time", action="store_true", help="models without a time")
    init.add_argument(
        "--covariates", default="", metavar="COLUMN,...", help="further explanatory columns"
    )
    init.add_argument(
        "--out", type=Path, default=Path("config.yaml"), metavar="FILE", help="default: config.yaml"
    )
    init.add_argument("--force", action="store_true", help="replace FILE where it exists")
    _add_reading(init, decimal=None)
    init.set_defaults(run=_init)


def _add_predict(commands: argparse._SubParsersAction) -> None:
    predict = commands.add_parser("predict", help="predict new rows from a study's report")
    predict.add_argument("study", metavar="STUDY", help="its name in the configuration")
    predict.add_argument("new", type=Path, metavar="NEW", help="the rows, written as the study's")
    predict.add_argument("--configfile", type=Path, default=Path("config.yaml"))
    predict.add_argument(
        "--level",
        default="group",
        choices=["population", "group"],
        help="the average, or each row's own group: one of the study, one measured in NEW, or a new one "
        "(default: group)",
    )
    predict.add_argument(
        "--interval", type=_share, metavar="SHARE", help="such as .95 (default: the study's)"
    )
    predict.add_argument("--out", type=Path, metavar="FILE", help="CSV (default: the screen)")
    predict.set_defaults(run=_predict)


def _init(options: argparse.Namespace) -> int:
    from lmm.cli.init import write_configuration
    from lmm.study.proposal import Wishes

    wishes = Wishes(
        outcome=options.outcome,
        group=options.group,
        time=options.time,
        timeless=options.no_time,
        covariates=tuple(name for part in options.covariates.split(",") if (name := part.strip())),
        delimiter=options.delimiter,
        encoding=options.encoding,
        decimal=options.decimal,
    )
    print(write_configuration(options.data, wishes, out=options.out, force=options.force))
    return DONE


def _fit(options: argparse.Namespace) -> int:
    from lmm.cli.fit import Asked, Reading, fit_file

    outcome = fit_file(
        options.data,
        Asked(
            formula=options.formula,
            reml=not options.ml,
            weights=options.weights,
            serial=options.serial,
            dof=options.dof,
            with_blups=options.blups,
        ),
        reading=Reading(
            missing=options.missing,
            delimiter=options.delimiter,
            encoding=options.encoding,
            decimal=options.decimal,
        ),
    )
    if options.json == "-":
        print(json.dumps(outcome.record, indent=1, ensure_ascii=False))
        return DONE
    print(outcome.summary)
    if options.json:
        text = json.dumps(outcome.record, indent=1, ensure_ascii=False) + "\n"
        try:
            Path(options.json).write_text(text, encoding="utf-8")
        except OSError as error:
            raise LmmError(
                f"cannot be written: {error.strerror}",
                where=options.json,
                remedy=NAME_WRITABLE,
            ) from None
    return DONE


def _check(options: argparse.Namespace) -> int:
    from lmm.study.checking import check_configuration

    problems = check_configuration(options.configfile)
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        count = len(problems)
        print(f"{count} {'problem' if count == 1 else 'problems'} found.", file=sys.stderr)
        return USER_FAULT
    print(f"{options.configfile}: configuration and data are in order.")
    return DONE


def _run(options: argparse.Namespace) -> int:
    from lmm.cli.run import run_studies

    return run_studies(
        options.configfile, cores=options.cores, quiet=options.quiet, fresh=options.fresh
    )


def _predict(options: argparse.Namespace) -> int:
    from lmm.cli.predict import predict_rows

    shown = predict_rows(
        options.study,
        options.new,
        configfile=options.configfile,
        level=options.level,
        confidence=options.interval,
        out=options.out,
    )
    print(shown, end="")
    return DONE


def _share(text: str) -> float:
    value = float(text)
    if not 0.0 < value < 1.0:
        raise argparse.ArgumentTypeError("must lie between 0 and 1")
    return value


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value


def _version(options: argparse.Namespace) -> int:
    import platform
    from importlib.metadata import version

    print(f"lmm-report {__version__}")
    print(f"python {platform.python_version()}")
    for name in ("numpy", "scipy", "pandas", "statsmodels", "formulaic", "matplotlib", "snakemake"):
        print(f"{name} {version(name)}")
    return DONE

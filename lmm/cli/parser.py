"""What can be typed: the commands of ``lmm``, their options, and what each says of itself."""

from __future__ import annotations

import argparse
from pathlib import Path

from lmm.cli.suggesting import SuggestingParser


def command_parser() -> argparse.ArgumentParser:
    """All commands and their options; the reference of the commands is made from it."""
    parser = SuggestingParser(
        prog="lmm", description="Linear mixed models that explain themselves."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_fit(commands)
    _add_init(commands)
    check = commands.add_parser("check", help="validate configuration and data without fitting")
    _add_configfile(check)
    _add_run(commands)
    _add_predict(commands)
    commands.add_parser("version", help="versions of lmm and of what it computes with")
    return parser


def _add_fit(commands: argparse._SubParsersAction) -> None:
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
        "--outcomes",
        metavar="COLUMN,...",
        help="fit the right side of the formula to each of these columns, or to those like 'gene_*', and give "
        "a table with a row each; the formula's left side may be left out",
    )
    fit.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="with --outcomes: the table as CSV (default: the screen)",
    )
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


def _add_configfile(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--configfile",
        type=Path,
        default=Path("config.yaml"),
        metavar="FILE",
        help="the configuration (default: config.yaml)",
    )


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
        "--out",
        type=Path,
        default=Path("config.yaml"),
        metavar="FILE",
        help="what is written (default: config.yaml)",
    )
    init.add_argument("--force", action="store_true", help="replace FILE where it exists")
    _add_reading(init, decimal=None)


def _add_run(commands: argparse._SubParsersAction) -> None:
    run = commands.add_parser("run", help="bring every report up to date")
    _add_configfile(run)
    run.add_argument(
        "--cores", type=_positive, default=2, metavar="N", help="jobs at a time (default: 2)"
    )
    run.add_argument(
        "--profile",
        type=Path,
        metavar="DIR",
        help="a folder with Snakemake's options, such as profiles/slurm for a cluster",
    )
    run.add_argument(
        "--quiet", action="store_true", help="say nothing but what failed (for timers)"
    )
    run.add_argument(
        "--fresh",
        action="store_true",
        help="ask the workflow even if no file seems to have changed",
    )


def _add_predict(commands: argparse._SubParsersAction) -> None:
    predict = commands.add_parser("predict", help="predict new rows from a study's report")
    predict.add_argument("study", metavar="STUDY", help="its name in the configuration")
    predict.add_argument("new", type=Path, metavar="NEW", help="the rows, written as the study's")
    _add_configfile(predict)
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

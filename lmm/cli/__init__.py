"""The command ``lmm``: what is typed, carried out; exit codes in place of exceptions."""

from __future__ import annotations

import json
import sys
import traceback
from argparse import Namespace
from collections.abc import Callable, Sequence
from io import TextIOWrapper
from pathlib import Path

from lmm import __version__
from lmm.cli.parser import command_parser
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
        return _COMMANDS[options.command](options)
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


def _init(options: Namespace) -> int:
    from lmm.cli.init import write_configuration
    from lmm.study.drafting.proposal import Wishes

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


def _fit(options: Namespace) -> int:
    if options.outcomes is not None:
        return _fit_many(options)
    if options.out is not None:
        raise LmmError("--out is for --outcomes", remedy="One fit is written by --json FILE.")
    from lmm.cli.fit import asked_by, fit_file

    asked, reading = asked_by(options)
    outcome = fit_file(options.data, asked, reading=reading)
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


def _fit_many(options: Namespace) -> int:
    from lmm.cli.fit import asked_by
    from lmm.cli.outcomes import fit_many_in_file, write_table

    if options.json or options.blups or options.serial:
        raise LmmError(
            "--json, --blups and --serial are for one outcome and not for --outcomes",
            remedy="Leave them out, or fit that outcome by itself.",
        )
    asked, reading = asked_by(options)
    many = fit_many_in_file(options.data, asked, options.outcomes, reading=reading)
    if options.out is None:
        print(many.table, end="")
        print(many.said, file=sys.stderr)
        return DONE
    write_table(many, options.out)
    print(f"{options.out}: {many.said}")
    return DONE


def _check(options: Namespace) -> int:
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


def _run(options: Namespace) -> int:
    from lmm.cli.run import run_studies

    return run_studies(
        options.configfile,
        cores=options.cores,
        profile=options.profile,
        quiet=options.quiet,
        fresh=options.fresh,
    )


def _predict(options: Namespace) -> int:
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


def _version(options: Namespace) -> int:
    import platform
    from importlib.metadata import version

    print(f"lmm-report {__version__}")
    print(f"python {platform.python_version()}")
    for name in ("numpy", "scipy", "pandas", "formulaic", "matplotlib", "snakemake"):
        print(f"{name} {version(name)}")
    return DONE


_COMMANDS: dict[str, Callable[[Namespace], int]] = {
    "fit": _fit,
    "init": _init,
    "check": _check,
    "run": _run,
    "predict": _predict,
    "version": _version,
}

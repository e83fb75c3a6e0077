"""What a user sees when a command fails: one clear sentence, a hint, an exit code.

With --json the last line of stderr is ``{"error": {"type", "message", "hint"}}``; otherwise
``error: ...`` and ``hint: ...``. A traceback is shown only with -v, and only for bugs in this
program.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable

import click

from screentest.client.cli.output.emit import json_text
from screentest.client.cli.output.remedies import spoken
from screentest.client.cli.output.wording import visible
from screentest.client.cli.running.call import Call
from screentest.prep.core.errors import ImpossibleWish, ScreentestError

DONE = 0
FAILED = 1
USAGE = 2
INTERRUPTED = 130


class Interrupted(Exception):
    """Ctrl-C or SIGTERM inside a command, past click, which would print an empty line for it."""


def exit_code_of(run: Callable[[], object], *, call: Call) -> int:
    """The exit code of ``run``, after its error, if any, was written to stderr.

    ``run`` may return an exit code, which click does after --help and ``Context.exit``. Once the
    call was asked to stop, whatever error comes out is that interrupt.
    """
    try:
        code = run()
        sys.stdout.flush()
        call.interrupts.over()
    except (Exception, KeyboardInterrupt) as error:
        call.interrupts.over()
        if isinstance(error, BrokenPipeError):
            _give_up_stdout()
        return _report(Interrupted() if call.interrupts.came else error, call)
    return code if isinstance(code, int) else DONE


def _report(error: Exception | KeyboardInterrupt, call: Call) -> int:
    match error:
        case BrokenPipeError():
            pass
        case click.exceptions.NoArgsIsHelpError():
            error.show()
            return USAGE
        case click.UsageError():
            report_error(call, "UsageError", error.format_message(), _usage_hint(error))
            return USAGE
        case Interrupted() | KeyboardInterrupt() | click.Abort():
            report_interrupted(call)
            return INTERRUPTED
        case ScreentestError():
            hint = spoken(error.remedies, sandbox=call.service_options.sandbox)
            report_error(call, type(error).__name__, error.message, hint)
            return USAGE if isinstance(error, ImpossibleWish) else FAILED
        case OSError():
            report_error(call, "SystemError", *_said_of(error))
        case _:
            _report_bug(call, error)
    return FAILED


def report_error(call: Call, error_type: str, message: str, hint: str) -> None:
    """Write one error to stderr in the form the call asked for."""
    message, hint = call.named(message), call.named(hint)
    if call.log is not None:
        call.log.say(f"{error_type}: {message} {hint}".rstrip())
    if call.json:
        report = {"error": {"type": error_type, "message": message, "hint": hint}}
        print(json_text(report), file=sys.stderr, flush=True)  # noqa: T201
        return
    # None lets click decide by the terminal; click itself knows nothing of NO_COLOR.
    colour = False if os.environ.get("NO_COLOR") else None
    click.secho("error: ", err=True, nl=False, fg="red", bold=True, color=colour)
    click.echo(visible(message), err=True)
    if hint:
        click.secho("hint: ", err=True, nl=False, bold=True, color=colour)
        click.echo(visible(hint), err=True)


def report_interrupted(call: Call) -> None:
    """Write the error of an interrupted command."""
    _end_line_of_caret_c(call)
    report_error(
        call, "Interrupted", "Interrupted.", "Run the same command again; finished work is kept."
    )


def _end_line_of_caret_c(call: Call) -> None:
    if not call.json and sys.stderr.isatty():
        click.echo(err=True)


def _usage_hint(error: click.UsageError) -> str:
    path = error.ctx.command_path if error.ctx else "screentest"
    hint = f"See `{path} --help`."
    if isinstance(error, click.NoSuchOption):
        hint += " Put -- before a file name that begins with -."
    return hint


def _said_of(error: OSError) -> tuple[str, str]:
    """Message and hint of an error of the system's, whose own words tell no place at times."""
    words = error.strerror or type(error).__name__
    if error.filename:
        return f"{error.filename}: {words}.", ""
    if isinstance(error, FileNotFoundError) and _stands_nowhere():
        return "The folder that the command was started in is gone.", "Change to another folder."
    return f"{words}.", ""


def _stands_nowhere() -> bool:
    try:
        os.getcwd()  # noqa: PTH109
    except FileNotFoundError:
        return True
    return False


def _report_bug(call: Call, error: Exception) -> None:
    """A bug in this program. Its message may quote a request, so only its type is shown."""
    hint = "This is a bug in screentest. Please report it with the output of -v."
    if call.verbosity > 0:
        frames = traceback.format_list(traceback.extract_tb(error.__traceback__))
        click.echo("".join(frames), err=True, nl=False)
        hint = "This is a bug in screentest. Please report it with the lines above."
    report_error(call, "InternalError", f"Unexpected {type(error).__name__}.", hint)


def _give_up_stdout() -> None:
    """The reader of the output has gone: keep Python from failing again while it shuts down."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)

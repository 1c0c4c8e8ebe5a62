"""The ``lkagent-lint`` command. ``main`` is the only door; it decides the exit code and prints no traceback.

Exit codes: 0 nothing that fails the run, 1 findings, 2 wrong usage or settings or an internal error, 130
interrupted, 141 the reader of the output has gone (the codes a shell gives for SIGINT and SIGPIPE).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import NoReturn

import click

INTERRUPTED = 130
FAILED = 2


def main(argv: Sequence[str] | None = None) -> NoReturn:
    """Run the command with the arguments after the program's name, ``sys.argv[1:]`` where none are given.

    Always raises SystemExit, with one of the exit codes above.
    """
    sys.exit(_exit_code(sys.argv[1:] if argv is None else list(argv)))


def _expanded(arguments: list[str]) -> list[str]:
    if not any(each.startswith("@") for each in arguments):
        return arguments
    from lkagent_lint.cli._arguments import expanded

    return expanded(arguments)


def _exit_code(arguments: list[str]) -> int:
    from lkagent_lint.cli._command import command
    from lkagent_lint.cli._group import explained
    from lkagent_lint.cli._output import open_closed_stdout, print_error
    from lkagent_lint.writing import WriteError, abandon_stdout

    open_closed_stdout()
    try:
        outcome: object = command.main(_expanded(arguments), prog_name="lkagent-lint", standalone_mode=False)
        return outcome if isinstance(outcome, int) else 0
    except (click.Abort, KeyboardInterrupt):
        abandon_stdout()
        return INTERRUPTED
    except click.UsageError as error:
        print_error(explained(error), hint=f"try: {_named(error)} --help")
    except click.ClickException as error:
        print_error(error.format_message())
    except WriteError as error:
        print_error(str(error))
    except SystemExit:
        raise
    except BaseException as error:
        # A panic of a native parser is no Exception.
        abandon_stdout()
        _report(error)
    return FAILED


def _named(error: click.UsageError) -> str:
    """The command whose help says what was wrong."""
    return "lkagent-lint" if error.ctx is None else error.ctx.command_path


def _report(error: BaseException) -> None:
    """Print an error that is not click's."""
    # Imported here because only few runs need it, and --version should not wait for it.
    from lkagent_lint.cli._output import print_config_error, print_error, print_trace
    from lkagent_lint.config import ConfigError
    from lkagent_lint.faults import is_asked, trace_of

    if isinstance(error, ConfigError):
        print_config_error(error)
    else:
        if is_asked():
            print_trace(trace_of(error))
        print_error(*_explained(error))


def _explained(error: BaseException) -> tuple[str, str | None]:
    """The message for an error, and a second line where one helps."""
    if isinstance(error, OSError) and error.filename is None:
        # The engine reports what it cannot read; what is left is writing the help text to a full disk.
        return f"cannot write the output: {error.strerror or error}", None
    from lkagent_lint.faults import TRACEBACK

    hint = f"this is a bug in lkagent-lint; {TRACEBACK}=1 shows where it happened"
    return f"internal error: {type(error).__name__}: {error}", hint

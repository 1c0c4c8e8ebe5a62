"""How a command gets several options, and those of ``check`` that say how its report is shown and where it goes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from lkagent_lint.formats import REPORTS, names, purposes

_Command = TypeVar("_Command", bound=Callable[..., Any])
_Decorator = Callable[[_Command], _Command]


def added(*options: _Decorator[Any]) -> _Decorator[_Command]:
    """Adds options to a command, which takes them as keyword arguments, in the order in which its help shows them."""

    def add(command: _Command) -> _Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add


report_options = added(
    click.option(
        "--output-format",
        type=click.Choice(names(REPORTS)),
        help=f"{REPORTS[0].name} is the default. {purposes(REPORTS)}",
    ),
    click.option(
        "--output-file",
        type=click.Path(),
        metavar="FILE",
        help="Write the report to FILE instead of standard output. Nothing but an earlier report is replaced.",
    ),
    click.option(
        "--output",
        multiple=True,
        metavar="FORMAT[=FILE]",
        help="A report in this format, to FILE or standard output; repeatable, for several in one run.",
    ),
    click.option(
        "--color",
        type=click.Choice(("auto", "always", "never")),
        default="auto",
        show_default=True,
        help="When to use colours; auto looks at the terminal, NO_COLOR and FORCE_COLOR.",
    ),
    click.option(
        "--statistics",
        is_flag=True,
        help="Instead of the findings show how many each rule has in how many files, and where the time went; "
        "with --output-format json as one object.",
    ),
    click.option(
        "--since",
        metavar="REV",
        help="Report only findings with a place in a file that has changed since this git revision. The whole "
        "project is read all the same.",
    ),
    click.option("--exit-zero", is_flag=True, help="Exit with 0 even if there are findings."),
)
"""Adds the options to a command."""

WATCH = click.option(
    "--watch", is_flag=True, help="Check again whenever a file changes, on one screen (needs lkagent-lint[watch])."
)
fix_options = added(
    click.option("--fix", is_flag=True, help="Mend what can be mended safely, and report the rest."),
    click.option("--unsafe-fixes", is_flag=True, help="Mend also where what the program does may change."),
    click.option(
        "--diff",
        is_flag=True,
        help="Write no file, show what --fix-only would change; 1 if that is anything.",
    ),
    click.option("--fix-only", is_flag=True, help="Mend, and neither report nor fail for what is left."),
    click.option("--show-fixes", is_flag=True, help="Say which findings were mended."),
    click.option("--exit-non-zero-on-fix", is_flag=True, help="Exit with 1 if anything was mended."),
)
"""Adds the options that mend findings to a command."""
FIX_OPTIONS = ("fix", "unsafe_fixes", "diff", "fix_only", "show_fixes", "exit_non_zero_on_fix")

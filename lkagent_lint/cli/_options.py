"""The options of ``check`` that say how its report is shown and where it goes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click

# Those of the reporters, which are not imported to show the help; a test compares them.
FORMATS = (
    "full",
    "concise",
    "grouped",
    "json",
    "jsonl",
    "github",
    "gitlab",
    "sarif",
    "junit",
    "pylint",
    "azure",
    "rdjson",
)

_Function = TypeVar("_Function", bound=Callable[..., object])

_OPTIONS = (
    click.option(
        "--output-format",
        type=click.Choice(FORMATS),
        help="full (the default) shows the source of each finding, concise one line a finding; json and jsonl are "
        "for programs, the rest for what shows findings in reviews and dashboards.",
    ),
    click.option(
        "--output-file",
        type=click.Path(),
        metavar="FILE",
        help="Write the report to FILE instead of standard output. Sources are never overwritten.",
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


def report_options(function: _Function) -> _Function:
    """Adds the options to a command, in the order in which its help shows them."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function

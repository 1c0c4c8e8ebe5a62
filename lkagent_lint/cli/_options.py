"""The options of ``check`` that say how its report is shown and where it goes."""

from __future__ import annotations

import click

from lkagent_lint.cli._adding import added
from lkagent_lint.formats import REPORTS, names, purposes

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

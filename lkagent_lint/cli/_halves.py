"""The commands ``facts`` and ``link``: the two halves of a check, for build systems that share the first one out."""

from __future__ import annotations

from typing import Any

import click

from lkagent_lint.cli._options import report_options
from lkagent_lint.cli._settings import settings_options

SCHEDULER = click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Let the workers of a dask.distributed scheduler read the files (needs lkagent-lint[dask]). The sources are "
    "sent to them.",
)
JOBS = click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="The most processes that read files; as many as there are cores by default, one for little work.",
)


@click.command("facts", short_help="The first half of a check on its own (unstable).")
@click.argument("paths", nargs=-1, required=True, type=click.Path(), metavar="PATHS...")
@click.option("--output-file", required=True, type=click.Path(), metavar="FILE", help="Where the facts go.")
@JOBS
@SCHEDULER
@click.option("--isolated", is_flag=True, help="Read no settings file.")
def facts(paths: tuple[str, ...], output_file: str, jobs: int | None, scheduler: str | None, isolated: bool) -> int:
    """Read PATHS and write what link needs to know of them. Files are read whatever they hold, of a directory those
    that mention a LiveKit SDK. The form of the output may change with every release.

    \b
    Example:
      lkagent-lint facts agents/ --output-file agents.facts
      lkagent-lint facts backend/ --output-file backend.facts
      lkagent-lint link agents.facts backend.facts
    """
    from lkagent_lint.cli._facts import write_facts

    return write_facts(paths, output_file, jobs=jobs, scheduler=scheduler, isolated=isolated)


@click.command("link", short_help="The second half of a check on its own (unstable).")
@click.argument("facts", nargs=-1, required=True, type=click.Path(), metavar="FACTS...")
@click.option(
    "--path", "paths", multiple=True, type=click.Path(), help="What to report on; the current directory by default."
)
@report_options
@settings_options
@JOBS
def link(
    facts: tuple[str, ...],
    paths: tuple[str, ...],
    output: tuple[str, ...],
    output_format: str | None,
    output_file: str | None,
    statistics: bool,
    since: str | None,
    exit_zero: bool,
    color: str,
    jobs: int | None,
    **settings: Any,
) -> int:
    """Check like check does, with what facts has written about files. What FACTS do not hold, because a file has
    changed since or was in no shard, is read here: the report is that of check.
    """
    import os

    import msgspec

    from lkagent_lint.cli._check import check, request_for
    from lkagent_lint.cli._reports import outputs_for

    outputs = outputs_for(output, output_format, output_file, statistics)
    request = request_for(paths, None, settings, since=since, jobs=jobs)
    request = msgspec.structs.replace(request, facts=tuple(map(os.path.abspath, facts)))
    return check(request, outputs, color=color, exit_zero=exit_zero)

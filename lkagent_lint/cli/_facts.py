"""What ``facts`` does: one call of the engine, one file."""

from __future__ import annotations

import click
import msgspec

from lkagent_lint import engine, writing
from lkagent_lint.cache.handed import is_handed
from lkagent_lint.cli._check import request_for
from lkagent_lint.reporters.destination import check_destination


def write_facts(
    paths: tuple[str, ...], output_file: str, *, jobs: int | None, scheduler: str | None, isolated: bool
) -> int:
    """Write the facts of some paths to a file. Raises ConfigError as the engine does, and WriteError."""
    request = request_for(paths, None, {"isolated": isolated}, jobs=jobs)
    check_destination(output_file, request.paths, is_handed, "it holds no facts of lkagent-lint")
    data, count = engine.facts_of(msgspec.structs.replace(request, scheduler=scheduler))
    writing.write(output_file, data)
    click.echo(f"{count} files, {len(data):,} bytes: {output_file}", err=True)
    return 0

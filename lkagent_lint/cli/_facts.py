"""What ``facts`` does: one call of the engine, one file."""

from __future__ import annotations

import os

import click
import msgspec

from lkagent_lint.cli._check import request_for
from lkagent_lint.engine.shards import facts_of


def write_facts(
    paths: tuple[str, ...], output_file: str, *, jobs: int | None, scheduler: str | None, isolated: bool
) -> int:
    """Write the facts of some paths to a file. Raises ConfigError as the engine does."""
    request = request_for(paths, None, {"isolated": isolated}, jobs=jobs)
    data, count = facts_of(msgspec.structs.replace(request, scheduler=scheduler))
    unfinished = f"{output_file}.{os.getpid()}.tmp"
    try:
        with open(unfinished, "xb") as file:
            file.write(data)
        os.replace(unfinished, output_file)
    except OSError as error:
        raise click.ClickException(f"cannot write {output_file}: {error.strerror or error}") from None
    click.echo(f"{count} files, {len(data):,} bytes: {output_file}", err=True)
    return 0

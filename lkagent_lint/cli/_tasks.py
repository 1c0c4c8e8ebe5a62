"""The options of ``check`` that ask for something else than a report, and what they lead to."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from lkagent_lint.cli._options import added

if TYPE_CHECKING:
    from lkagent_lint import engine

ADD = "--add-noqa"

task_options = added(
    click.option(
        ADD,
        "reason",
        metavar="[=REASON]",
        help="Write a comment, lkagent: ignore[…] REASON, for every finding instead of reporting it.",
    ),
    click.option(
        "--list-suppressions", is_flag=True, help="Show every suppression comment, and whether it hides anything."
    ),
    click.option(
        "--write-baseline", is_flag=True, help="Write what is found into the baseline, instead of reporting it."
    ),
    click.option("--prune-baseline", is_flag=True, help="Take out of the baseline what is no longer found."),
    click.option("--show-settings", is_flag=True, help="Show the settings of each path, and where each comes from."),
    click.option("--show-files", is_flag=True, help="Show the files that a check looks at."),
)
"""Adds the options to a command."""
NAMES = ("reason", "list_suppressions", "write_baseline", "prune_baseline", "show_settings", "show_files")


def with_values(arguments: list[str]) -> list[str]:
    """``--add-noqa`` takes its reason behind ``=`` only, so that a path after it stays a path."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    return [*(f"{each}=" if each == ADD else each for each in arguments[:end]), *arguments[end:]]


def task(options: dict[str, Any]) -> Callable[[engine.Request, bool], int] | None:
    """What the options ask for: a function of the request and whether to print JSON, which gives the exit code.

    None where they ask for a report. Raises UsageError where they ask for several things.
    """
    asked = [name for name in NAMES if options[name] not in (None, False)]
    if len(asked) > 1:
        names = " and ".join(ADD if name == "reason" else f"--{name.replace('_', '-')}" for name in asked)
        raise click.UsageError(f"{names} ask for different things")
    if not asked:
        return None
    # Few runs need any of them.
    from lkagent_lint.cli import _baseline, _show, _suppressions

    if options["reason"] is not None:
        reason: str = options["reason"]
        return lambda request, _: _suppressions.add_suppressions(request, reason)
    if options["list_suppressions"]:
        return lambda request, as_json: _suppressions.list_suppressions(request, as_json=as_json)
    if options["write_baseline"] or options["prune_baseline"]:
        only_prune: bool = options["prune_baseline"]
        return lambda request, _: _baseline.write_baselines(request, only_prune=only_prune)
    if options["show_settings"]:
        return lambda request, as_json: _show.show_settings(request, as_json=as_json)
    return lambda request, as_json: _show.show_files(request, as_json=as_json)

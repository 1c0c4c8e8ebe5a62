"""``--write-baseline`` and ``--prune-baseline``, and what a check says of the baselines that it used."""

from __future__ import annotations

import os

import click

from lkagent_lint import engine, writing
from lkagent_lint.cli._output import print_note, write_output
from lkagent_lint.config.toml import as_toml
from lkagent_lint.diagnostics import Report
from lkagent_lint.reporters.escape import Escaper
from lkagent_lint.reporters.paths import relative_path
from lkagent_lint.text import counted

_SHOWN = 10


def write_baselines(request: engine.Request, *, only_prune: bool) -> int:
    """Write what is found into the baselines of a request, or take out what is stale.

    Raises UsageError where the settings name none, and WriteError for one that cannot be written.
    """
    if request.overlays:
        raise click.UsageError("a baseline is of files, not of standard input")
    found = engine.rewritten_baselines(request, only_prune=only_prune)
    if not found:
        raise click.UsageError('no baseline is named: give --baseline FILE, or set baseline = "FILE"')
    cwd, escape = os.getcwd(), Escaper.from_environment()
    for each in found:
        # A repository that someone else wrote must not choose what is written elsewhere.
        if each.outside:
            reason = "it lies outside the project; name it with --baseline to write it all the same"
            raise writing.WriteError(each.path, reason)
        if each.before is None:
            writing.create(each.path, each.after)
        elif each.before != each.after:
            writing.rewrite(each.path, each.before, each.after)
        path = escape.leading(relative_path(each.path, cwd))
        write_output(f"{path}: {counted(each.added, 'finding')} added, {each.removed} taken out\n")
        if each.by_option and not only_prune:
            line = f"baseline = {as_toml(relative_path(each.path, cwd))}"
            write_output(f"to use it always, set {escape.inline(line)} in the settings\n")
    return 0


def note_stale(report: Report) -> None:
    """Say on standard error what baselines list and the check did not find."""
    cwd = os.getcwd()
    for baseline in report.baselines:
        if not baseline.stale:
            continue
        number = sum(count for _, _, count in baseline.stale)
        name = relative_path(baseline.path, cwd)
        print_note(
            f"{name}: {counted(number, 'finding')} of this baseline no longer there; --prune-baseline takes out:"
        )
        for path, code, count in baseline.stale[:_SHOWN]:
            print_note(f"  {relative_path(path, cwd)}: {code} ({count})")
        if len(baseline.stale) > _SHOWN:
            print_note(f"  … and {len(baseline.stale) - _SHOWN} more")

"""The command ``init``: sets the linter up in a project, or shows what that would write."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator

import click

from lkagent_lint import adoption, writing
from lkagent_lint.adoption import FileChange, Plan
from lkagent_lint.cli._output import print_note, write_output
from lkagent_lint.reporters.escape import Escaper
from lkagent_lint.reporters.paths import relative_path
from lkagent_lint.text import counted


def set_up(path: str, *, diff: bool, hook: bool, agents: bool = False) -> int:
    """Set up the project of a path, or with ``diff`` print what would be written.

    Raises ClickException for a path that is no directory, ConfigError where settings cannot be used, and WriteError.
    """
    if not os.path.isdir(path):
        raise click.UsageError(f"{path} is no directory")
    plan = adoption.plan_for(os.path.abspath(path), hook=hook, agents=agents)
    if diff:
        write_output("".join(map(_diff, plan.changes)) or "nothing to write\n")
        for line in _by_hand(plan):
            print_note(line)
        return 0
    for change in plan.changes:
        _write(change)
    write_output("".join(f"{line}\n" for line in _told(plan)))
    return 0


def _write(change: FileChange) -> None:
    if change.before is not None:
        writing.rewrite(change.path, change.before, change.after)
        return
    os.makedirs(os.path.dirname(change.path), exist_ok=True)
    writing.create(change.path, change.after)


def _told(plan: Plan) -> list[str]:
    escape = Escaper.from_environment()
    lines = [f"{escape.leading(_shown(each.path))}: {_verb(each)} {each.about}" for each in plan.changes]
    lines += [f"{each} was set up before" for each in plan.there]
    lines += map(escape.leading, _by_hand(plan))
    if not plan.changes and not plan.by_hand:
        lines.append("nothing to write")
    if plan.known:
        lines.append(
            f"{counted(plan.known, 'finding')} of today in the baseline: lkagent-lint reports what comes from now on; "
            "lkagent-lint --isolated shows all"
        )
    if any(os.path.basename(each.path) == adoption.HOOKS for each in plan.changes):
        lines.append(
            "next: pre-commit install, if that was not done yet; pre-commit run lkagent-lint --all-files tries it"
        )
    if plan.left:
        lines.append(f"{counted(plan.left, 'finding')} would fail a run: lkagent-lint shows what")
    return lines


def _by_hand(plan: Plan) -> Iterator[str]:
    for path, what in plan.by_hand:
        first, *rest = what.splitlines()
        yield f"{_shown(path)}: left alone; {first}"
        yield from (f"  {line}" for line in rest)


def _verb(change: FileChange) -> str:
    return "new," if change.before is None else "added"


def _diff(change: FileChange) -> str:
    escape = Escaper.from_environment()
    name = _shown(change.path)
    before = "" if change.before is None else change.before.decode("utf-8", "replace")
    made = difflib.unified_diff(
        before.splitlines(),
        change.after.decode("utf-8", "replace").splitlines(),
        "/dev/null" if change.before is None else f"a/{name}",
        f"b/{name}",
        lineterm="",
    )
    return "".join(f"{escape.leading(line)}\n" for line in made)


def _shown(path: str) -> str:
    return relative_path(path, os.getcwd())

"""``--add-noqa`` and ``--list-suppressions``."""

from __future__ import annotations

import os

import click
import msgspec

from lkagent_lint import engine, writing
from lkagent_lint.cli._output import write_output
from lkagent_lint.diagnostics import Hidden
from lkagent_lint.reporters.cells import labelled
from lkagent_lint.reporters.escape import Escaper
from lkagent_lint.reporters.paths import relative_path
from lkagent_lint.text import counted


def add_suppressions(request: engine.Request, reason: str) -> int:
    """Write a comment for every finding that is left; 1 if any has none.

    Raises ClickException for a reason that no comment can hold, and WriteError for a file that cannot be replaced.
    """
    if not reason.isprintable():
        raise click.UsageError("the reason for --add-noqa is one line of printable text")
    if request.overlays:
        raise click.UsageError("--add-noqa writes files and cannot take standard input")
    cwd, escape = os.getcwd(), Escaper.from_environment()
    added = engine.suppressed(request, reason.strip())
    writing.rewrite_all(added.rewrites)
    lines = [f"{counted(added.hidden, 'finding')} suppressed in {counted(len(added.rewrites), 'file')}"]
    for left in added.left:
        span = left.place.span
        path = escape.leading(relative_path(labelled(left.place).path, cwd))
        lines.append(f"{path}:{span.line}:{span.column}: {left.code} no comment can be written here")
    write_output("".join(f"{line}\n" for line in lines))
    return 1 if added.left else 0


def list_suppressions(request: engine.Request, *, as_json: bool) -> int:
    """Print every suppression comment: where it stands, what it names and hides, and why."""
    report = engine.check(request)
    cwd, escape = os.getcwd(), Escaper.from_environment()
    if as_json:
        records = [_record(each, cwd) for each in report.suppressions]
        write_output(msgspec.json.format(msgspec.json.encode(records), indent=2).decode() + "\n")
        return 0
    lines = [_line(each, cwd, escape) for each in report.suppressions]
    count = len(lines)
    lines.append(counted(count, "suppression") if count else "no suppressions")
    write_output("".join(f"{line}\n" for line in lines))
    return 0


def _line(hidden: Hidden, cwd: str, escape: Escaper) -> str:
    span = hidden.place.span
    path = escape.leading(relative_path(labelled(hidden.place).path, cwd))
    marks = ("" if used or hidden.verb == "enable" else " (unused)" for used in hidden.used)
    rules = ", ".join(f"{rule}{mark}" for rule, mark in zip(hidden.rules, marks, strict=True)) or "malformed"
    reason = f": {escape.message(hidden.reason)}" if hidden.reason else ""
    return f"{path}:{span.line}:{span.column}: {hidden.verb} {escape.inline(rules)}{reason}"


def _record(hidden: Hidden, cwd: str) -> dict[str, object]:
    return {
        "path": relative_path(hidden.place.path, cwd).encode("utf-8", "replace").decode(),
        "cell": hidden.place.cell or None,
        "line": hidden.place.span.line,
        "column": hidden.place.span.column,
        "form": hidden.verb,
        "rules": [{"rule": rule, "used": used} for rule, used in zip(hidden.rules, hidden.used, strict=True)],
        "reason": hidden.reason.encode("utf-8", "replace").decode(),
    }

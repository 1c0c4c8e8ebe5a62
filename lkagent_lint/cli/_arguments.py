"""``@FILE`` on the command line: the arguments that a file holds, one a line."""

from __future__ import annotations

import os

import click

_MARK = "@"
_LIMIT = 10_000_000


def expanded(arguments: list[str]) -> list[str]:
    """The arguments with each ``@FILE`` replaced by the lines of that file; blank lines are left out.

    A line is one argument whatever it holds, and no line is expanded again. Nothing behind ``--`` is expanded; a file
    whose name begins with ``@`` is ``./@name``. Raises ClickException for a file that cannot be read.
    """
    found: list[str] = []
    for number, argument in enumerate(arguments):
        if argument == "--":
            return [*found, *arguments[number:]]
        if argument.startswith(_MARK) and len(argument) > 1:
            found += _lines(argument[1:])
        else:
            found.append(argument)
    return found


def _lines(path: str) -> list[str]:
    from lkagent_lint.sources.reading import Unreadable, read

    data = read(path, _LIMIT)
    if isinstance(data, Unreadable):
        raise click.ClickException(f"cannot read the arguments in {path}: {data.reason}")
    lines = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").split(b"\n")
    if any(b"\0" in line for line in lines):
        raise click.ClickException(f"cannot read the arguments in {path}: it holds a null byte")
    return [os.fsdecode(line) for line in lines if line.strip()]

"""A Python file that Python refuses.

## What it does

Reports a Python file that takes part in an agent project and that neither this Python nor libcst can parse, at the
line where parsing stopped, and one that can be parsed and not compiled: `await`, `async for` or `async with` outside a
coroutine function, `return`, `yield` or `break` out of their place, one name for two parameters, one keyword given
twice, a late `__future__` import, `nonlocal` without a function around it. All other files are still checked.

## Why it is bad

The file cannot be imported, so the agent cannot start. It also leaves a hole in what the linter knows: rules that
speak about the absence of something (LKA201, LKA203) stay silent while it is there.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

On syntax that is newer than the Python that runs the linter: libcst parses up to Python 3.15, and what it alone can
read is not compiled. Under flake8, which
reports E999 itself. On files that never mention LiveKit and are not imported by one that does.

## Evidence

The message and position are those of the Python that runs the linter. 2,888 files of 120 public repositories were
compiled, and none was refused.

## Fix safety

There is no fix.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Severity
from lkagent_lint.facts.file import ProblemKind
from lkagent_lint.questions.subject import Subject
from lkagent_lint.rules._base import Meta
from lkagent_lint.sources.sdk.releases import Basis

META = Meta(
    "LKA001",
    "syntax-error",
    Severity.ERROR,
    "a Python file that cannot be parsed or compiled",
    host_reports=True,
    basis=Basis.NOTHING,
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    for path, facts in subject.project.files.items():
        for problem in facts.problems:
            if problem.kind is ProblemKind.SYNTAX:
                yield META.at(
                    Place(path, problem.span),
                    "Python refuses this file",
                    note=problem.message,
                    help="mend it; nothing of it was checked",
                    label="it stops here",
                )

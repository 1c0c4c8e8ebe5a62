"""The signal to end never reaches the worker.

## What it does

Reports an image, a service or a container whose first process is not the worker and passes no signal on: a shell that
runs a command as its child, a script whose last line is not `exec`, a script of npm, pnpm or yarn, a worker that is
put into the background.

## Why it is bad

A container is told to end by SIGTERM to its first process. Where that is a shell it ignores the signal, and the
worker is killed when its time is over; a package manager ends at once, and the worker with the container. Either way
it never drains, and every deployment cuts the calls that it has.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

With `exec`; with a `trap` in the script; behind `dumb-init` or `tini -g`, which signal the whole group; where the
shell is bash and the worker is the last of its commands, because bash becomes it; on bases where `sh` is another
shell than dash (Alpine, Fedora and their relatives); under systemd, which signals every process; for `uv run`,
`poetry run` and `pnpm exec`.

## Evidence

Run with dash 0.5.12, bash 5.2, npm 11.19.1, pnpm 10.34.9 and yarn 1.22.22: a process that waits for SIGTERM got none
behind `sh -c`, a script of `sh` or `bash`, `npm start`, `pnpm start`, `yarn start`, and got it behind `bash -c` and
`pnpm exec`. Dockerfile reference ("Shell form ENTRYPOINT example"); livekit/agents-js#275.

## Fix safety

Unsafe: `exec` is put before the last command of a shell, which becomes the worker then: what a shell would do at its
end is not done. The exec form is not always the same command, because a shell expands variables. For scripts, package
managers and workers in the background there is no fix.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Severity
from lkagent_lint.facts.deployment import ProcessCommand, ProcessFact, ProcessKind
from lkagent_lint.intents import Begin, Fix, unsafe
from lkagent_lint.questions.deployment import Started
from lkagent_lint.questions.programs import Runs
from lkagent_lint.questions.subject import Subject
from lkagent_lint.rules._base import Meta
from lkagent_lint.sources.sdk.releases import Basis

META = Meta(
    "LKA604",
    "signal-not-forwarded",
    Severity.WARNING,
    "the signal to end does not reach the worker",
    basis=Basis.NOTHING,
)

_RUNNING = frozenset({"start", "dev", "connect"})
_CONTAINERS = frozenset({ProcessKind.IMAGE, ProcessKind.COMPOSE, ProcessKind.POD})
_OTHER_SHELL = re.compile(
    r"alpine|fedora|centos|rocky|alma|ubi\d|amazonlinux|wolfi|chainguard|busybox|\$", re.IGNORECASE
)

_ASSIGNS = re.compile(r"[A-Za-z_]\w*=")
"""A variable for one command, which stands before it."""


def check(subject: Subject) -> Iterator[Diagnostic]:
    for started in subject.deployment.started:
        process = started.process
        if process.kind not in _CONTAINERS or process.inherits or started.mode not in _RUNNING:
            continue
        reason = _reason(started)
        if reason is not None and not started.for_development:
            yield META.at(
                started.place,
                "SIGTERM does not reach the worker",
                note=f"{reason}, and every deployment cuts its calls",
                help=f"make the worker the first process, {_advice(started)}",
                label="the worker is started here",
                subject=process.name,
                fix=_fix(started),
            )


def _fix(started: Started) -> Fix | None:
    """Where the shell's last command is the worker, and is written in the file itself."""
    ((process, command, program), *others) = started.steps
    words = tuple(itertools.dropwhile(_ASSIGNS.match, command.words))
    is_last = bool(process.shell) and command.last and not command.background and not program.is_exec
    if others or not is_last or not words:
        return None
    return unsafe("let the shell become the worker", Begin(started.place, words, "exec"))


def _reason(started: Started) -> str | None:
    """What stands between the first process and the worker; None where the signal gets through, or may."""
    for process, command, program in started.steps:
        if program.reaches_group or _traps(process):
            return None
        if command.background:
            return "a shell is the first process and starts the worker in the background"
        if process.shell and not program.is_exec and _stays(process, command):
            shell = "a shell" if process.kind is not ProcessKind.SCRIPT else f"the shell that runs {process.name}"
            return f"{shell} is the first process and passes no signal on"
        if program.runs is Runs.NAMED_SCRIPT:
            return f"{program.manager} is the first process and passes no signal on"
    return None


def _stays(process: ProcessFact, command: ProcessCommand) -> bool:
    """Whether the shell surely waits for the command as its parent. Bash becomes the last command of ``-c``."""
    if process.kind is ProcessKind.SCRIPT or not command.last:
        return True
    return process.shell in ("sh", "dash") and _OTHER_SHELL.search(process.base) is None


def _traps(process: ProcessFact) -> bool:
    firsts = [word for command in process.commands for word in command.words[:1]]
    return "trap" in firsts


def _advice(started: Started) -> str:
    (first, _, _), (_, command, _) = started.steps[0], started.steps[-1]
    words = command.words
    if len(started.steps) > 1 or len(first.commands) > 1 or "$" in "".join(words):
        return "by exec before its command"
    listed = ", ".join(f'"{each}"' for each in words)
    return f"as by [{listed}]"

"""What is deployed runs the agent's file without a command, so nothing is started.

## What it does

Reports an image, a manifest, a unit or a list of processes that runs a file of this project which hands its command
line to `cli.run_app`, and gives it no command.

## Why it is bad

`cli.run_app` is a command line of its own: without `start` it prints its help and ends, in Python with exit code 0.
The container is started again and again, nothing registers, and no call is answered.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

Where the file changes its command line or has one of its own (`sys.argv`, argparse, click, typer); where what follows
the file comes from a variable; where a service gives the command; and for Node.

## Evidence

Run on livekit-agents 1.8.9 and 2.0.0b1: the help, exit code 0.

## Fix safety

Unsafe: `start` is put behind the file. Where the command is written in a way that is not read there is no fix.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Related, Severity
from lkagent_lint.intents import FollowWord, unsafe
from lkagent_lint.languages import PYTHON
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import shortened
from lkagent_lint.rules._base import Meta
from lkagent_lint.sources.sdk.releases import Basis
from lkagent_lint.text import START_OF_FILE

META = Meta(
    "LKA602",
    "start-without-command",
    Severity.ERROR,
    "what is deployed runs the agent's file without a command",
    basis=Basis.NOTHING,
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    deployment = subject.deployment
    for started in deployment.started:
        is_bare = started.mode == "" and started.worker.endswith(PYTHON) and not started.process.inherits
        if is_bare and deployment.takes_arguments_as_given(started.worker) and not deployment.is_given_more(started):
            name = os.path.basename(started.worker)
            last = started.command.words[-1:] or (name,)
            yield META.at(
                started.place,
                f"{shortened(started.by, 24)} runs {shortened(name, 22)} without a command",
                note="cli.run_app() prints its help and ends, and no worker registers",
                help='add "start"',
                label="no command",
                culprit=(name,),
                related=[Related(Place(started.worker, START_OF_FILE), "the worker")],
                subject=started.process.name,
                fix=unsafe("start it", FollowWord(started.place, last[0], "start")),
            )

"""What is deployed starts the worker in a mode for development.

## What it does

Reports an image, a manifest, a unit or a list of processes that starts a worker of this project with `dev` or
`console`.

## Why it is bad

In `dev` the worker does not drain when it is told to end, so every deployment cuts the calls that it has. It keeps no
process ready, so each call waits for one to start, and it takes jobs however loaded it is. `console` talks to the
terminal and registers no worker at all.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

In files, stages and services that say that they are for development or tests, such as `Dockerfile.dev`,
`compose.override.yaml`, a stage `dev` or a service `agent-dev`; where the mode comes from a variable; and where it is
not known that the command runs a worker of this project.

## Evidence

livekit-agents 1.8.9, `cli/cli.py` 437 (it drains only outside of dev mode), `worker.py` (`num_idle_processes`,
`load_threshold`); livekit/agents#6286.

## Fix safety

Safe: the mode is replaced by `start`, where it stands once as a word in the command.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Related, Severity
from lkagent_lint.intents import Rename, safe
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import shortened
from lkagent_lint.rules._base import Meta
from lkagent_lint.sources.sdk.releases import Basis
from lkagent_lint.text import START_OF_FILE

META = Meta(
    "LKA601",
    "dev-mode-in-production",
    Severity.WARNING,
    "what is deployed starts the worker in a mode for development",
    basis=Basis.NOTHING,
)

_MODES = {
    "dev": "it does not drain, so every deployment cuts its calls, and keeps no process ready",
    "console": "it talks to the terminal and registers no worker",
}


def check(subject: Subject) -> Iterator[Diagnostic]:
    for started in subject.deployment.started:
        what = _MODES.get(started.mode or "")
        # A service that runs its image's own command repeats what is said of the image.
        if what is not None and not started.for_development and not started.process.inherits:
            yield META.at(
                started.place,
                f'{shortened(started.by)} starts the worker with "{started.mode}"',
                note=what,
                help='start it with "start"',
                label="a mode for development",
                culprit=(started.mode or "",),
                related=[Related(Place(started.worker, START_OF_FILE), "the worker")],
                subject=started.process.name,
                fix=safe('start it with "start"', Rename(started.place, started.mode or "", "start")),
            )

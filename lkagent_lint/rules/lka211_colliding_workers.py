"""Two different agents register under one name.

## What it does

Reports a worker whose name, or the lack of one, another worker of the same package has too, while the two run
different entry functions, or agent files of Node. One finding a worker after the first.

## Why it is bad

The server gives each job to one of the workers of that name, and it does not matter to it which: callers reach this
agent or that one by chance.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When a name or an entry function is not known; when both run the same entry function; in different packages; in test
files; and by default, because copies of an agent beside the original are common and harmless where only one of them
is run. Ask for it with `select = ["LKA", "LKA211"]`.

## Evidence

livekit server 788d4c3, `pkg/service/agentservice.go` 410-446 (one of the workers of a key is chosen by load).

## Fix safety

There is no fix: which of the two is meant is a decision.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Related, Severity
from lkagent_lint.project.agent_names import Known
from lkagent_lint.project.records import Worker
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import quoted, where
from lkagent_lint.rules._base import Default, Meta

META = Meta(
    "LKA211", "colliding-workers", Severity.WARNING, "two different agents under one name", default=Default.PREVIEW
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    first: dict[tuple[str, str], Worker] = {}
    for worker in subject.project.workers:
        if worker.in_tests or not isinstance(worker.name, Known) or not _runs(worker):
            continue
        other = first.setdefault((worker.package, worker.name.value), worker)
        is_same_server = worker.server is not None and worker.server == other.server  # of two on one, LKA305 speaks
        if other is not worker and _runs(other) != _runs(worker) and not is_same_server:
            name = f"the name {quoted(worker.name.value, 30)}" if worker.name.value else "no name"
            yield META.at(
                worker.place,
                f"two different agents register under {name}",
                note=f"so does the other one ({where(other.place, worker.place)}), and each job goes to one of them by "
                "chance",
                help="give them different names",
                label="this one is registered here",
                culprit=(worker.name.value,),
                related=[Related(other.place, "the other one is registered here")],
                subject=worker.name.value,
            )


def _runs(worker: Worker) -> frozenset[object]:
    """What a worker runs: its entry functions, or the file of a Node agent. Empty where it is not known."""
    return frozenset(worker.entries) if worker.agent_file is None else frozenset({worker.agent_file})

"""Two different agents register under one name.

## What it does

Reports a worker whose name, or the lack of one, another worker of the same package has too, while the two run
different entry functions, or agent files of Node. One finding for all of a name, at the second; the others are its
places.

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


_MOST = 8
"""Others that are named."""


def check(subject: Subject) -> Iterator[Diagnostic]:
    first: dict[tuple[str, str], Worker] = {}
    others: dict[tuple[str, str], list[Worker]] = {}
    for worker in subject.project.workers:
        if worker.in_tests or not isinstance(worker.name, Known) or not _runs(worker):
            continue
        key = (worker.package, worker.name.value)
        other = first.setdefault(key, worker)
        is_same_server = worker.server is not None and worker.server == other.server  # of two on one, LKA305 speaks
        if other is not worker and _runs(other) != _runs(worker) and not is_same_server:
            others.setdefault(key, []).append(worker)
    for key, (second, *more) in others.items():
        yield _finding(key[1], first[key], second, more)


def _finding(name: str, first: Worker, second: Worker, more: list[Worker]) -> Diagnostic:
    """One for all that share a name: it stands at the second."""
    count = f"{len(more) + 2}" if more else "two"
    return META.at(
        second.place,
        f"{count} different agents register under {f'the name {quoted(name, 30)}' if name else 'no name'}",
        note=f"so does the first one ({where(first.place, second.place)}), and each job goes to one of them by chance",
        help="give them different names",
        label="this one is registered here",
        culprit=(name,),
        related=[
            Related(first.place, "the first one is registered here", (name,)),
            *(Related(each.place, "and one more here", (name,)) for each in more[:_MOST]),
        ],
        subject=name,
    )


def _runs(worker: Worker) -> frozenset[object]:
    """What a worker runs: its entry functions, or the file of a Node agent. Empty where it is not known."""
    return frozenset(worker.entries) if worker.agent_file is None else frozenset({worker.agent_file})

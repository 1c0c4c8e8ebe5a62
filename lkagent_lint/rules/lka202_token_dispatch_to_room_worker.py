"""A token's `RoomAgentDispatch` names a worker that is registered as JT_ROOM.

## What it does

Reports a worker whose job type is JT_ROOM (the default) and whose name a token's room configuration carries. One
finding a worker; the tokens are its related places.

## Why it is bad

The lifecycle reference asks for matching job types on both sides: a dispatch in a client's token belongs to a
participant, the worker asks for rooms. What the server does is this: it has no job type on the dispatch side and
offers every dispatch to all types, but a token's configuration counts only if that join creates the room, and a
JT_ROOM job is offered only once, when the room is created. So if the room exists already, or the worker is not up at
that moment, the dispatch is dropped and nobody is told.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

If your rooms are always created by the join that carries the token, the pairing works, and this turns the finding
off:

```toml
[tool.lkagent-lint]
job-type-model = "server"
```

Where the token's function surely makes the room's name anew, from the clock, from chance or as a UUID, the finding is
an info: that join creates the room, and only a worker that is not up loses the job.

## When it stays silent

When the job type or either name is not known, when a room configuration is not seen to go into a token, for SIP
rules, in test files, and under `job-type-model = "server"`.

## Evidence

livekit server 788d4c3: `pkg/service/roommanager.go` 651-653 (an existing room returns before the configuration is
read), `pkg/rtc/room.go` 308-310 (JT_ROOM is launched at creation); livekit/livekit#4390. Tried on livekit-server
1.13.5: `docs/server-behaviour.md`.

## Fix safety

There is no fix: the cure is in another place.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Related, Severity
from lkagent_lint.facts.file import DispatchKind
from lkagent_lint.project.agent_names import AgentName, FromEnv, JobType, Known
from lkagent_lint.project.records import Dispatch, Worker
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import quoted, shortened, where
from lkagent_lint.rules._base import Meta

META = Meta(
    "LKA202",
    "token-dispatch-to-room-worker",
    Severity.WARNING,
    "a token's `RoomAgentDispatch` names a worker that is registered as JT_ROOM",
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    tokens: dict[tuple[str, str], list[Dispatch]] = {}
    for each in project.dispatches:
        if each.kind is DispatchKind.TOKEN and not each.in_tests and (key := _identity(each.name)) is not None:
            tokens.setdefault(key, []).append(each)
    waiting: dict[tuple[str, tuple[str, str]], list[Worker]] = {}
    for worker in project.workers:
        if worker.in_tests or worker.job_type is not JobType.ROOM:
            continue
        if project.settings(worker.place.path).job_type_model == "server":
            continue
        key = _identity(worker.name)
        if key is not None and key in tokens:
            waiting.setdefault((worker.package, key), []).append(worker)
    for (_, key), workers in waiting.items():
        yield _finding(workers, tokens[key])


def _identity(name: AgentName) -> tuple[str, str] | None:
    """What two sides must share: a name that is known, or a variable of the environment, whatever its value is."""
    match name:
        case Known(value) if value:
            return "name", value
        case FromEnv(variable):
            return "variable", variable
        case _:
            return None


def _finding(workers: list[Worker], tokens: list[Dispatch]) -> Diagnostic:
    worker, *others = workers
    name = worker.name.value if isinstance(worker.name, Known) else ""
    shown = (
        quoted(name, 32)
        if name
        else f"from {shortened(worker.name.variable)}"
        if isinstance(worker.name, FromEnv)
        else ""
    )
    title = f"a token asks for the JT_ROOM agent {shown}"
    culprit = (name or (worker.name.variable if isinstance(worker.name, FromEnv) else ""), "agent_name", "agentName")
    related = [
        *(Related(token.place, "a token asks for the agent here", culprit) for token in tokens),
        *(Related(each.place, "an agent of the same name is registered here") for each in others),
    ]
    first = next((each for each in tokens if not each.is_fresh), None)
    if first is None:
        first = tokens[0]
        return META.at(
            worker.place,
            title,
            note=f"a token's RoomAgentDispatch asks for it ({where(first.place, worker.place)}); the room's name is "
            "made anew there, so that the join creates the room, but if the worker is not up at that moment the job is "
            "dropped silently",
            help='set job-type-model = "server" if that is meant',
            label="it is registered as JT_ROOM",
            culprit=culprit,
            severity=Severity.INFO,
            related=related,
            subject=name,
        )
    return META.at(
        worker.place,
        title,
        note=f"a token's RoomAgentDispatch asks for it ({where(first.place, worker.place)}), and such a job is offered "
        "only if that join creates the room while the worker is up, otherwise it is dropped silently",
        help="use create_dispatch or agents in room creation, or set "
        'job-type-model = "server" if rooms are always fresh',
        label="it is registered as JT_ROOM",
        culprit=culprit,
        related=related,
        subject=name,
    )

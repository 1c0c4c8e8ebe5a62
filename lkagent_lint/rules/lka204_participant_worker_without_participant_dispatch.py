"""Only room-level dispatches ask for a worker that is registered as JT_PARTICIPANT.

## What it does

Reports a worker whose job type is JT_PARTICIPANT, which only Node agents can register, and whose name is dispatched
by nothing but `createDispatch` and room creation. One finding a worker; the dispatches are its related places.

## Why it is bad

The lifecycle reference asks for matching job types on both sides: a dispatch of a room asks for one agent for the
room, the worker asks for participants. What the server does is this: it offers the worker a job for a participant who
joins, so a room with three visitors has three agents, and one without visitors has none.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When a token, a SIP rule or a connector dispatches the agent as well; when the job type or either name is not known;
in test files; and under `job-type-model = "server"`.

## Evidence

livekit server 788d4c3, `pkg/rtc/room.go` 474 (JT_PARTICIPANT at every join). Tried on livekit-server 1.13.5:
`docs/server-behaviour.md`.

## Fix safety

There is no fix: the cure is in another place.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Related, Severity
from lkagent_lint.facts.file import DispatchKind
from lkagent_lint.project.agent_names import JobType, Known
from lkagent_lint.project.records import Dispatch
from lkagent_lint.questions.dispatches import names_of
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import quoted, where
from lkagent_lint.rules._base import IN_NODE, Meta

META = Meta(
    "LKA204",
    "participant-worker-without-participant-dispatch",
    Severity.WARNING,
    "only room-level dispatches ask for a worker that is registered as JT_PARTICIPANT",
    sdks=IN_NODE,
)

_ROOM_LEVEL = frozenset({DispatchKind.API, DispatchKind.ROOM, DispatchKind.COMMAND})


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    asked: dict[str, list[Dispatch]] = {}
    for dispatch in project.dispatches:
        names = names_of(dispatch)
        if names is None:
            return
        for name in dict.fromkeys(names):
            asked.setdefault(name, []).append(dispatch)
    for worker in project.workers:
        if worker.in_tests or worker.job_type is not JobType.PARTICIPANT or not isinstance(worker.name, Known):
            continue
        if project.settings(worker.place.path).job_type_model == "server" or not worker.name.value:
            continue
        name = worker.name.value
        asking = asked.get(name, [])
        if asking and all(map(_is_room_level, asking)):
            yield META.at(
                worker.place,
                f"only rooms ask for the JT_PARTICIPANT agent {quoted(name, 28)}",
                note=f"it is asked for by dispatches of a room alone ({where(asking[0].place, worker.place)}), and "
                "gets a job for each participant who joins, and none for the room",
                help="register it as JT_ROOM, dispatch it by a token, or set "
                'job-type-model = "server" if that is meant',
                label="it is registered as JT_PARTICIPANT",
                culprit=("JT_PARTICIPANT", name),
                related=[Related(each.place, "the agent is asked for here", (name,)) for each in asking],
                subject=name,
            )


def _is_room_level(dispatch: Dispatch) -> bool:
    return dispatch.kind in _ROOM_LEVEL and not dispatch.presence and not dispatch.in_tests

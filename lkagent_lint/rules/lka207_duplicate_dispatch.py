"""One agent is dispatched twice into one room.

## What it does

Reports a function, in Python or JavaScript, in which two requests of the dispatch API, of which the second can follow
the first, ask for the same agent and the same room.

## Why it is bad

Each of these dispatches is a job of its own. The agent joins twice: two voices answer.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When the names or the rooms are not spelled alike, on paths that exclude each other, when the requests stand in
different functions, and in test files. A token beside a request is no duplicate: the request has created the room
when the token is used, and its agents are ignored then.

## Evidence

Tried on livekit-server 1.13.5, where two requests give two jobs, and a request before the join with the token gives
one: `docs/server-behaviour.md`.

## Fix safety

There is no fix yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from lkagent_lint.diagnostics import Diagnostic, Place, Related, Severity
from lkagent_lint.facts import values as v
from lkagent_lint.facts.file import DispatchKind, FileFacts
from lkagent_lint.facts.flows import Do, Flow
from lkagent_lint.project.agent_names import Known
from lkagent_lint.project.records import Dispatch
from lkagent_lint.questions.dispatches import is_spoken_of
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import quoted, where
from lkagent_lint.rules._base import Meta
from lkagent_lint.sources.sdk.releases import Basis

META = Meta(
    "LKA207", "duplicate-dispatch", Severity.WARNING, "one agent is dispatched twice into one room", basis=Basis.NOTHING
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    spoken_of: dict[str, list[Dispatch]] = {}
    for each in project.dispatches:
        if each.kind is DispatchKind.API and is_spoken_of(each) and isinstance(each.name, Known) and each.name.value:
            spoken_of.setdefault(each.place.path, []).append(each)
    for path, facts in project.files.items():
        named = spoken_of.get(path, [])
        for flow in facts.flows.values() if len(named) > 1 else ():
            yield from _in(flow, named)
        yield from _in_script(facts, named)


def _in(flow: Flow, dispatches: list[Dispatch]) -> Iterator[Diagnostic]:
    calls = {call.span: number for number, call in enumerate(flow.calls) if call.span is not None}
    own = sorted((each for each in dispatches if each.place.span in calls), key=lambda each: each.place)
    for first, second in combinations(own, 2):
        if first.name != second.name:
            continue
        numbers = calls[first.place.span], calls[second.place.span]
        rooms = [_room(flow, number) for number in numbers]
        if rooms[0] is not None and rooms[0] == rooms[1] and _follows(flow, *numbers):
            yield _finding(first, second, flow)


def _in_script(facts: FileFacts, dispatches: list[Dispatch]) -> Iterator[Diagnostic]:
    """JavaScript: two requests of one block, for one room."""
    spelled = {each.span: each for each in facts.dispatches if each.room is not None and each.block}
    own = sorted((each for each in dispatches if each.place.span in spelled), key=lambda each: each.place)
    for first, second in combinations(own, 2):
        left, right = spelled[first.place.span], spelled[second.place.span]
        if first.name == second.name and (left.flow, left.block, left.room) == (right.flow, right.block, right.room):
            yield _finding(first, second, facts.flows[left.flow])


def _room(flow: Flow, number: int) -> v.Expr | None:
    """The room that a request is for, as it is spelled; None where it is not."""
    found = dict(flow.calls[number].keywords).get("room")
    return found if isinstance(found, (v.Name, v.Text, v.Attribute)) else None


def _follows(flow: Flow, first: int, second: int) -> bool:
    """Whether a path leads from one call to another without coming back."""
    homes = {
        step.call: number for number, block in enumerate(flow.blocks) for step in block.steps if isinstance(step, Do)
    }
    if first not in homes or second not in homes:
        return False
    seen: set[int] = set()
    stack = [homes[first]]
    while stack:
        here = stack.pop()
        if here not in seen:
            seen.add(here)
            stack.extend(flow.blocks[here].next)
    return homes[second] in seen


def _finding(first: Dispatch, second: Dispatch, flow: Flow) -> Diagnostic:
    name = first.name.value if isinstance(first.name, Known) else ""
    place: Place = second.place
    return META.at(
        place,
        f"the agent {quoted(name)} is dispatched into this room a second time ({where(first.place, place)} is the "
        "first), and each dispatch is a job of its own: two agents join",
        related=[Related(first.place, "the first dispatch is here")],
        subject=flow.name,
        key=(name,),
    )

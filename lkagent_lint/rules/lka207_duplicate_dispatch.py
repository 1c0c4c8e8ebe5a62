"""One agent is dispatched twice into one room.

## What it does

Reports a function, in Python or JavaScript, in which two requests of the dispatch API, of which the second can follow
the first, ask for the same agent and the same room; in which one request object is given to the API twice; in which a
loop of tries asks again although the try before has worked; and which a web server runs for each request and which
dispatches into the one room for which its tokens are.

## Why it is bad

Each of these dispatches is a job of its own. The agent joins twice: two voices answer.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When the names or the rooms are not spelled alike, on paths that exclude each other, when the requests stand in
different functions, and in test files. In a loop that the first request that works leaves, or that asks `list_dispatch`
first, whose room or name changes from round to round, or in which nothing speaks of tries: neither a number of rounds
nor an exception that is caught. In a route whose room is not always the same, or that dispatches under a condition. A
token beside a request is no duplicate: the request has created the room when the token is used, and its agents are
ignored then.

## Evidence

Tried on livekit-server 1.13.5, where two requests give two jobs, and a request before the join with the token gives
one: `docs/server-behaviour.md`.

## Fix safety

There is no fix yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from lkagent_lint.diagnostics import Diagnostic, Place, Related, Severity
from lkagent_lint.facts import values as v
from lkagent_lint.facts.file import DispatchKind, FileFacts
from lkagent_lint.facts.flows import RAISE_BLOCK, Do, Flow
from lkagent_lint.facts.following import argument, given_to
from lkagent_lint.facts.loops import is_the_same, loops_around
from lkagent_lint.facts.paths import leads_to, surely_runs
from lkagent_lint.facts.scopes import owner_of
from lkagent_lint.project.agent_names import AgentName, FromEnv, Known, name_of
from lkagent_lint.project.call_words import word_of
from lkagent_lint.project.records import Dispatch, Project
from lkagent_lint.questions.dispatches import is_spoken_of
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import quoted, where
from lkagent_lint.rules._base import Meta
from lkagent_lint.sources.sdk.releases import Basis
from lkagent_lint.text import Span

META = Meta(
    "LKA207", "duplicate-dispatch", Severity.WARNING, "one agent is dispatched twice into one room", basis=Basis.NOTHING
)

_ASKING = frozenset(
    {"list_dispatch", "get_dispatch", "delete_dispatch", "listDispatch", "getDispatch", "deleteDispatch"}
)
"""Who asks what there is, or takes it away, dispatches with care."""


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    spoken_of: dict[str, list[Dispatch]] = {}
    for each in project.here.dispatches:
        if each.kind is DispatchKind.API and is_spoken_of(each) and isinstance(each.name, Known) and each.name.value:
            spoken_of.setdefault(each.place.path, []).append(each)
    for path, named in spoken_of.items():
        facts = project.files[path]
        for flow in facts.flows.values():
            yield from _in(flow, named)
            requests = list(_requests(flow, facts, named))
            yield from _given_twice(flow, requests)
            yield from _tried_again(flow, facts, requests)
            yield from _for_everyone(project, path, flow, requests)
        yield from _in_script(facts, named)


class _GivenRequest(NamedTuple):
    """A request that is given to the API."""

    call: int
    """The call that gives it."""
    span: Span
    made: int
    """The call that makes it; in JavaScript the same."""
    dispatch: Dispatch
    room: v.Expr | None


def _requests(flow: Flow, facts: FileFacts, dispatches: list[Dispatch]) -> Iterator[_GivenRequest]:
    """Every request of a function that is made there, too."""
    at = {each.place.span: each for each in dispatches}
    spelled = [each for each in facts.dispatches if each.flow == flow.name and each.room is not None]
    for number, call in enumerate(flow.calls):
        if call.span is None or word_of(call) not in ("create_dispatch", "createDispatch"):
            continue
        if facts.language == "javascript":
            for each in spelled:
                if each.span in at and _holds(call.span, each.span):
                    yield _GivenRequest(number, call.span, number, at[each.span], each.room)
            continue
        made = _made(argument(call, 0, "create"), flow, facts)
        span = None if made is None else flow.calls[made].span
        if made is not None and span in at:
            yield _GivenRequest(number, call.span, made, at[span], dict(flow.calls[made].keywords).get("room"))


def _holds(outer: Span, inner: Span) -> bool:
    begins = (outer.line, outer.column) <= (inner.line, inner.column)
    return begins and (inner.end_line, inner.end_column) <= (outer.end_line, outer.end_column)


def _made(request: v.Expr | None, flow: Flow, facts: FileFacts) -> int | None:
    """The call of the function that makes a request, in place or in the one variable that holds it."""
    if isinstance(request, v.Name):
        home = owner_of(facts, flow, request.name)
        held = flow.variables.get(request.name, ()) if home is flow else ()
        is_changed = any(store.base == request for store in flow.stores)
        request = held[0] if len(held) == 1 and not is_changed else None
    return request.call if isinstance(request, v.Result) else None


def _given_twice(flow: Flow, requests: list[_GivenRequest]) -> Iterator[Diagnostic]:
    for first, second in combinations(requests, 2):
        if first.made == second.made and first.call != second.call and leads_to(flow, first.call, second.call):
            yield _finding(
                first.dispatch, second.dispatch, flow, Place(first.dispatch.place.path, first.span), second.span
            )


def _tried_again(flow: Flow, facts: FileFacts, requests: list[_GivenRequest]) -> Iterator[Diagnostic]:
    counted = {each.head for each in flow.counted}
    for given in requests:
        changing = (given.room, *given_to(flow.calls[given.made]))
        if given.room is None or not all(is_the_same(each, flow, facts) for each in changing if each is not None):
            continue
        for head, rounds in loops_around(flow, given.call):
            calls = [
                flow.calls[step.call] for each in rounds for step in flow.blocks[each].steps if isinstance(step, Do)
            ]
            is_caught = any(
                Do(given.call) in flow.blocks[each].steps and RAISE_BLOCK not in flow.blocks[each].raises
                for each in rounds
            )
            if (head in counted or is_caught) and not any(word_of(each) in _ASKING for each in calls):
                yield _again(given.dispatch, flow)
                break


def _for_everyone(project: Project, path: str, flow: Flow, requests: list[_GivenRequest]) -> Iterator[Diagnostic]:
    """Whoever asks for a token of one and the same room brings one more agent into it."""
    if not requests or any(word_of(call) in _ASKING for call in flow.calls):
        return
    activation = project.evaluator.usual(path, flow)
    rooms = {name for each in _granted(flow) if _is_fixed(name := name_of(activation.value(each)))}
    if not rooms:
        return
    from lkagent_lint.questions.web_routes import answers_requests  # few projects let people into one fixed room

    if not answers_requests(project, path, flow):
        return
    for given in requests:
        room = None if given.room is None else name_of(activation.value(given.room))
        if room is not None and room in rooms and surely_runs(flow, given.call):
            yield _by_everyone(given, flow, room)


def _is_fixed(room: AgentName) -> bool:
    """The name is the same for every request."""
    return isinstance(room, FromEnv) or (isinstance(room, Known) and bool(room.value))


def _granted(flow: Flow) -> Iterator[v.Expr]:
    """The rooms that a function's tokens are for."""
    for call in flow.calls:
        named = dict(call.keywords)
        if word_of(call) in ("VideoGrants", "VideoGrant") and "room" in named:
            yield named["room"]
        if word_of(call) == "addGrant" and call.args and isinstance(call.args[0], v.Mapping):
            yield from (value for key, value in call.args[0].entries if key == "room")


def _in(flow: Flow, dispatches: list[Dispatch]) -> Iterator[Diagnostic]:
    calls = {call.span: number for number, call in enumerate(flow.calls) if call.span is not None}
    own = sorted((each for each in dispatches if each.place.span in calls), key=lambda each: each.place)
    for first, second in combinations(own, 2):
        if first.name != second.name:
            continue
        numbers = calls[first.place.span], calls[second.place.span]
        rooms = [_room(flow, number) for number in numbers]
        if rooms[0] is not None and rooms[0] == rooms[1] and leads_to(flow, *numbers):
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


def _again(dispatch: Dispatch, flow: Flow) -> Diagnostic:
    name = dispatch.name.value if isinstance(dispatch.name, Known) else ""
    return META.at(
        dispatch.place,
        f"the agent {quoted(name, 22)} is dispatched again in every round of this loop",
        note="also when the one before has worked, and each dispatch is a job of its own in the room",
        help="leave the loop after the first that works",
        label="once more in every round",
        subject=flow.name,
        key=(name,),
    )


def _by_everyone(given: _GivenRequest, flow: Flow, room: AgentName) -> Diagnostic:
    name = given.dispatch.name.value if isinstance(given.dispatch.name, Known) else ""
    shown = quoted(room.value) if isinstance(room, Known) else "that the environment names"
    return META.at(
        given.dispatch.place,
        f"the agent {quoted(name, 20)} is dispatched by every request for a token",
        note=f"the tokens are all for the room {shown}, and each dispatch is a job of its own: whoever comes "
        "second brings another agent",
        help="name it in the token's room configuration, which counts when the room is made, or ask list_dispatch "
        "first",
        label="once more for every token",
        subject=flow.name,
        key=(name,),
    )


def _finding(
    first: Dispatch, second: Dispatch, flow: Flow, before: Place | None = None, here: Span | None = None
) -> Diagnostic:
    """``before`` and ``here`` say where the requests are given, if they are made elsewhere."""
    name = first.name.value if isinstance(first.name, Known) else ""
    place = second.place if here is None else Place(second.place.path, here)
    earlier = before or first.place
    return META.at(
        place,
        f"the agent {quoted(name, 21)} is dispatched into this room a second time",
        note=f"{where(earlier, place)} is the first, and each dispatch is a job of its own: two agents join",
        help="dispatch it once",
        label="the second dispatch is here",
        related=[Related(earlier, "the first dispatch is here")],
        subject=flow.name,
        key=(name,),
    )

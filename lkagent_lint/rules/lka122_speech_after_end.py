"""The session is asked to speak after it has ended.

## What it does

Reports `session.say()`, `generate_reply()` and `run()`

- in a shutdown callback and in a listener of the session's `close`, also in the project's functions that these call;
- after `session.aclose()` (Node: `session.close()`) has been awaited on every path that leads there;
- as a warning, right after `ctx.shutdown()`, where nobody waits for the speech.

## Why it is bad

A session is closed before its job's shutdown callbacks run, and when `close` is emitted it has no agent any more: the
call raises "RuntimeError: AgentSession isn't running", so the goodbye is never heard and the rest of the callback
never runs. A speech that is only begun after `ctx.shutdown()` is interrupted: the session is closed as soon as the
entry function has returned.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

Where the job makes several sessions, since another one may still run; where the session is started again, or went to
code that is not followed; in functions that are not surely registered; for a speech after `ctx.shutdown()` that is
awaited or kept; and before livekit-agents 1.3.1, which closed the session beside the callbacks.

## Evidence

livekit-agents 1.8.9, `job_proc_lazy_main.py` 441 (the session is closed, then the callbacks run) and
`voice/agent_session.py` 1318, 1568 and 1629; run. @livekit/agents 1.9.0, `voice/agent_session.js` 615, 757 and 1316
("AgentSession is not running"); run.

## Fix safety

There is no fix: what is to be said has to be said before the end is asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from lkagent_lint.diagnostics import Diagnostic, Place, Related, Severity
from lkagent_lint.facts.flows import Use
from lkagent_lint.questions.handlers import Handled
from lkagent_lint.questions.listeners import Handed
from lkagent_lint.questions.steps import Way
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import where, words
from lkagent_lint.rules._base import Meta
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.sources.sdk.vocabulary import Role
from lkagent_lint.typestate.automaton import Kind, Room, Session
from lkagent_lint.typestate.lifecycle import Event, State
from lkagent_lint.typestate.solver import Reached

META = Meta("LKA122", "speech-after-end", Severity.ERROR, "the session is asked to speak after it has ended")

_SPEAKS = frozenset({"session.say()", "session.generate_reply()", "session.run()"})
_CLOSED = State(room=Room.JOINED, session=Session.ENDED, sessions=1)
"""What callbacks of the job's end find."""


class _End(NamedTuple):
    """What is said of one speech."""

    place: Place
    function: str
    message: str
    related: Related
    severity: Severity = Severity.ERROR


def check(subject: Subject) -> Iterator[Diagnostic]:
    for end in (*_after_closing(subject), *_in_callbacks(subject)):
        yield META.at(
            end.place, end.message, related=[end.related], subject=end.function, severity=end.severity, key=("speech",)
        )


def _is_speech(event: Event) -> bool:
    return event.kind is Kind.SESSION_USE and event.detail in _SPEAKS


# In the job's own course


def _after_closing(subject: Subject) -> Iterator[_End]:
    for place, ways in subject.order.ways(lambda way: _is_speech(way.event)).items():
        if not any(each.is_ordinary for each in ways):
            continue
        if all(each.state.session is Session.ENDED for each in ways):
            yield _closed(place, ways, subject)
        elif all(map(_is_cut, ways)):
            yield _cut(place, ways)


def _closed(place: Place, ways: list[Way], subject: Subject) -> _End:
    closed = _before(place, (each for way in ways for each in _places(way, Kind.SESSION_CLOSE)))
    return _End(
        place,
        ways[0].reached.site.function,
        f"{_raises(ways[0].event, subject)}: the session has been closed before ({where(closed, place)}); speak first, "
        "and close it then",
        Related(closed, "the session is closed here"),
    )


def _is_cut(way: Way) -> bool:
    """The job has surely been told to shut down in its own course, and nobody waits for the speech."""
    asked = [each for each in way.solved.reached if each.event.kind.does.shuts]
    sure = way.state.shut and bool(asked) and not any(each.state.beside for each in asked)
    running = way.state.session is Session.STARTED and way.state.sessions == 1 and not way.state.beside
    return sure and running and way.event.place in _dropped(way)


def _dropped(way: Way) -> frozenset[Place]:
    """Where the function in which it stands throws away what a call gives."""
    function = way.reached.site.function
    return frozenset(
        activation.place(call.span)
        for activation in way.solved.entered
        if activation.path == way.event.place.path and activation.name == function
        for call in activation.flow.calls
        if call.use is Use.DROPPED
    )


def _cut(place: Place, ways: list[Way]) -> _End:
    asked = _before(place, (each for way in ways for each in _places(way, Kind.SHUTDOWN)))
    spoken = words(place)
    return _End(
        place,
        ways[0].reached.site.function,
        f"{spoken.spelt(ways[0].event.detail)} after {spoken.event(Kind.SHUTDOWN)} ({where(asked, place)}) is "
        "interrupted: the session is closed as soon as the entry function returns; wait for the speech before it",
        Related(asked, "the job is told to shut down here"),
        Severity.WARNING,
    )


def _places(way: Way, kind: Kind) -> Iterator[Place]:
    return (each.event.place for each in way.solved.reached if each.event.kind is kind)


def _before(place: Place, found: Iterable[Place]) -> Place:
    """The last of these before a place in its file, or else the first."""
    places = sorted(found)
    return max((each for each in places if each.path == place.path and each < place), default=places[0])


# In what runs at the end


def _in_callbacks(subject: Subject) -> Iterator[_End]:
    sdk = subject.project.sdk

    def wanted(handed: Handed) -> bool:
        at_the_end = handed.hands.role is Role.SHUTDOWN or handed.hears_the_end
        return at_the_end and bool(sdk(handed.place.path).has(Change.SESSION_CLOSED_BEFORE_CALLBACKS))

    for handled in subject.handlers.run(_CLOSED, wanted, Role.SHUTDOWN, Role.LISTENER):
        if not _has_several(subject, handled.handed):
            yield from _in_one(handled, subject)


def _has_several(subject: Subject, handed: Handed) -> bool:
    """A job that registers it makes several sessions."""
    registers = handed.activation.path, handed.activation.name
    return any(
        each.state.sessions > 1
        for solved in subject.solved
        if any((inside.path, inside.name) == registers for inside in solved.entered)
        for each in solved.reached
    )


def _in_one(handled: Handled, subject: Subject) -> Iterator[_End]:
    speeches: dict[Place, list[Reached]] = defaultdict(list)
    for reached in () if handled.course is None else handled.course.reached:
        if _is_speech(reached.event):
            speeches[reached.event.place].append(reached)
    registered = handled.handed.place
    is_callback = handled.handed.hands.role is Role.SHUTDOWN
    what = "a shutdown callback" if is_callback else "a listener of the session's end"
    for place, ways in speeches.items():
        ended = all(each.state.session is Session.ENDED for each in ways)
        if ended and any(not each.state.exceptional for each in ways):
            yield _End(
                place,
                ways[0].site.function,
                f"{_raises(ways[0].event, subject)}: this runs in {what} ({where(registered, place)} registers it), "
                "and the session is closed by then; speak before the end is asked for, and wait for it",
                Related(registered, f"it is registered here as {what}"),
            )


def _raises(event: Event, subject: Subject) -> str:
    spoken = words(event.place)
    error = spoken.not_running.format(subject.offers.called(event.place.path, "AgentSession"))
    return f"{spoken.spelt(event.detail)} {'throws' if spoken.spells_camel else 'raises'} {error}"

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

from collections.abc import Iterator
from typing import NamedTuple

from lkagent_lint.diagnostics import Diagnostic, Place, Related, Severity
from lkagent_lint.facts.flows import Use
from lkagent_lint.questions.afterwards import before, ways_before
from lkagent_lint.questions.listeners import Handed
from lkagent_lint.questions.steps import Way
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import where, words
from lkagent_lint.rules._base import Meta, Said
from lkagent_lint.typestate.automaton import Kind, Session
from lkagent_lint.typestate.lifecycle import Event

META = Meta("LKA122", "speech-after-end", Severity.ERROR, "the session is asked to speak after it has ended")

_SPEAKS = frozenset({"session.say()", "session.generate_reply()", "session.run()"})


class _End(NamedTuple):
    """What is said of one speech."""

    place: Place
    function: str
    said: Said
    related: Related
    severity: Severity = Severity.ERROR


def check(subject: Subject) -> Iterator[Diagnostic]:
    for end in (*_after_closing(subject), *_in_callbacks(subject)):
        yield META.at(
            end.place, end.said, related=[end.related], subject=end.function, severity=end.severity, key=("speech",)
        )


def _is_speech(event: Event) -> bool:
    return event.kind is Kind.SESSION_USE and event.detail in _SPEAKS


# In the job's own course


def _after_closing(subject: Subject) -> Iterator[_End]:
    for late in subject.afterwards.after_close(_is_speech):
        place = late.event.place
        yield _End(
            place,
            late.function,
            Said(
                f"{words(place).spelt(late.event.detail)} speaks in a session that has been closed",
                f"{_raises(late.event, subject)}: the session has been closed before ({where(late.end, place)})",
                "speak first, and close it then",
                "the session is closed by then",
            ),
            Related(late.end, "the session is closed here"),
        )
    for place, ways in subject.order.ways(lambda way: _is_speech(way.event)).items():
        if any(each.is_ordinary for each in ways) and all(map(_is_cut, ways)):
            yield _cut(place, ways)


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
    asked = before(place, (each for way in ways for each in ways_before(way, lambda does: does.shuts)))
    spoken = words(place)
    return _End(
        place,
        ways[0].reached.site.function,
        Said(
            f"{spoken.spelt(ways[0].event.detail)} after {spoken.event(Kind.SHUTDOWN)} is interrupted",
            f"the job was told to shut down ({where(asked, place)}), and the session is closed as soon as the entry "
            "function returns",
            f"wait for the speech before {spoken.event(Kind.SHUTDOWN)}",
            "this is cut",
        ),
        Related(asked, "the job is told to shut down here"),
        Severity.WARNING,
    )


# In what runs at the end


def _in_callbacks(subject: Subject) -> Iterator[_End]:
    for late in subject.afterwards.when_closed(_is_speech):
        if late.handed is not None and not _has_several(subject, late.handed):
            place = late.event.place
            yield _End(
                place,
                late.function,
                Said(
                    f"{words(place).spelt(late.event.detail)} speaks in {late.runs_in}",
                    f"{_raises(late.event, subject)}: this runs in {late.runs_in} ({where(late.end, place)} registers "
                    "it), and the session is closed by then",
                    "speak before the end is asked for, and wait for it",
                    "the session is closed by then",
                ),
                Related(late.end, f"it is registered here as {late.runs_in}"),
            )


def _has_several(subject: Subject, handed: Handed) -> bool:
    """A job that registers it makes several sessions."""
    registers = handed.activation.path, handed.activation.name
    return any(
        each.state.sessions > 1
        for solved in subject.solved
        if any((inside.path, inside.name) == registers for inside in solved.entered)
        for each in solved.reached
    )


def _raises(event: Event, subject: Subject) -> str:
    spoken = words(event.place)
    error = spoken.not_running.format(subject.offers.called(event.place.path, "AgentSession"))
    return f"{spoken.spelt(event.detail)} {'throws' if spoken.spells_camel else 'raises'} {error}"

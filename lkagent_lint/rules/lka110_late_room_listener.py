"""A room listener is registered after events can have been lost.

## What it does

Reports listeners for data, DTMF, text and byte streams that are registered after the room has been joined with an
await in between, and listeners for participants and tracks if nothing in the project looks at those who are already
there (`remote_participants`). A listener for `participant_disconnected` is reported where something that takes long
lies between: an awaited call until it is answered, or awaited speech.

## Why it is bad

Room events are handed out as soon as the event loop runs after joining. What arrives before the listener is
registered goes to nobody; streams without a handler are dropped with a log at info level. `session.start(room=...)`
returns only once the room is joined, so everything after it is late. Who hangs up while it still rings, or during the
greeting, has left before anybody listens: the agent stays alone in the room.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

With no await between a connect and the listener: nothing can be lost there. For `disconnected`, state and other events
that tell of a change to come, and for those who leave where the awaits in between are short. For participants and
tracks, and for those who leave, where something reads `remote_participants` in the room and before the job is over; who
only counts them, looks before the room is joined, or awaits something between the look and the registration, has not
seen them all, and who looks at participants alone has seen none of their tracks. Where `ctx.wait_for_participant()`
joined the room: LKA104 speaks of that. Where the same function takes a listener for that event off again, as one does
that waits for the answer to a request. When it is not known what joined the room.

## Evidence

livekit rtc 1.1.21, `rtc/room.py` 1165-1198 (a stream without a handler is dropped), 590-596 (`participant_connected`
is never emitted for those already present); livekit-agents 1.8.9, `voice/agent_session.py` 1120-1123 (start
connects).

## Fix safety

Unsafe: the registration, with the function if it stands on one, is put before the step that came too early, where both
stand in one block and nothing that the listener uses is made in between.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Related, Severity
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Call
from lkagent_lint.intents import Fix, Follows, Move, unsafe
from lkagent_lint.project.call_words import word_of
from lkagent_lint.project.records import Project
from lkagent_lint.project.things import Activation
from lkagent_lint.questions.methods import class_called
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import quoted, where, words
from lkagent_lint.rules._base import Meta
from lkagent_lint.sources.sdk.vocabulary import snake
from lkagent_lint.typestate.automaton import Room
from lkagent_lint.typestate.solver import Reached

META = Meta(
    "LKA110", "late-room-listener", Severity.WARNING, "a room listener is registered after events can have been lost"
)

_TAKE_OFF = frozenset({"off", "remove_listener", "remove_all_listeners"})

_CURE = "register it before the room is joined"


def check(subject: Subject) -> Iterator[Diagnostic]:
    for solved in subject.solved:
        for reached in solved.reached:
            if _is_late(subject, reached) and not _is_taken_off(subject.project, reached):
                yield _finding(reached)
            elif _is_too_late(subject, reached) and not _is_taken_off(subject.project, reached):
                yield _left_meanwhile(reached)


def _is_late(subject: Subject, reached: Reached) -> bool:
    state = reached.state
    if not subject.order.misses(reached.event) or state.room is not Room.JOINED or state.exceptional:
        return False
    joined = None if state.origin is None else state.origin.event.kind.does
    return joined is not None and (joined.starts or (joined.plainly and state.awaited is not None))


def _is_too_late(subject: Subject, reached: Reached) -> bool:
    """Somebody may have left in the time that something took in the room."""
    state = reached.state
    is_ordinary = state.room is Room.JOINED and not state.exceptional
    return is_ordinary and state.lasted is not None and subject.order.misses_who_left(reached.event)


def _is_taken_off(project: Project, reached: Reached) -> bool:
    """The function, or one within it, takes the listener off again: it waits for an answer to what it sends itself."""
    function, path = reached.site.function, reached.event.place.path
    flows = project.files[path].flows
    within = (flow for name, flow in flows.items() if name == function or name.startswith(f"{function}."))
    return any(_takes_off(call, project.evaluator.usual(path, flow), reached) for flow in within for call in flow.calls)


def _takes_off(call: Call, activation: Activation, reached: Reached) -> bool:
    """A call takes a listener for the same event, or a handler of such streams, off what may be the room."""
    word, detail = snake(word_of(call)), reached.event.detail
    if word == f"unregister_{detail.replace(' ', '_')}_handler":
        return True
    if word not in _TAKE_OFF or class_called(activation.targets(call)) not in ("Room", ""):
        return False
    topic = call.args[0] if call.args else None
    return not isinstance(topic, v.Text) or snake(topic.value) == detail


def _finding(reached: Reached) -> Diagnostic:
    event, origin = reached.event, reached.state.origin
    assert origin is not None
    joined, name = origin.lead.place, words(event.place).spelt(event.detail)
    return META.at(
        event.place,
        f"{quoted(name, 32)} is listened for after joining the room",
        note=f"the room is joined before ({where(joined, event.place)}), and what arrived until here is lost",
        help=_CURE,
        label="too late",
        culprit=(name,),
        related=[Related(joined, "the room is joined here")],
        subject=reached.site.function,
        key=(event.detail,),
        fix=_fix(event.place, joined, _CURE),
    )


def _fix(place: Place, late: Place, help: str) -> Fix | None:
    """The listener may be made from what lies between."""
    if place.path != late.path:
        return None
    return unsafe(help, Move(place, late), Follows(late, place))


def _left_meanwhile(reached: Reached) -> Diagnostic:
    event, lasted = reached.event, reached.state.lasted
    assert lasted is not None
    name = words(event.place).spelt(event.detail)
    return META.at(
        event.place,
        f"{quoted(name, 32)} is listened for after a long step",
        note=f"the step takes long ({where(lasted, event.place)}): who leaves meanwhile is never seen",
        help="register it before that",
        label="too late",
        culprit=(name,),
        related=[Related(lasted, "this takes long")],
        subject=reached.site.function,
        key=(event.detail,),
        fix=_fix(event.place, lasted, "register it before that"),
    )

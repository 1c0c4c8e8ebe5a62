"""An async function is registered where the SDK calls plain functions only.

## What it does

Reports coroutine functions that are given to `.on` or `.once` of a room, a session, a server, an avatar or a model, as
an argument or by a decorator, and to `register_text_stream_handler` and `register_byte_stream_handler`; bound methods
and partials of them too. For `.once` and streams, and for lambdas and objects whose result is a coroutine, it says
what happens there: nothing. Python only; in Node handlers may be async.

## Why it is bad

`.on` raises "ValueError: Cannot register an async callback with `.on()`. Use `asyncio.create_task` within your
synchronous callback instead." where the handler is registered. The others take it, and the coroutine that each event
makes is thrown away: "RuntimeWarning: coroutine ... was never awaited" is all that is seen of it.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When the receiver is not surely one of LiveKit's emitters: python-socketio, pyee and others take async handlers. When
the handler may be something else on some path, stands behind a decorator that is not known, or starts a task. For
`register_rpc_method`, `add_participant_entrypoint` and `add_shutdown_callback`, which take coroutine functions. Code
for livekit-agents 0.x is not judged.

## Evidence

livekit rtc 1.1.21, `rtc/event_emitter.py` 119-123 (`once` wraps the handler in a plain function) and 171-178 (`on`
refuses it), `rtc/room.py` 1184 and 1205 (a stream's handler is called and its result dropped); all run.

## Fix safety

Unsafe: a plain function that starts the listener as a task is registered instead, in the place of its name, or behind
the function that the registration stood on. Several tasks of one listener may run at once, and nothing keeps them: who
has to wait for them keeps them by hand.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Severity
from lkagent_lint.facts import values as v
from lkagent_lint.intents import InTask, unsafe
from lkagent_lint.project.callables import Shape, shape_of
from lkagent_lint.questions.listeners import Handed
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import is_node, shortened
from lkagent_lint.rules._base import IN_PYTHON, Meta
from lkagent_lint.sources.sdk.releases import RTC, RTC_NODE, Basis
from lkagent_lint.sources.sdk.vocabulary import Role

META = Meta(
    "LKA401",
    "async-event-handler",
    Severity.ERROR,
    "an async function where the SDK calls plain ones only",
    basis=Basis.REFUSAL,
    packages=(RTC, RTC_NODE),
    sdks=IN_PYTHON,
)

_WRONG = (Shape.ASYNC, Shape.MAKES_COROUTINE)


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    for found in subject.listeners.handed(Role.LISTENER, Role.STREAM):
        shape = Shape.UNKNOWN if is_node(found.place) else shape_of(found.things, project.evaluator)
        if shape in _WRONG:
            yield _finding(found, shape)


def _finding(found: Handed, shape: Shape) -> Diagnostic:
    what = _spelt(found)
    if shape is Shape.ASYNC and found.method == "on":
        title = f"{shortened(what)} is async, and is given to .on()"
        note = 'registering it raises ValueError("Cannot register an async callback with `.on()`")'
    else:
        gives = "is async" if shape is Shape.ASYNC else "gives back a coroutine"
        title = f"{shortened(what)} {gives}, and .{found.method}() awaits nothing"
        note = f".{found.method}() calls it without awaiting the result, so its body never runs"
    return META.at(
        found.place,
        title,
        note=note,
        help="register a plain function that starts a task with asyncio.create_task() and keeps it",
        label="registered here",
        culprit=(what.removesuffix("()"),),
        subject=found.activation.name,
        key=(found.method, found.topic),
        fix=unsafe("start it as a task", InTask(found.place)) if shape is Shape.ASYNC else None,
    )


def _spelt(found: Handed) -> str:
    """The handler's name as it is written, or what it is."""
    match found.handler:
        case v.Name(name) | v.Attribute(name=name):
            return f"{name}()"
        case v.Function(name):
            flow = found.activation.facts.flows[name]
            return "the lambda" if flow.is_lambda else f"{flow.own_name}()"
        case _:
            return "the handler"

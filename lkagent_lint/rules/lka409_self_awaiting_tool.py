"""A tool, or a node of the pipeline, waits for the speech that waits for it.

## What it does

Reports, in the own body of a tool, `await ctx.speech_handle` and `await ctx.speech_handle.wait_for_playout()`, and as
a warning the same of `session.current_speech`, which while a tool runs is as a rule the speech that called it; in a
tool, and in coroutine functions that it awaits, `await session.drain()` and, as a warning, `await session.aclose()`.
In `llm_node`, `tts_node`, `transcription_node` and `realtime_audio_output_node` it reports awaited speech of the
session (`say`, `generate_reply`) and `drain()`.

## Why it is bad

The speech is done only when its tools are. livekit-agents raises "RuntimeError: cannot call
`SpeechHandle.wait_for_playout()` from inside the function tool ... that owns this SpeechHandle. This creates a
circular wait: the speech handle is waiting for the function tool to complete, while the function tool is
simultaneously waiting for the speech handle." What the tool was to do after that never happens: a call that it was to
end goes on.

`drain()` waits for the same speech, and nothing raises: the tool hangs. `aclose()` interrupts the speech and waits for
it too, until "speech not done in time after interruption, cancelling the speech arbitrarily"; what stands behind it
does not run. A node makes the speech that is played now; another one begins only when that is over, so a node that
waits for it hangs.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

For `await ctx.wait_for_playout()`, which waits for what the agent said before it called the tool; for a speech that
the tool itself started; for `session.shutdown()`, which waits for nothing; in a task that the tool starts; for a wait
with a limit (`asyncio.wait_for`); in a tool that reports progress with `ctx.update()`, which no longer holds the speech
up; in `stt_node`, which no speech waits for; before livekit-agents 1.2.2.

## Evidence

livekit-agents 1.8.9, `voice/speech_handle.py` 229-254, `voice/events.py` 110-117 and 263, `voice/agent_session.py`
1233-1237 and 1460; run. The check came with 1.2.2.

## Fix safety

Safe for the speech of the context: `RunContext.wait_for_playout()` waits for what the agent said before the tool.
Unsafe for the current speech, where the tool has a context; for `drain()` and `aclose()`, which become
`session.shutdown()`; and in a node, which waits no more. For a wait in a helper there is no fix.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Related, Severity
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Await, Call, Flow, Use
from lkagent_lint.facts.scopes import owner_of
from lkagent_lint.intents import DropAwait, Fix, RenameCallee, Replace, safe, unsafe
from lkagent_lint.project.call_words import word_of
from lkagent_lint.project.records import Project
from lkagent_lint.project.things import Activation, SdkMethod, SdkObject, in_order, only
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import shortened, where
from lkagent_lint.rules._base import IN_PYTHON, Meta
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.sources.sdk.releases import Basis
from lkagent_lint.text import Span

META = Meta(
    "LKA409",
    "self-awaiting-tool",
    Severity.ERROR,
    "a tool or a node waits for the speech that waits for it",
    basis=Basis.REFUSAL,
    sdks=IN_PYTHON,
    since=Change.CIRCULAR_WAIT_RAISES,
)

_OWNERS = {"speech_handle": SdkObject("RunContext"), "current_speech": SdkObject("AgentSession")}
_NODES = frozenset({"llm_node", "tts_node", "transcription_node", "realtime_audio_output_node"})
"""What makes the speech that is played now."""
_ENDS = ("drain", "aclose")
_SPEAKS = ("say", "generate_reply")
_DEPTH = 4
"""Helpers that a tool awaits are followed so far."""


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    for path, facts in project.files.items():
        if facts.legacy or facts.language != "python" or not project.sdk(path).has(Change.CIRCULAR_WAIT_RAISES):
            continue
        for flow in facts.flows.values():
            activation = project.evaluator.usual(path, flow)
            if flow.is_async and flow.own_name in _NODES and subject.loop.is_hook(path, flow):
                yield from _in_node(activation)
            elif flow.is_async and flow.decorators and subject.loop.is_tool(path, flow):
                if not _reports_progress(flow, activation):
                    yield from _in_tool(project, activation)


def _in_tool(project: Project, tool: Activation) -> Iterator[Diagnostic]:
    for value, span in _awaited(tool.flow):
        attribute = _speech(value, tool.flow, tool)
        if attribute:
            yield _finding(tool.place(span), tool.flow, attribute, _playout(value, tool, tool.place(span), attribute))
    for here, through in _helpers(project, tool):
        for call in _awaited_calls(here, _ENDS):
            yield _hanging(here.place(call.span), tool, word_of(call), through)


def _in_node(node: Activation) -> Iterator[Diagnostic]:
    for call in _awaited_calls(node, (*_SPEAKS, "drain")):
        name = node.flow.own_name
        yield META.at(
            node.place(call.span),
            f"{shortened(name, 24)}() waits for session.{word_of(call)}(), and hangs",
            note=f"{name}() makes the speech that is played now, and waits here for session.{word_of(call)}(), which "
            "goes on only when that is done",
            help="do not await it",
            label="this never ends",
            subject=node.name,
            key=(word_of(call),),
            fix=unsafe("do not await it", DropAwait(node.place(call.span))) if word_of(call) in _SPEAKS else None,
        )


def _awaited_calls(activation: Activation, methods: tuple[str, ...]) -> Iterator[Call]:
    """Calls of these methods of a session that are awaited, in place or by the one name that holds what they give."""
    flow = activation.flow
    later = {_held(value, activation) for value, _ in _awaited(flow)}
    for number, call in enumerate(flow.calls):
        if word_of(call) in methods and (call.use is Use.AWAITED or v.Result(number) in later):
            if activation.targets(call) == only(SdkMethod("AgentSession", word_of(call))):
                yield call


def _helpers(project: Project, tool: Activation) -> Iterator[tuple[Activation, Place | None]]:
    """A tool and the coroutine functions of the project that it awaits, with the first step that leads there."""
    found: list[tuple[Activation, Place | None, int]] = [(tool, None, 0)]
    seen = {(tool.path, tool.name)}
    for here, through, depth in found:
        yield here, through
        for call in here.flow.calls if depth < _DEPTH else ():
            things = in_order(here.targets(call)) if call.use is Use.AWAITED else []
            for run in project.evaluator.running.of(things[0], call, here) if len(things) == 1 else ():
                inside = run.inside
                if run.activation is inside and inside.flow.is_async and (inside.path, inside.name) not in seen:
                    seen.add((inside.path, inside.name))
                    found.append((inside, through or here.place(call.span), depth + 1))


def _awaited(flow: Flow) -> Iterator[tuple[v.Expr, Span | None]]:
    """Every speech that a function waits for, if it is one: what it awaits, and the receiver of wait_for_playout."""
    yield from ((step.value, step.span) for step in flow.steps if isinstance(step, Await))
    for call in flow.calls:
        if call.use is Use.AWAITED and isinstance(call.target, v.Attribute) and call.target.name == "wait_for_playout":
            yield call.target.base, call.span


def _speech(value: v.Expr, flow: Flow, activation: Activation) -> str:
    """The attribute through which a value is the tool's own speech; empty if it surely is not that."""
    value = _held(value, activation)
    if not isinstance(value, v.Attribute) or value.name not in _OWNERS:
        return ""
    owners = activation.value(value.base)
    return value.name if owners == only(_OWNERS[value.name]) else ""


def _held(value: v.Expr, activation: Activation) -> v.Expr:
    """What a name of the function holds, if that is one value."""
    flow = activation.flow
    if isinstance(value, v.Name):
        home = owner_of(activation.facts, flow, value.name)
        held = flow.variables.get(value.name, ()) if home is flow else ()
        return held[0] if len(held) == 1 else value
    return value


def _reports_progress(flow: Flow, activation: Activation) -> bool:
    return any(
        isinstance(call.target, v.Attribute)
        and call.target.name == "update"
        and SdkMethod("RunContext", "update") in activation.targets(call)
        for call in flow.calls
    )


def _playout(value: v.Expr, tool: Activation, place: Place, attribute: str) -> Fix | None:
    """Waiting for what was said before, by the name that the tool's context has."""
    held = _held(value, tool)
    own = held.base if attribute == "speech_handle" and isinstance(held, v.Attribute) else None
    named = own or next((v.Name(each.name) for each in tool.flow.parameters if _is_context(each.name, tool)), None)
    if not isinstance(named, v.Name):
        return None
    is_call = any(each.span == place.span for each in tool.flow.calls)
    instead = Replace(place, f"{'' if is_call else 'await '}{named.name}.wait_for_playout()")
    return (safe if attribute == "speech_handle" else unsafe)("wait for what was said before", instead)


def _is_context(name: str, tool: Activation) -> bool:
    return tool.value(v.Name(name)) == only(SdkObject("RunContext"))


def _finding(place: Place, flow: Flow, attribute: str, fix: Fix | None) -> Diagnostic:
    surely = attribute == "speech_handle"
    which = "the speech that owns it" if surely else "the current speech, which is as a rule the one that owns it"
    return META.at(
        place,
        f"the tool {shortened(flow.own_name, 24)}() waits for the speech that waits for it",
        note=f"it waits for {which}, and that waits for the tool: RuntimeError (cannot call "
        "`SpeechHandle.wait_for_playout()` from inside the function tool that owns this SpeechHandle)",
        help="await RunContext.wait_for_playout() instead",
        label="it waits for itself",
        subject=flow.name,
        key=(attribute,),
        severity=Severity.ERROR if surely else Severity.WARNING,
        fix=fix,
    )


def _hanging(place: Place, tool: Activation, method: str, through: Place | None) -> Diagnostic:
    if method == "drain":
        effect = "which is the speech that waits for the tool: it hangs"
    else:
        effect = "which waits for the tool, until the speech is cancelled: what stands behind it does not run"
    leads = "" if through is None else f" ({where(through, place)} leads here)"
    return META.at(
        place,
        f"the tool {shortened(tool.flow.own_name, 24)}() waits for session.{method}()",
        note=f"that{leads} waits for the speech that called the tool, {effect}",
        help="call session.shutdown(), which does not wait",
        label="it waits for itself",
        related=[] if through is None else [Related(through, "the tool leads there")],
        subject=tool.name,
        key=(method,),
        severity=Severity.ERROR if method == "drain" else Severity.WARNING,
        fix=None if through else unsafe("do not wait", DropAwait(place), RenameCallee(place, method, "shutdown")),
    )

"""A tool waits for the speech that waits for the tool.

## What it does

Reports, in the own body of a tool, `await ctx.speech_handle` and `await ctx.speech_handle.wait_for_playout()`, and as
a warning the same of `session.current_speech`, which while a tool runs is as a rule the speech that called it.

## Why it is bad

The speech is done only when its tools are. livekit-agents raises "RuntimeError: cannot call
`SpeechHandle.wait_for_playout()` from inside the function tool ... that owns this SpeechHandle. This creates a
circular wait: the speech handle is waiting for the function tool to complete, while the function tool is
simultaneously waiting for the speech handle." What the tool was to do after that never happens: a call that it was to
end goes on.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

For `await ctx.wait_for_playout()`, which waits for what the agent said before it called the tool; for a speech that
the tool itself started; in a task that the tool starts and in functions that it calls; in a tool that reports progress
with `ctx.update()`, which no longer holds the speech up; before livekit-agents 1.2.2.

## Evidence

livekit-agents 1.8.9, `voice/speech_handle.py` 229-254 and `voice/events.py` 110-117 and 263; run. The check came with
1.2.2.

## Fix safety

There is no fix yet.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Severity
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Await, Flow, Use
from lkagent_lint.facts.scopes import owner_of
from lkagent_lint.project.things import Activation, SdkMethod, SdkObject, only
from lkagent_lint.questions.subject import Subject
from lkagent_lint.rules._base import Meta
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.sources.sdk.releases import Basis
from lkagent_lint.text import Span

META = Meta(
    "LKA409",
    "self-awaiting-tool",
    Severity.ERROR,
    "a tool waits for the speech that waits for the tool",
    basis=Basis.REFUSAL,
)

_OWNERS = {"speech_handle": SdkObject("RunContext"), "current_speech": SdkObject("AgentSession")}


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    for path, facts in project.files.items():
        if facts.legacy or facts.language != "python" or not project.sdk(path).has(Change.CIRCULAR_WAIT_RAISES):
            continue
        for flow in facts.flows.values():
            if not flow.is_async or not flow.decorators or not subject.loop.is_tool(path, flow):
                continue
            activation = project.evaluator.usual(path, flow)
            if _reports_progress(flow, activation):
                continue
            for value, span in _awaited(flow):
                attribute = _speech(value, flow, activation)
                if attribute:
                    yield _finding(Place(path, span or flow.span), flow, attribute)


def _awaited(flow: Flow) -> Iterator[tuple[v.Expr, Span | None]]:
    """Every speech that a function waits for, if it is one: what it awaits, and the receiver of wait_for_playout."""
    for block in flow.blocks:
        for step in block.steps:
            if isinstance(step, Await):
                yield step.value, step.span
    for call in flow.calls:
        if call.use is Use.AWAITED and isinstance(call.target, v.Attribute) and call.target.name == "wait_for_playout":
            yield call.target.base, call.span


def _speech(value: v.Expr, flow: Flow, activation: Activation) -> str:
    """The attribute through which a value is the tool's own speech; empty if it surely is not that."""
    if isinstance(value, v.Name):
        home = owner_of(activation.facts, flow, value.name)
        held = flow.variables.get(value.name, ()) if home is flow else ()
        value = held[0] if len(held) == 1 else value
    if not isinstance(value, v.Attribute) or value.name not in _OWNERS:
        return ""
    owners = activation.value(value.base)
    return value.name if owners == only(_OWNERS[value.name]) else ""


def _reports_progress(flow: Flow, activation: Activation) -> bool:
    return any(
        isinstance(call.target, v.Attribute)
        and call.target.name == "update"
        and SdkMethod("RunContext", "update") in activation.targets(call)
        for call in flow.calls
    )


def _finding(place: Place, flow: Flow, attribute: str) -> Diagnostic:
    surely = attribute == "speech_handle"
    which = "the speech that owns it" if surely else "the current speech, which is as a rule the one that owns it"
    return META.at(
        place,
        f"the tool {flow.own_name}() waits for {which}, and that waits for the tool: RuntimeError (cannot call "
        "`SpeechHandle.wait_for_playout()` from inside the function tool that owns this SpeechHandle); "
        "await RunContext.wait_for_playout() instead",
        subject=flow.name,
        key=(attribute,),
        severity=Severity.ERROR if surely else Severity.WARNING,
    )

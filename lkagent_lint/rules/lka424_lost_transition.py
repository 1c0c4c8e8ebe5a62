"""What should end or hold a task is made and not returned.

## What it does

Reports, from livekit-agents 2.0.0b1 on, `Completed(...)`, `Failed(...)`, `Rejected(...)`, `InputRequired(...)` and
`Working(...)` that stand as a statement of their own or are awaited; and `Transition`, their union, where it is
called or asked for by `isinstance`.

## Why it is bad

These are plain values. The SDK looks at what a tool or `on_enter` returns, so one that is made and dropped does
nothing, and nothing says so: the task goes on, the model speaks to a caller who is through, and whoever awaits the
task waits on. It is easily done where 1.x code said `self.complete(value)`. Awaiting one raises "TypeError: object
Completed can't be used in 'await' expression", calling the union "TypeError: Cannot instantiate typing.Union", asking
for it "TypeError: Subscripted generics cannot be used with class and instance checks"; in a tool the model reads "An
internal error occurred" instead.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

Whether a value is one of them says `is_transition` of `livekit.agents.llm.tool_context`.

## When it stays silent

When the value is stored, handed on or returned, by whatever way. When the name may be something else; when
`isinstance` is given several classes; before livekit-agents 2.0, which has none of the names. In test files.

## Evidence

livekit-agents 2.0.0b1, `llm/tool_context.py` 199-252 and `voice/agent_activity.py` 3169-3228; run.

## Fix safety

There is no fix yet: where more follows, `return` would skip it.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Severity
from lkagent_lint.facts.flows import Use
from lkagent_lint.project.things import Library, only
from lkagent_lint.questions.agents import TRANSITIONS, transition_of
from lkagent_lint.questions.methods import WrittenCall
from lkagent_lint.questions.subject import Subject
from lkagent_lint.rules._base import IN_PYTHON, Meta, Said
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.sources.sdk.releases import Basis

META = Meta(
    "LKA424",
    "lost-transition",
    Severity.ERROR,
    "`Completed(...)` and its like are made and not returned",
    basis=Basis.REFUSAL,
    sdks=IN_PYTHON,
    since=Change.TRANSITIONS,
)

_UNION = "Transition"
_ASKS = {"isinstance": only(Library("builtins.isinstance")), "issubclass": only(Library("builtins.issubclass"))}
_NO_CLASS = "Subscripted generics cannot be used with class and instance checks"


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    for found in subject.methods.best_known({*TRANSITIONS, _UNION, *_ASKS}):
        path = found.activation.path
        if project.sdk(path).has(Change.TRANSITIONS) and not project.in_tests(path):
            said = _of_union(found) or _of_value(found)
            if said is not None:
                key = said.title.partition(" ")[0]
                yield META.at(found.place, said, subject=found.activation.name, key=(key,))


def _of_value(found: WrittenCall) -> Said | None:
    name = transition_of(found.targets)
    if not name or name == _UNION:
        return None
    if found.call.use is Use.AWAITED:
        return Said(
            f"{name} is a value and no coroutine",
            f"awaiting it raises TypeError (object {name} can't be used in 'await' expression)",
            "return it from the tool",
            "nothing to await",
        )
    if found.call.use is not Use.DROPPED:
        return None
    return Said(
        f"{name}(...) is made here and dropped",
        "nothing comes of it: only what a tool or on_enter returns counts",
        f"return {name}(...)",
        "made and dropped",
    )


def _of_union(found: WrittenCall) -> Said | None:
    if transition_of(found.targets) == _UNION:
        return Said(
            f"{_UNION} is a union of types, and is called",
            "calling it raises TypeError (Cannot instantiate typing.Union)",
            f"make {_one()}",
            "nothing can be made of it",
        )
    for word, asks in _ASKS.items():
        given = found.call.args[1] if found.targets == asks and len(found.call.args) == 2 else None
        if given is not None and transition_of(found.activation.value(given)) == _UNION:
            return Said(
                f"{_UNION} is a union of types, and {word} takes none",
                f"{word} raises TypeError ({_NO_CLASS})",
                "ask is_transition of livekit.agents.llm.tool_context",
                "no class",
            )
    return None


def _one() -> str:
    return ", ".join(TRANSITIONS[:-1]) + f" or {TRANSITIONS[-1]}"

"""A chat context is changed where the change is refused, or where nobody sees it.

## What it does

Reports

- `agent.chat_ctx.add_message()`, `.insert()`, `.truncate()` and changes of `agent.chat_ctx.items` in place: an error;
- the context that `on_user_turn_completed` is passed, bound anew in it, if nothing is done with the new one: a warning.

## Why it is bad

An agent gives away a copy that cannot be changed: "RuntimeError: trying to modify a read-only chat context, please use
.copy() and agent.update_chat_ctx() to modify the chat context". Binding the parameter anew changes a name of the
method, and the turn goes on with what was passed.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

After `.copy()`; for the context that is passed to a hook, which may be changed; when it is not known that the object
is an agent, or its class has a `chat_ctx` of its own; when the new context is given to anybody.

## Evidence

livekit-agents 1.8.9, `llm/chat_context.py` 1090-1125; run. @livekit/agents 1.9.0, `llm/chat_context.js` 888-900; run.

## Fix safety

Unsafe: a copy is changed and given back by `update_chat_ctx()`, which the agent's model is told of. That takes an async
function and a change that is a statement. A context that is bound anew has no fix.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Severity
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Access, Flow
from lkagent_lint.facts.following import given_to, walk
from lkagent_lint.facts.scopes import owner_of
from lkagent_lint.intents import ChangeCopy, Fix, unsafe
from lkagent_lint.project.classes import Classes
from lkagent_lint.project.things import Activation, Instance, SdkObject, Thing
from lkagent_lint.questions.methods import WrittenCall
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import shortened, words
from lkagent_lint.rules._base import Meta
from lkagent_lint.sources.sdk.releases import NODE, PYTHON, Basis

META = Meta(
    "LKA417",
    "read-only-context",
    Severity.ERROR,
    "a chat context is changed where that is refused or not seen",
    basis=Basis.REFUSAL,
)

_CHANGES = ("add_message", "insert", "truncate", "merge", "addMessage")
_OF_ITEMS = ("append", "extend", "insert", "pop", "remove", "clear", "sort", "reverse", "push", "splice", "unshift")
_CONTEXT = ("chat_ctx", "chatCtx")
_HOOKS = ("on_user_turn_completed", "onUserTurnCompleted")


def check(subject: Subject) -> Iterator[Diagnostic]:
    classes = subject.project.evaluator.classes
    for each in subject.methods.written((*_CHANGES, *_OF_ITEMS)):
        if _is_read_only(each, classes):
            yield _refused(each, _fix(each, subject))
    for activation in subject.methods.activations(lambda flow: flow.own_name in _HOOKS and bool(flow.owner)):
        if "Agent" in classes.kinds(Instance(activation.path, activation.flow.owner, None)):
            yield from _rebound(activation)


def _is_read_only(found: WrittenCall, classes: Classes) -> bool:
    target = found.call.target
    if not isinstance(target, v.Attribute):
        return False
    changed = _followed(target.base, found.activation)
    if isinstance(changed, v.Attribute) and changed.name == "items" and target.name in _OF_ITEMS:
        changed = _followed(changed.base, found.activation)
    elif target.name not in _CHANGES:
        return False
    if not isinstance(changed, v.Attribute) or changed.name not in _CONTEXT:
        return False
    owners = found.activation.value(changed.base)
    return bool(owners) and all(_is_agent(each, classes) for each in owners)


def _followed(value: v.Expr, activation: Activation) -> v.Expr:
    """What a variable of the function holds that is assigned once."""
    if isinstance(value, v.Name) and owner_of(activation.facts, activation.flow, value.name) is activation.flow:
        held = activation.flow.variables.get(value.name, ())
        if len(held) == 1 and not any(each.name == value.name for each in activation.flow.parameters):
            return held[0]
    return value


def _is_agent(thing: Thing, classes: Classes) -> bool:
    match thing:
        case SdkObject("Agent" | "AgentTask"):
            return True
        case Instance():
            return "Agent" in classes.kinds(thing) and not any(classes.has_own(thing, each) for each in _CONTEXT)
        case _:
            return False


def _fix(found: WrittenCall, subject: Subject) -> Fix | None:
    in_node = found.activation.is_node
    attribute, setter = ("chatCtx", "updateChatCtx") if in_node else ("chat_ctx", "update_chat_ctx")
    release = subject.offers.release(found.place.path, (NODE if in_node else PYTHON).package)
    if release is None or setter not in subject.offers.members(release, "Agent"):
        return None
    return unsafe("change a copy and give it back", ChangeCopy(found.place, attribute, setter))


def _refused(found: WrittenCall, fix: Fix | None) -> Diagnostic:
    in_node = words(found.place).spells_camel
    raises = "throws (modify" if in_node else "raises RuntimeError (trying to modify"
    update = "updateChatCtx" if in_node else "update_chat_ctx"
    return META.at(
        found.place,
        "the chat context of an agent is read-only",
        note=f"this {raises} a read-only chat context)",
        help=f"change a copy and set it with agent.{update}()",
        label="refused here",
        subject=found.activation.name,
        fix=fix,
    )


def _rebound(activation: Activation) -> Iterator[Diagnostic]:
    flow = activation.flow
    name = _passed(flow)
    if name and v.Name(name) not in walk(*(value for call in flow.calls for value in given_to(call)), *flow.returns):
        for look in flow.looks:
            if look.value == v.Name(name) and look.access is Access.STORED:
                yield META.at(
                    activation.place(look.span),
                    f"binding {shortened(name)} anew changes nothing in the turn",
                    note=f"{name} is a name of this method alone",
                    help="change the context that was passed",
                    label="this has no effect",
                    subject=flow.name,
                    key=(name,),
                    severity=Severity.WARNING,
                )


def _passed(flow: Flow) -> str:
    """The parameter that holds the turn's context; empty if there is none."""
    own = [each.name for each in flow.parameters if each.kind == "positional"]
    return own[1] if len(own) > 1 else ""

"""A function is given to an agent in a way that the agent does not take.

## What it does

Reports, from livekit-agents 2.0.0b1 on, decorators of agents (`@desk.tool`, `@desk.instructions`, `@desk.on_enter`,
`@desk.output_validator`) that stand on a class instead of an agent, that have brackets where they take none, that
give a function which takes another number of arguments than it is passed, or that come after the session has started
with that agent or in one of its own hooks; `@desk.on_exit`, which is no decorator; and `@desk.on_enter` on an agent
whose class has an `on_enter` of its own. Also `await Agent.on_enter(self)`.

## Why it is bad

`@Agent.tool` and `@Desk.tool` register nothing and raise nothing: no model ever sees the tool, and the function's
name means an inner function of the SDK. Everything else raises: on a class "TypeError: 'property' object is not
callable", `'_OnEnterHook' object is not callable` or `missing 1 required positional argument`; `@desk.on_exit`
"TypeError: Agent.on_exit() takes 1 positional argument but 2 were given"; after the start "RuntimeError: cannot
register a tool on agent `desk`: it is already bound to a session".

A function of the wrong arguments is registered, and raises where it is called. An `on_enter` function that takes no
session leaves an error in the log and no greeting, an `instructions` function that takes no context ends every reply
of the agent before it begins.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

In the body of a class stands `@function_tool`, and hooks are its methods.

## When it stays silent

Before livekit-agents 2.0, where agents have no such decorators. When the receiver may be something else, or a class
of the project has a member of that name or a base that is not known; when it is not known which function is given, or
another decorator that is not known stands below. Parameters with a default may be left out. In test files.

## Evidence

livekit-agents 2.0.0b1, `voice/agent.py` 87-110, 421-432 and 447-580; run.

## Fix safety

There is no fix yet.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Severity
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Use
from lkagent_lint.facts.following import argument
from lkagent_lint.facts.paths import surely_before
from lkagent_lint.facts.scopes import owner_of
from lkagent_lint.project.things import NEVER, Closure, Instance, SdkMethod, only
from lkagent_lint.questions.agents import Registration
from lkagent_lint.questions.arity import Arity, arity_of
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import shortened
from lkagent_lint.rules._base import IN_PYTHON, Meta, Said
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.sources.sdk.releases import Basis
from lkagent_lint.sources.sdk.vocabulary import written

META = Meta(
    "LKA422",
    "misplaced-agent-decorator",
    Severity.ERROR,
    "`@Agent.tool`, `@desk.on_exit` and other decorators of agents that register nothing or raise",
    basis=Basis.REFUSAL,
    sdks=IN_PYTHON,
    since=Change.AGENT_REGISTERS,
)

_PASSED = {"instructions": ("the run's context",), "on_enter": ("the session",), "output_validator": ("ctx", "output")}
"""What the functions are passed."""
_EFFECTS = {
    "instructions": "every reply of this agent ends there",
    "on_enter": "nothing but an error in the log comes of it",
    "output_validator": "agent.run() raises",
}
_ON_CLASS = {
    "instructions": "'property' object is not callable",
    "on_enter": "'_OnEnterHook' object is not callable",
    "output_validator": "Agent.output_validator() missing 1 required positional argument: 'f'",
}
_WITH_BRACKETS = {
    "instructions": "__call__() missing 1 required positional argument: 'f'",
    "on_enter": "'coroutine' object is not callable",
    "on_exit": "'coroutine' object is not callable",
    "output_validator": "Agent.output_validator() missing 1 required positional argument: 'f'",
}
_WHAT = {
    "tool": "a tool",
    "instructions": "an instructions function",
    "on_enter": "an on_enter function",
    "output_validator": "an output validator",
}
_HOOKS = written(lambda term: term.is_hook and term.name.startswith("on_"), in_node=False)
_START = only(SdkMethod("AgentSession", "start"))


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    for each in subject.agents.registrations():
        path = each.place.path
        if project.sdk(path).has(Change.AGENT_REGISTERS) and not project.in_tests(path):
            found = _on_class(subject, each) if each.is_on_class else _on_agent(subject, each)
            if found is not None:
                yield META.at(
                    each.place, found, label="this registers nothing", subject=each.activation.name, key=(each.spelt,)
                )


def _on_class(subject: Subject, each: Registration) -> Said | None:
    if not all(subject.agents.has_as_written(owner, each.method) for owner in each.owners):
        return None
    if not each.name:
        if each.method != "on_enter" or each.call.use is not Use.AWAITED:
            return None
        return Said(
            f"{shortened(each.spelt)} is no function in livekit-agents 2.0",
            _type_error(_ON_CLASS["on_enter"]),
            "write await super().on_enter()",
        )
    no_decorator = f"{shortened(each.spelt, 30)} is that of a class, no decorator"
    instead = f"use the agent's {each.method}, or in the body of a class a hook, or @function_tool"
    if each.method != "tool":
        error = _ON_CLASS.get(each.method)
        return Said(no_decorator, _type_error(error), instead) if error else None
    if each.has_brackets:
        error = "Agent.tool() missing 1 required positional argument: 'self'"
        return Said(no_decorator, _type_error(error), instead)
    return Said(
        f"{shortened(each.name)}() becomes no tool of any agent",
        f"nothing says so: {each.spelt} is that of a class, and without an agent it registers nothing",
        instead,
    )


def _on_agent(subject: Subject, each: Registration) -> Said | None:
    own = _own(subject, each)
    if own is None:
        return None
    if each.has_brackets and each.method != "tool":
        error = _WITH_BRACKETS[each.method]
        is_plain = not own and not each.call.args and not each.call.keywords
        title = f"{shortened(each.spelt)} takes no brackets as a decorator"
        return Said(title, _type_error(error), "take the brackets away") if is_plain else None
    if each.method == "on_exit":
        return _is_a_hook(each, own or "Agent.on_exit") if each.name else None
    if own:
        return _is_a_hook(each, own) if each.method == "on_enter" else None
    return _taken(subject, each) or _bound(subject, each)


def _own(subject: Subject, each: Registration) -> str | None:
    """The method of the project's own class that is called instead of the SDK's, if it takes no function either; empty
    where it is the SDK's. None where that is not known.
    """
    if all(subject.agents.has_as_written(owner, each.method) for owner in each.owners):
        return ""
    classes = subject.project.evaluator.classes
    found: set[str] = set()
    for owner in each.owners:
        things = classes.attribute(owner, each.method) if isinstance(owner, Instance) else NEVER
        for method in things or (None,):
            arity = arity_of(subject.project, method) if isinstance(method, Closure) else None
            found.add(method.flow if isinstance(method, Closure) and arity is not None and arity.most == 0 else "")
    return found.pop() if len(found) == 1 and "" not in found else None


def _is_a_hook(each: Registration, method: str) -> Said:
    error = _type_error(f"{method}() takes 1 positional argument but 2 were given")
    if each.method == "on_exit":
        title = f"{shortened(each.spelt)} is a hook of agents and no decorator"
        return Said(title, error, "override on_exit in a class of its own")
    return Said(
        f"{shortened(each.spelt)} is a hook of the class and no decorator",
        f"the agent's class has an on_enter of its own ({error})",
        "call the function from there",
    )


def _taken(subject: Subject, each: Registration) -> Said | None:
    """What is wrong with the arguments that a function takes; None if nothing is."""
    function = subject.agents.function_named(each)
    passed = _PASSED.get(each.method, ())
    arity = arity_of(subject.project, function) if passed and function is not None else None
    if function is None or arity is None or arity.takes(len(passed)):
        return None
    title = each.name or "this function"
    return Said(
        f"{shortened(title)} does not take what {shortened(each.spelt)} passes",
        f"{title} takes {_so_many(arity)}, and {each.spelt} passes {' and '.join(passed)}: calling it raises "
        f"TypeError, and {_EFFECTS[each.method]}",
        f"let it take {' and '.join(passed)}",
    )


def _so_many(arity: Arity) -> str:
    if arity.by_name:
        return f"{arity.by_name[0]} by its name"
    if len(arity.needed) > 1 or arity.most is None:
        return f"{len(arity.needed)} arguments ({', '.join(arity.needed)})"
    return "one argument" if arity.most else "no argument"


def _bound(subject: Subject, each: Registration) -> Said | None:
    """What says that the agent is bound already; None if nothing surely does."""
    receiver = each.call.target.base if isinstance(each.call.target, v.Attribute) else None
    flow, facts = each.activation.flow, each.activation.facts
    if not isinstance(receiver, v.Name) or each.method not in _WHAT:
        return None
    too_late = f"{shortened(each.spelt)} comes when the agent runs already"
    error = f"RuntimeError (cannot register {_WHAT[each.method]} on agent …: it is already bound to a session)"
    if flow.owner and flow.own_name in _HOOKS and flow.parameters and flow.parameters[0].name == receiver.name:
        kinds = (subject.project.evaluator.classes.kinds(owner) for owner in each.owners)
        runs_in_text = any("AgentTask" in found for found in kinds)
        note = f"the agent runs here, so {each.spelt} raises {error}"
        return None if runs_in_text else Said(too_late, note, "register it before")
    home = owner_of(facts, flow, receiver.name)
    if home is None or len(home.variables.get(receiver.name, ())) != 1:
        return None
    for number, call in enumerate(flow.calls):
        if call.use is Use.AWAITED and argument(call, 0, "agent") == receiver and call.span is not None:
            if each.activation.targets(call) == _START and surely_before(flow, number, each.found.number):
                note = (
                    f"the session has started with this agent (line {call.span.line}), so {each.spelt} raises {error}"
                )
                return Said(too_late, note, "register it before")
    return None


def _type_error(said: str) -> str:
    return f'"TypeError: {said}"'

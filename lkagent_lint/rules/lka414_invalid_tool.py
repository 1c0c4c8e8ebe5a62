"""A function is given to a model as a tool and is none.

## What it does

Reports, for Python,

- a tool with a parameter without an annotation, with `*args` or with `**kwargs`;
- a function that is no tool among `tools=[...]` of an agent or a session, or in `update_tools([...])`;
- two tools of one name in one list;
- a tool that returns a class of an agent instead of an agent.

## Why it is bad

The schema of a tool is made of its annotations: a parameter without one raises KeyError at every reply, and the agent
stays silent. A plain function raises "ValueError: Expected an instance of FunctionTool or RawFunctionTool, got a
callable object", two of one name "ValueError: duplicate function name". A class is not an agent, so nobody takes over.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

For `raw_schema=`, other decorators on the function, methods that are bound in a way that is not followed, starred lists
and functions of other packages.

## Evidence

livekit-agents 1.8.9, `llm/utils.py` 549 (`type_hints[param_name]`) and `llm/tool_context.py` 620-645; run.

## Fix safety

Safe: a plain function of one definition, which is no method, gets the decorator `@function_tool`. Unsafe: a class of
agents that is returned is called, if it needs nothing. What type a parameter has and what a tool is called is a
person's to say.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Related, Severity
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import MODULE, Flow
from lkagent_lint.facts.following import argument
from lkagent_lint.facts.scopes import assigned_once
from lkagent_lint.intents import AddImport, CallReturned, Fix, Insert, safe, unsafe
from lkagent_lint.project.things import NEVER, Activation, ClassOf, Closure, Instance, SdkMethod, Things, only
from lkagent_lint.questions.constructions import constructed, needs_nothing
from lkagent_lint.questions.methods import WrittenCall
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import quoted, shortened, where
from lkagent_lint.rules._base import IN_PYTHON, Meta
from lkagent_lint.sources.sdk.releases import Basis

META = Meta(
    "LKA414",
    "invalid-tool",
    Severity.ERROR,
    "a function is given to a model as a tool and is none",
    basis=Basis.REFUSAL,
    sdks=IN_PYTHON,
)

_TAKERS = ("AgentSession", "LiveSession", "Agent", "AgentTask", "__init__")


def check(subject: Subject) -> Iterator[Diagnostic]:
    for path, facts in subject.project.files.items():
        for flow in () if facts.legacy or facts.language != "python" else facts.flows.values():
            if flow.decorators and subject.loop.is_tool(path, flow):
                yield from _of_tool(subject, path, flow)
    for place, items, activation in _lists(subject):
        yield from _of_list(subject, place, items, activation)


# The tool itself


def _of_tool(subject: Subject, path: str, flow: Flow) -> Iterator[Diagnostic]:
    home = subject.project.files[path].flows[flow.parent or MODULE]
    if len(flow.decorators) != 1 or _has_own_schema(flow.decorators[0], home):
        return
    place = Place(path, flow.span)
    bare = [_spelt(each.name, each.kind) for each in flow.parameters[_bound(flow) :] if each.annotation is None]
    if bare:
        what = "parameters" if len(bare) > 1 else "parameter"
        yield META.at(
            place,
            f"a {what.removesuffix('s')} of the tool {shortened(flow.own_name)} has no annotation",
            note=f"the schema of a tool is made of annotations, and its {what} {', '.join(bare)} "
            f"{'have' if len(bare) > 1 else 'has'} none: KeyError at every reply",
            help="annotate every parameter",
            label="no schema can be made of it",
            culprit=[each.lstrip("*") for each in bare],
            subject=flow.name,
            key=("annotation",),
        )
    inside = subject.project.evaluator.usual(path, flow)
    for returned in flow.returns:
        found = _agent_class(returned, inside, subject)
        if found is not None:
            name, evaluator = found.name.rpartition(".")[2], subject.project.evaluator
            called = unsafe(f"return {name}()", CallReturned(place, name)) if needs_nothing(found, evaluator) else None
            yield META.at(
                place,
                f"the tool {shortened(flow.own_name, 22)} returns the class {shortened(name, 22)} and no agent",
                note="nobody takes over",
                help=f"return {name}()",
                label="it returns a class",
                subject=flow.name,
                key=("class",),
                fix=called,
            )


def _has_own_schema(decorator: v.Expr, home: Flow) -> bool:
    """It says itself what the model is told, or may do so."""
    return isinstance(decorator, v.Result) and argument(home.calls[decorator.call], None, "raw_schema") is not None


def _bound(flow: Flow) -> int:
    """How many of its parameters are given by what it is a method of, or is made one of."""
    is_method = flow.owner and flow.binding != "static"
    return 1 if is_method or [each.name for each in flow.parameters[:1]] == ["self"] else 0


def _spelt(name: str, kind: str) -> str:
    return f"{kind}{name}" if kind in ("*", "**") else name


def _agent_class(returned: v.Expr, inside: Activation, subject: Subject) -> ClassOf | None:
    """The class of agents that is returned for an agent; None if none is."""
    parts = returned.items if isinstance(returned, v.Items) else (returned,)
    for each in parts:
        found = inside.value(each) if isinstance(each, (v.Name, v.Attribute)) else NEVER
        for thing in found:
            classes = subject.project.evaluator.classes
            if len(found) == 1 and isinstance(thing, ClassOf):
                if "Agent" in classes.kinds(Instance(thing.path, thing.name, None)):
                    return thing
    return None


# Lists of tools


def _lists(subject: Subject) -> Iterator[tuple[Place, tuple[v.Expr, ...], Activation]]:
    """Every list of tools that an agent or a session is given."""
    for each in subject.methods.written((*_TAKERS, "update_tools")):
        if each.activation.is_node or not _takes_tools(subject, each):
            continue
        given = argument(each.call, 0 if _is_update(each.call.target) else None, "tools")
        inside = each.activation
        if isinstance(given, v.Name):
            found = assigned_once(inside.facts, inside.flow, given.name)
            home, given = found if found is not None else (inside.flow, None)
            given = given.value if isinstance(given, v.Typed) else given
            inside = inside if home is inside.flow else subject.project.evaluator.usual(inside.path, home)
        if isinstance(given, v.Items) and not any(isinstance(item, v.Spread) for item in given.items):
            yield each.place, given.items, inside


def _takes_tools(subject: Subject, found: WrittenCall) -> bool:
    if _is_update(found.call.target):
        return found.targets == only(SdkMethod("Agent", "update_tools"))
    release = subject.offers.all_of_class(found.activation.path, "Agent")
    if release is None or argument(found.call, None, "tools") is None:
        return False
    made = constructed(found.call, found.activation, subject.project.evaluator, release, "tools")
    return made.rpartition(".")[2] in _TAKERS


def _is_update(target: v.Expr) -> bool:
    return isinstance(target, v.Attribute) and target.name == "update_tools"


def _of_list(subject: Subject, place: Place, items: tuple[v.Expr, ...], activation: Activation) -> Iterator[Diagnostic]:
    names: dict[str, Closure] = {}
    for item in items:
        function = _function(activation.value(item))
        if function is None or function.flow not in subject.project.files[function.path].flows:
            continue
        flow = subject.project.files[function.path].flows[function.flow]
        defined = Place(function.path, flow.span)
        if not flow.decorators and not flow.is_lambda:
            yield META.at(
                place,
                f"{shortened(flow.own_name)} is a plain function and no tool",
                note=f"it is defined without a decorator ({where(defined, place)}): ValueError (Expected an instance "
                "of FunctionTool or RawFunctionTool)",
                help="decorate it with @function_tool",
                label="given as a tool here",
                culprit=(flow.own_name,),
                related=[Related(defined, "the function")],
                subject=activation.name,
                key=(flow.own_name,),
                fix=_decorated(defined, flow),
            )
        elif subject.loop.is_tool(function.path, flow) and len(flow.decorators) == 1:
            name = _name(flow, subject.project.files[function.path].flows[flow.parent or MODULE])
            other = names.setdefault(name, function) if name else function
            if (other.path, other.flow) != (function.path, function.flow):
                yield META.at(
                    place,
                    f"two tools of this list are called {quoted(name, 32)}",
                    note="ValueError (duplicate function name)",
                    help="give one of them another name",
                    label="two of one name",
                    culprit=(flow.own_name,),
                    related=[Related(defined, "the second one")],
                    subject=activation.name,
                    key=(name,),
                )


def _decorated(defined: Place, flow: Flow) -> Fix | None:
    """A method that is a tool is one of its agent already."""
    if flow.owner or any(each.annotation is None for each in flow.parameters):
        return None
    imported = AddImport(defined.path, "livekit.agents", "function_tool")
    return safe("decorate it with @function_tool", Insert(defined, "@function_tool"), imported)


def _function(things: Things) -> Closure | None:
    found = next(iter(things)) if len(things) == 1 else None
    return found if isinstance(found, Closure) else None


def _name(flow: Flow, home: Flow) -> str:
    """What the model knows a tool by; empty where that is not written out."""
    decorator = flow.decorators[0]
    given = argument(home.calls[decorator.call], None, "name") if isinstance(decorator, v.Result) else None
    if given is None:
        return flow.own_name
    return given.value if isinstance(given, v.Text) else ""

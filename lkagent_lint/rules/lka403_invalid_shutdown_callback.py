"""A shutdown callback that cannot be registered, or fails when the job ends.

## What it does

Reports what is given to `ctx.add_shutdown_callback()` and is not a coroutine function that can be called with nothing
or with the reason alone: a coroutine (the function was called), a partial, an object with `__call__`, a plain
function, and a signature that takes the reason for something else. In Node, a promise or undefined (the function was
called).

## Why it is bad

The SDK reads `callback.__code__`: coroutines, partials and objects have none, so registering them raises
"AttributeError: 'coroutine' object has no attribute '__code__'". A plain function runs, and awaiting what it gave back
raises "TypeError: object NoneType can't be used in 'await' expression"; the shutdown goes on at once, and slower
callbacks beside it are cut off. A callback with a positional parameter, default or not, is called with the reason: in
`lambda p=participant: ...` and `async def save(session=session)` the value kept there is lost.

Node takes anything and calls it when the job ends: "error while running shutdown callback" is logged, with "TypeError:
callback is not a function".

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

For a parameter that may well hold the reason: without a default and without an annotation of another type, with `None`
or a string as default, or with "reason" in its name. For keyword-only defaults, which are kept. For plain functions
that give back something to await (a task, a coroutine). For bound methods, which are fine since livekit-agents 1.1.0;
before, one without a parameter for the reason raises at shutdown and is reported. When the callback may be something
else, or stands behind a decorator that is not known.

## Evidence

livekit-agents 1.8.9, `job.py` 636-648 and `ipc/job_proc_lazy_main.py` 500-510 (`gather` without `return_exceptions`);
all run. 1.0.23, `job.py` 227: bound methods are called with the reason whatever they take.

## Fix safety

A function that is called without arguments where it should be given loses its brackets, which is safe. A plain function
becomes `async def`, which is unsafe: who else calls it has to await it then. For the rest there is no fix.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Severity, numbered_argument
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Parameter
from lkagent_lint.intents import Fix, MakeAsync, Uncall, safe, unsafe
from lkagent_lint.project.callables import Shape, is_coroutine, is_none, shape_of
from lkagent_lint.project.evaluate import Evaluator
from lkagent_lint.project.records import Project
from lkagent_lint.project.things import (
    UNKNOWN,
    Activation,
    Box,
    Closure,
    Instance,
    Nothing,
    Partial,
    SdkObject,
    String,
    Things,
)
from lkagent_lint.questions.listeners import Handed
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import is_node, quoted
from lkagent_lint.rules._base import Meta, Said
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.sources.sdk.releases import Basis
from lkagent_lint.sources.sdk.vocabulary import Role

META = Meta(
    "LKA403",
    "invalid-shutdown-callback",
    Severity.ERROR,
    "a shutdown callback that cannot be registered, or fails when the job ends",
    basis=Basis.REFUSAL,
)

_UNCALLED = "give the function itself, without brackets"
_OBJECTS = (SdkObject, Instance, Box, Closure)


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    for found in subject.listeners.handed(Role.SHUTDOWN):
        wrong = _wrong_in_node(project, found) if is_node(found.place) else _wrong(project, found)
        if wrong:
            fix = _fix(found, project)
            yield META.at(
                found.place,
                wrong,
                label="this callback",
                culprit=(numbered_argument(0),),
                subject=found.activation.name,
                fix=fix,
            )


def _fix(found: Handed, project: Project) -> Fix | None:
    """Where the function is called instead of given, or is not async and nothing else calls it."""
    evaluator = project.evaluator
    if is_coroutine(found.handler, found.activation, evaluator):
        return safe(_UNCALLED, Uncall(found.place))
    (thing, *others) = (*found.things, None)
    if not isinstance(thing, Closure) or len(others) != 1 or is_node(found.place):
        return None
    flow = project.files[thing.path].flows[thing.flow]
    if shape_of(found.things, evaluator) is not Shape.PLAIN or flow.is_lambda or flow.is_generator:
        return None
    return unsafe("make it an async function", MakeAsync(Place(thing.path, flow.span)))


def _wrong_in_node(project: Project, found: Handed) -> Said | None:
    """The same for Node, which calls whatever it was given and waits for what that gives."""
    evaluator = project.evaluator
    if is_coroutine(found.handler, found.activation, evaluator):
        given = "a promise"
    elif is_none(found.handler, found.activation, evaluator):
        given = "undefined"
    else:
        return None
    return Said(
        f"the callback is called here and gives {given}",
        'it runs now and not when the job ends, and then "TypeError: callback is not a function" is logged',
        _UNCALLED,
    )


def _wrong(project: Project, found: Handed) -> Said | None:
    """What is wrong with a callback; None if nothing surely is."""
    evaluator = project.evaluator
    if is_coroutine(found.handler, found.activation, evaluator):
        return Said("the callback is called here, and gives a coroutine", _refused("coroutine"), _UNCALLED)
    if is_none(found.handler, found.activation, evaluator):
        return Said(
            "the callback is called here, and gives None", _refused("NoneType"), "give an async function itself"
        )
    things = found.things
    if things and all(isinstance(each, Partial) for each in things):
        return Said("the callback is a partial", _refused("functools.partial"), "wrap the call in an async function")
    if things and all(isinstance(each, Instance) for each in things):
        names = {each.name for each in things if isinstance(each, Instance)}
        kind = names.pop().rpartition(".")[2] if len(names) == 1 else "..."
        return Said("the callback is an object", _refused(kind), "give one of its async methods")
    if shape_of(things, evaluator) is Shape.PLAIN:
        return Said(
            "the callback is no coroutine function",
            "it runs, then awaiting its result raises TypeError (object NoneType can't be used in 'await' expression) "
            "and cuts off the callbacks beside it",
            "make it an async function",
        )
    return _signature(project, found, things)


def _refused(kind: str) -> str:
    return f"add_shutdown_callback() raises AttributeError ('{kind}' object has no attribute '__code__')"


def _signature(project: Project, found: Handed, things: Things) -> Said | None:
    """What is wrong with the parameters of the callback, if it is one function of the project."""
    if len(things) != 1:
        return None
    (thing,) = things
    if not isinstance(thing, Closure) or shape_of(things, project.evaluator) is Shape.UNKNOWN:
        return None
    flow = project.files[thing.path].flows[thing.flow]
    positional = [each for each in flow.parameters if each.kind == "positional"]
    if thing.bound is not None:
        positional = positional[1:]
        if not positional and not project.sdk(found.place.path).has(Change.BOUND_SHUTDOWN_CALLBACKS):
            return Said(
                "the callback is a method, and takes no reason",
                "before livekit-agents 1.1.0 a bound method is called with the reason: this one raises TypeError at "
                "shutdown and never runs",
                "give it a parameter for the reason",
            )
    required = [each.name for each in positional if each.default is None]
    if len(required) > 1:
        return _fails(
            f"the callback needs {len(required)} arguments and is given one",
            f"it needs {len(required)} arguments ({', '.join(required)}) and is given the reason",
            "take the reason alone",
        )
    needed = next((each.name for each in flow.parameters if each.kind == "keyword" and each.default is None), "")
    if needed:
        return _fails(
            f"the callback needs the argument {quoted(needed, 24)}, which nobody gives it",
            "it is called with the reason alone",
            "give the argument a default",
        )
    if positional and _takes_other(positional[0], thing, project.evaluator):
        name = positional[0].name
        return Said(
            f"{quoted(name, 24)} is given the reason for the shutdown",
            "the reason is a string, and goes to the first positional parameter",
            f"use the value directly, or make it keyword-only (*, {name}=...)",
        )
    return None


def _fails(title: str, why: str, cure: str) -> Said:
    return Said(title, f"{why}, so it raises TypeError at shutdown and never runs", cure)


def _takes_other(parameter: Parameter, closure: Closure, evaluator: Evaluator) -> bool:
    """A parameter is surely meant for something other than the reason."""
    if "reason" in parameter.name.lower():
        return False
    home = closure.home or evaluator.module(closure.path)
    if parameter.annotation is not None:
        inside = evaluator.results.enter(closure, (), ())
        promised = evaluator.typed(parameter.annotation, inside)
        if promised:
            return UNKNOWN not in promised
    return parameter.default is not None and _keeps(parameter, parameter.default, home)


def _keeps(parameter: Parameter, default: v.Expr, home: Activation) -> bool:
    """A default that is a value to work with, not one that stands for a reason that is missing."""
    held = home.value(default)
    if any(isinstance(each, (String, Nothing)) for each in held):
        return False
    known = isinstance(default, v.Constant) or (bool(held) and all(isinstance(each, _OBJECTS) for each in held))
    return known or (isinstance(default, (v.Name, v.Attribute)) and default.name == parameter.name)

"""What calling a value gives: a coroutine, something else, or nobody knows."""

from __future__ import annotations

import enum
from collections.abc import Iterable

from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Use
from lkagent_lint.project.decorators import AS_WRITTEN, GIVES_THE_SAME
from lkagent_lint.project.evaluate import Evaluator
from lkagent_lint.project.things import (
    Activation,
    Box,
    Closure,
    Instance,
    Library,
    Nothing,
    Partial,
    SdkMethod,
    Thing,
    Things,
)
from lkagent_lint.sources.sdk import vocabulary

_PLAIN_LIBRARY = frozenset(
    {
        *("builtins.print", "builtins.len", "builtins.str", "builtins.setattr"),
        *(f"logging.{each}" for each in ("debug", "info", "warning", "error", "exception")),
        *(f"logging.getLogger.{each}" for each in ("debug", "info", "warning", "error", "exception")),
    }
)
_PLAIN_ASYNCIO = frozenset(
    {
        *("asyncio.Event.set", "asyncio.Event.clear", "asyncio.Queue.put_nowait", "asyncio.LifoQueue.put_nowait"),
        *("asyncio.Future.set_result", "asyncio.Future.set_exception"),
    }
)
"""Methods of asyncio that return nothing."""
_PLAIN_METHODS = frozenset(
    {"add", "append", "appendleft", "clear", "discard", "extend", "insert", "remove", "reverse", "sort", "update"}
)
"""Methods of containers that return nothing."""
_DEPTH = 3
"""Functions that return what another one returns are followed so far."""


class Shape(enum.Enum):
    """What a callable of Python is to somebody who calls it without looking."""

    ASYNC = "coroutine function"
    """``inspect.iscoroutinefunction`` says so: an ``async def``, its bound method, a partial of it."""
    MAKES_COROUTINE = "makes a coroutine"
    """A plain function, a lambda or an object that gives back a coroutine, which nothing can tell before the call."""
    PLAIN = "plain"
    """What it gives back can surely not be awaited."""
    UNKNOWN = "unknown"


_FORMS = {vocabulary.Form.COROUTINE: Shape.ASYNC, vocabulary.Form.PLAIN: Shape.PLAIN}
"""What methods of the SDK are."""


def shape_of(things: Things, evaluator: Evaluator) -> Shape:
    """The one shape that all of these values have; unknown where they differ or where there are none."""
    return _same(_shape(each, evaluator, _DEPTH) for each in things)


def _same(shapes: Iterable[Shape]) -> Shape:
    found = set(shapes)
    return found.pop() if len(found) == 1 else Shape.UNKNOWN


def _shape(thing: Thing, evaluator: Evaluator, depth: int) -> Shape:
    match thing:
        case Closure():
            return _function(thing, evaluator, depth)
        case Partial(function):
            return _shape(function, evaluator, depth)
        case Instance():
            return _object(thing, evaluator, depth)
        case Library(name) if name in _PLAIN_ASYNCIO:
            return Shape.PLAIN
        case SdkMethod(kind, name):
            term = vocabulary.term(kind, name)
            return Shape.UNKNOWN if term is None else _FORMS.get(term.form, Shape.UNKNOWN)
        case _:
            return Shape.UNKNOWN


def _object(thing: Instance, evaluator: Evaluator, depth: int) -> Shape:
    """An object is called through its class's ``__call__``, which is never seen to be a coroutine function."""
    shape = _same(_shape(each, evaluator, depth) for each in evaluator.classes.attribute(thing, "__call__"))
    return Shape.MAKES_COROUTINE if shape is Shape.ASYNC else shape


def _function(closure: Closure, evaluator: Evaluator, depth: int) -> Shape:
    flow = evaluator.files[closure.path].flows[closure.flow]
    if flow.is_generator or not evaluator.decorators.are_only(closure, AS_WRITTEN):
        return Shape.UNKNOWN
    if flow.is_async:
        return Shape.ASYNC
    if not flow.returns:
        return Shape.PLAIN
    inside = evaluator.results.enter(closure, (), ())
    return _same(_result(each, inside, evaluator, depth - 1) for each in flow.returns)


def _result(value: v.Expr, activation: Activation, evaluator: Evaluator, depth: int) -> Shape:
    """The shape of a function that returns this value."""
    match value:
        case v.Constant() | v.Text() | v.Join() | v.Items() | v.Mapping():
            return Shape.PLAIN
        case v.Either(options):
            return _same(_result(each, activation, evaluator, depth) for each in options)
        case v.Made(parts, name) if name in _PLAIN_METHODS and len(parts) == 1:
            return Shape.PLAIN if _is_container(parts[0], activation) else Shape.UNKNOWN
        case v.Result(number) if depth > 0:
            call = activation.flow.calls[number]
            if isinstance(call.target, v.Attribute) and call.target.name in _PLAIN_METHODS:
                if _is_container(call.target.base, activation):
                    return Shape.PLAIN
            return _same(_called(each, evaluator, depth) for each in activation.targets(call))
        case _:
            return Shape.UNKNOWN


def _is_container(value: v.Expr, activation: Activation) -> bool:
    """A display, or what the standard library made of other values."""
    found = activation.value(value)
    return bool(found) and all(isinstance(each, Box) for each in found)


def _called(thing: Thing, evaluator: Evaluator, depth: int) -> Shape:
    """The shape of a function that returns what calling this gives."""
    match thing:
        case Library("asyncio.sleep"):
            return Shape.MAKES_COROUTINE
        case Library(name) if name in _PLAIN_LIBRARY or name in _PLAIN_ASYNCIO:
            return Shape.PLAIN
        case Closure() | Partial() | SdkMethod():
            shape = _shape(thing, evaluator, depth)
            return Shape.MAKES_COROUTINE if shape is Shape.ASYNC else shape
        case _:
            return Shape.UNKNOWN


def is_coroutine(value: v.Expr, activation: Activation, evaluator: Evaluator) -> bool:
    """Whether an expression is surely a coroutine that was made and not awaited: ``cleanup()`` of an ``async def``."""
    if not isinstance(value, v.Result):
        return False
    awaited = activation.flow.calls[value.call].use is Use.AWAITED
    return not awaited and _result(value, activation, evaluator, _DEPTH) is Shape.MAKES_COROUTINE


def is_none(value: v.Expr, activation: Activation, evaluator: Evaluator) -> bool:
    """Whether an expression is surely ``None``: written so, or the result of a function that returns nothing."""
    if isinstance(value, v.Result):
        call = activation.flow.calls[value.call]
        targets = activation.targets(call)
        return bool(targets) and all(_returns_nothing(each, evaluator) for each in targets)
    found = evaluator.value(value, activation)
    return bool(found) and all(isinstance(each, Nothing) for each in found)


def _returns_nothing(thing: Thing, evaluator: Evaluator) -> bool:
    if not isinstance(thing, Closure):
        return False
    flow = evaluator.files[thing.path].flows[thing.flow]
    is_plain = not (flow.is_async or flow.is_generator or flow.returns)
    return is_plain and evaluator.decorators.are_only(thing, GIVES_THE_SAME)

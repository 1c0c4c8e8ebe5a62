"""Handlers of exceptions that go on: after a cancellation in an endless loop, after every error of a ``try``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

_CANCELLATIONS = frozenset({"CancelledError", "BaseException"})
_ERRORS = frozenset({"Exception", "BaseException"})
_SCOPES = (cst.FunctionDef, cst.ClassDef, cst.Lambda)
_CLOSED = (*_SCOPES, cst.While, cst.For, cst.SimpleStatementLine, cst.SimpleStatementSuite)
"""No ``try`` of the loop stands in these."""
_BODIES = ("body", "orelse", "handlers", "finalbody", "cases")


def swallowing(loop: cst.While) -> Iterator[cst.CSTNode]:
    """The exception handlers of a ``while True`` that catch a cancellation of its awaits and let the loop go on.

    A handler is given as the type that it names, or itself where it names none. Nothing is given where the loop can be
    left outside a ``try``, because a handler may only have said so.
    """
    tries = list(_tries(loop.body))
    handlers = [found for each in tries for found in _swallows(each)]
    if handlers and not any(_leaves(node) for node in _outside(loop.body, tries)):
        yield from handlers


def settles(node: cst.Try | cst.TryStar) -> bool:
    """Whether every ``Exception`` of the body ends in a handler: one catches all of them, and none raises again."""
    return any(_catches(handler.type, _ERRORS) for handler in node.handlers) and not any(
        isinstance(each, cst.Raise) for handler in node.handlers for each in _inside(handler.body)
    )


def _tries(node: cst.CSTNode) -> Iterator[cst.Try]:
    """The outermost ``try`` statements of a loop's own body, or of a part of it."""
    if isinstance(node, cst.Try):
        yield node
    elif not isinstance(node, _CLOSED):
        for field in _BODIES:
            inner: cst.CSTNode | Sequence[cst.CSTNode] | None = getattr(node, field, None)
            if inner is not None:
                for each in (inner,) if isinstance(inner, cst.CSTNode) else inner:
                    yield from _tries(each)


def _swallows(node: cst.Try) -> Iterator[cst.CSTNode]:
    if node.finalbody is not None or not any(isinstance(each, cst.Await) for each in _inside(node.body)):
        return
    for handler in node.handlers:
        if _catches(handler.type, _CANCELLATIONS):
            if not any(_leaves(each) or isinstance(each, cst.Raise) for each in _inside(handler.body)):
                yield handler if handler.type is None else handler.type
            return  # the first that catches a cancellation is the one that gets it


def _catches(kind: cst.BaseExpression | None, wanted: frozenset[str]) -> bool:
    """A handler of this type catches what has one of these names; one without a type catches everything."""
    match kind:
        case None:
            return True
        case cst.Name(value=name) | cst.Attribute(attr=cst.Name(value=name)):
            return name in wanted
        case cst.Tuple(elements=elements):
            return any(_catches(each.value, wanted) for each in elements)
        case _:
            return False


def _leaves(node: cst.CSTNode) -> bool:
    return isinstance(node, (cst.Break, cst.Return))


def _outside(body: cst.CSTNode, tries: list[cst.Try]) -> Iterator[cst.CSTNode]:
    """What stands in a loop's body beside its ``try`` statements."""
    for node in body.children:
        if node not in tries and not isinstance(node, _SCOPES):
            yield node
            yield from _outside(node, tries)


def _inside(body: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Everything in a body that is not a function or a class of its own."""
    for node in body.children:
        if not isinstance(node, _SCOPES):
            yield node
            yield from _inside(node)

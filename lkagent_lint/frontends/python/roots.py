"""Which names of a function may hold objects of the SDK, by how they are called, annotated and made."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lkagent_lint.facts.following import last_name
from lkagent_lint.facts.values import Attribute, Either, Expr, Import, Name, Or, Result, Subscript, Text, Typed
from lkagent_lint.frontends.python.words import KEEPER, MAKERS

if TYPE_CHECKING:
    from lkagent_lint.frontends.python.drafts import FlowDraft
    from lkagent_lint.frontends.python.walker import Walker

_HOLDS = re.compile(
    r"(?i)ctx|context|session|room|agent|job|req|participant|event|metrics|token|packet|^(?:ev|evt|e|ce|msg|lk|lkapi|api)$"
)
"""How the parameters and attributes are called that hold such objects where nothing says so."""
_MOST_LINKS = 40
"""Attributes behind each other; longer chains are looked at link by link, and are nobody's SDK."""
_DEPTH = 3
_OWN = ("self", "cls")
_MAKING = frozenset({*MAKERS, "say", "generate_reply", "with_identity", "with_grants"})


class Roots:
    """Asks of the walker's open flow."""

    def __init__(self, walker: Walker) -> None:
        self._walker = walker

    def may_hold(self, value: Attribute) -> bool:
        """Whether what an attribute is read of may be an object of the SDK."""
        return self._may_be(value.base, self._walker.flow, _DEPTH)

    def _may_be(self, value: Expr, flow: FlowDraft | None, depth: int) -> bool:
        links = 0
        while isinstance(value, Attribute) and value.base != Name("self"):
            links += 1
            if value.name == KEEPER or links > _MOST_LINKS:
                return False
            value = value.base
        if not depth:
            return False
        match value:
            case Name(name):
                return name not in _OWN and self._name(name, flow, depth)
            case Attribute(Name("self"), name):
                return _HOLDS.search(name) is not None
            case Result(number) if flow is not None:
                target = flow.calls[number].target
                word = last_name(target)
                return word[:1].isupper() or word in _MAKING
            case Typed(annotation):
                return _is_class(annotation)
            case Either(options) | Or(options):
                return any(self._may_be(each, flow, depth - 1) for each in options)
            case _:
                return False

    def _name(self, name: str, flow: FlowDraft | None, depth: int) -> bool:
        while flow is not None:
            parameter = next((each for each in flow.parameters if each.name == name), None)
            if parameter is not None:
                if parameter.annotation is not None:
                    return _is_class(parameter.annotation)
                return _HOLDS.search(name) is not None or flow.name.endswith("<lambda>")
            if name in flow.variables:
                if flow is self._walker.draft.module:
                    is_import = any(isinstance(each, Import) for each in flow.variables[name])
                    return not is_import and _HOLDS.search(name) is not None
                return any(self._may_be(each, flow, depth - 1) for each in flow.variables[name])
            flow = flow.parent
        return False


def _is_class(annotation: Expr) -> bool:
    """A type expression that may name a class of the SDK."""
    match annotation:
        case Text(text):
            return text.rpartition(".")[2][:1].isupper()
        case Either(options):
            return any(map(_is_class, options))
        case Subscript(base):
            return last_name(base) in ("Optional", "Union", "Annotated") or _is_class(base)
        case Name() | Attribute():
            return last_name(annotation)[:1].isupper()
        case _:
            return False

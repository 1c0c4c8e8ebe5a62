"""Attributes and entries of which some rule asks wherever they are named, and what they are compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from lkagent_lint.facts.flows import Access, Use
from lkagent_lint.facts.values import OPAQUE, Attribute, Expr, Items, Name, Subscript, Text
from lkagent_lint.frontends.python.roots import Roots
from lkagent_lint.frontends.python.words import COMPARED, KEEPER, MODELS, TEXTS

if TYPE_CHECKING:
    from lkagent_lint.frontends.python.walker import Walker

_GETS = {"get": Access.ASKED, "pop": Access.ASKED, "setdefault": Access.STORED}


class Looks:
    """Notes of the walker's open flow."""

    def __init__(self, walker: Walker) -> None:
        self._walker = walker
        self._roots = Roots(walker)
        self.tries = 0
        """How many ``try`` statements that catch something are open."""
        self.guards = 0
        """How many of them catch what reading a missing attribute raises."""
        self._seen: set[int] = set()
        """``id`` of the nodes of which something better is known than that they are named."""
        self._inner: cst.Attribute | None = None
        """The attribute that was noted last, for what it hangs on alone."""

    def attribute(self, value: Attribute, node: cst.Attribute) -> None:
        """An attribute is read."""
        before = len(self._walker.flow.looks)
        self._attribute(value, node)
        if len(self._walker.flow.looks) == before:
            self._chain(value, node)

    def _chain(self, value: Attribute, node: cst.Attribute) -> None:
        """Note a read of what may be an object of the SDK: the longest chain of attributes says all."""
        looks = self._walker.flow.looks
        if node.attr.value == KEEPER:
            self._inner = None
            return  # what it keeps is the project's own
        is_longer = self._inner is not None and node.value is self._inner
        if is_longer and looks and looks[-1][2] is self._inner:
            looks.pop()
        elif not is_longer and not self._roots.may_hold(value):
            return
        self._inner = node
        looks.append((value, Access.ASKED if self.guards else Access.READ, node))

    def called(self, node: cst.Call) -> None:
        """What a method is called on has been evaluated: the method itself is said by the call."""
        function, looks = node.func, self._walker.flow.looks
        if function is not self._inner or not looks or looks[-1][2] is not function:
            return
        value, access, _ = looks[-1]
        if isinstance(value, Attribute) and isinstance(value.base, Attribute) and value.base.name in TEXTS:
            return  # which method it is may be said by nothing else
        looks.pop()
        inner = function.value if isinstance(function, cst.Attribute) else None
        if isinstance(value, Attribute) and isinstance(value.base, Attribute) and isinstance(inner, cst.Attribute):
            if self._roots.may_hold(value.base):
                looks.append((value.base, access, inner))

    def _attribute(self, value: Attribute, node: cst.Attribute) -> None:
        inner = node.value
        if isinstance(inner, cst.Attribute) and inner.attr.value in MODELS and isinstance(value.base, Attribute):
            self._used(value.base, inner)
        if id(node) in self._seen:
            return
        if node.attr.value == KEEPER:
            self._note(value, Access.WHOLE, node)
        elif node.attr.value in MODELS or _is_private(node):
            self._note(value, Access.READ, node)

    def _used(self, value: Attribute, node: cst.Attribute) -> None:
        """A member of a model is read: what was noted of the model itself says less."""
        looks = self._walker.flow.looks
        for index, (_, access, noted) in enumerate(looks):
            if noted is node and access is Access.READ:
                looks[index] = (value, Access.USED, node)

    def subscript(self, node: cst.Subscript, access: Access = Access.READ) -> None:
        """An entry is read or stored, before its container is."""
        key = _key(node)
        keeper = _keeper(node.value)
        if keeper is not None and key is not None:
            self._seen.add(id(keeper))
            self._note(self._entry(keeper, key), access, node)

    def call(self, node: cst.Call) -> None:
        """An entry is asked for by a method of its container, before that is evaluated."""
        function = node.func
        keeper = _keeper(function.value) if isinstance(function, cst.Attribute) else None
        if keeper is None or not isinstance(function, cst.Attribute) or function.attr.value not in _GETS:
            return
        first = node.args[0].value if node.args else None
        if isinstance(first, cst.SimpleString):
            self._seen.add(id(keeper))
            entry = self._entry(keeper, first)
            self._note(entry, Access.ASKED, node)
            if _GETS[function.attr.value] is Access.STORED:
                self._note(entry, Access.STORED, node)

    def rebind(self, node: cst.Name) -> None:
        """A name is bound: a parameter of the function anew, or one of the module from within it."""
        flow = self._walker.flow
        if node.value in flow.module_names or any(each.name == node.value for each in flow.parameters):
            self._note(Name(node.value), Access.STORED, node)

    def store(self, node: cst.Subscript) -> None:
        """A value is stored under a key."""
        base = node.value
        if isinstance(base, cst.Name) and base.value in self._walker.draft.bound and not self._is_own(base.value):
            self._note(Subscript(Name(base.value), OPAQUE), Access.STORED, node)
        self.subscript(node, Access.STORED)
        self._walker.expressions.evaluate(node, Use.COUNTED)  # which is no read of the entry

    def _is_own(self, name: str) -> bool:
        flow = self._walker.flow
        return flow is self._walker.draft.module or flow.binds(name)

    def compare(self, node: cst.Comparison) -> None:
        """Something is compared, before its parts are evaluated."""
        if len(node.comparisons) != 1:
            return
        operator, right = node.comparisons[0].operator, node.comparisons[0].comparator
        if isinstance(operator, (cst.In, cst.NotIn)) and isinstance(node.left, cst.SimpleString):
            keeper = _keeper(right)
            if keeper is not None:
                self._seen.add(id(keeper))
                self._note(self._entry(keeper, node.left), Access.ASKED, node)

    def compared(self, node: cst.Comparison, left: Expr, right: Expr) -> None:
        """Something has been compared."""
        if len(node.comparisons) != 1:
            return
        operator = node.comparisons[0].operator
        if isinstance(operator, (cst.Equal, cst.NotEqual, cst.In, cst.NotIn)):
            for value, other in ((left, right), (right, left)):
                texts = _texts(other)
                if isinstance(value, Attribute) and value.name in COMPARED and texts:
                    self._walker.flow.comparisons.append((value, texts, node))

    def _entry(self, keeper: cst.Attribute, key: cst.SimpleString) -> Subscript:
        base = self._walker.expressions.annotation(keeper.value)
        return Subscript(Attribute(base, KEEPER), self._walker.expressions.evaluate(key))

    def _note(self, value: Expr, access: Access, node: cst.CSTNode) -> None:
        if self.tries and access is Access.READ and isinstance(value, Subscript):
            access = Access.ASKED
        self._walker.flow.looks.append((value, access, node))


def _keeper(node: cst.BaseExpression) -> cst.Attribute | None:
    """``proc.userdata``, where what it hangs on is a plain name."""
    if not isinstance(node, cst.Attribute) or node.attr.value != KEEPER:
        return None
    base: cst.BaseExpression = node.value
    while isinstance(base, cst.Attribute):
        base = base.value
    return node if isinstance(base, cst.Name) else None


def _key(node: cst.Subscript) -> cst.SimpleString | None:
    index = node.slice[0].slice if len(node.slice) == 1 else None
    value = index.value if isinstance(index, cst.Index) else None
    return value if isinstance(value, cst.SimpleString) else None


def _is_private(node: cst.Attribute) -> bool:
    """``session._room_io``, and not what an object calls its own."""
    name = node.attr.value
    if not name.startswith("_") or name.startswith("__"):
        return False
    return not (isinstance(node.value, cst.Name) and node.value.value in ("self", "cls"))


def _texts(value: Expr) -> tuple[str, ...]:
    parts = value.items if isinstance(value, Items) else (value,)
    return tuple(each.value for each in parts if isinstance(each, Text)) if all(map(_is_text, parts)) else ()


def _is_text(value: Expr) -> bool:
    return isinstance(value, Text)

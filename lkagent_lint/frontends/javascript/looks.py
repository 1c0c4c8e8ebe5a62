"""Entries and attributes of which some rule asks wherever they are named, and what they are compared with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Access, Comparison, Look
from lkagent_lint.facts.following import last_name
from lkagent_lint.frontends.javascript.parse import text_of
from lkagent_lint.sources.sdk.vocabulary import written

if TYPE_CHECKING:
    from tree_sitter import Node

    from lkagent_lint.frontends.javascript.drafts import FlowDraft
    from lkagent_lint.frontends.javascript.walker import Walker

_HOLDS = re.compile(
    r"(?i)ctx|context|session|room|agent|job|req|participant|event|metrics|token|packet|^(?:ev|evt|e|msg|lk|lkapi|api)$"
)
"""How the parameters and properties are called that hold objects of the SDK where nothing says so."""
_MAKERS = written(lambda term: term.is_called and bool(term.gives), in_node=True) | {"say", "generateReply"}
_DEPTH = 3
KEEPER = "userdata"
"""What ``userData`` is called in facts, as in Python."""
_KEEPER = "userData"
_COMPARED = frozenset({"kind", "source", "connectionState"})
_EQUALS = frozenset({"===", "!==", "==", "!="})
_TRANSPARENT = frozenset(
    {"parenthesized_expression", "as_expression", "satisfies_expression", "non_null_expression", "type_assertion"}
)
_ASKING = frozenset({"if_statement", "while_statement"})


def look_at(value: v.Attribute, node: Node, walker: Walker) -> None:
    """A property has been read, or stored."""
    inner = value.base
    if isinstance(inner, v.Attribute) and inner.name == _KEEPER:
        entry = v.Subscript(v.Attribute(inner.base, KEEPER), v.Text(value.name))
        access = Access.ASKED if _is_asked(node) else Access.READ
        walker.flow.looks.append(Look(entry, access, walker.span(node)))
    elif value.name == _KEEPER and not _is_inner(node):
        whole = v.Attribute(inner, KEEPER)
        walker.flow.looks.append(Look(whole, Access.WHOLE, walker.span(node)))


def chain(value: v.Attribute, node: Node, walker: Walker) -> None:
    """A property has been read that may be one of an object of the SDK: the longest chain of properties says all."""
    if _is_inner(node) and not _is_receiver(node):
        return
    if value.name == _KEEPER or _keeps(value.base):
        return  # what it keeps is the project's own
    if value.name.startswith(("_", "#")) or not _may_hold(value.base, walker.flow, _DEPTH):
        return
    access = Access.ASKED if _is_asked(node) or "?." in text_of(node) else Access.READ
    walker.flow.looks.append(Look(value, access, walker.span(node)))


def _keeps(value: v.Expr) -> bool:
    while isinstance(value, (v.Attribute, v.Subscript)):
        if isinstance(value, v.Attribute) and value.name in (_KEEPER, KEEPER):
            return True
        value = value.base
    return False


def _is_receiver(node: Node) -> bool:
    """A method of it is called."""
    _, outer = _around(node)
    called = None if outer is None else _around(outer)[1]
    return called is not None and called.type == "call_expression" and called.child_by_field_name("function") == outer


def _may_hold(value: v.Expr, flow: FlowDraft | None, depth: int) -> bool:
    """Whether a value may be an object of the SDK, by how it is called, typed and made."""
    match value:
        case v.Name(name) if flow is not None and depth:
            home = flow.lookup(name)
            given = [] if home is None else [each for each in home.parameters if each.name == name]
            if given:
                return given[0].annotation is not None or _HOLDS.search(name) is not None
            values = [] if home is None else home.variables.get(name, [])
            return any(_may_hold(each, home, depth - 1) for each in values)
        case v.Attribute(v.Name("this"), name):
            return _HOLDS.search(name) is not None
        case v.Attribute(base):
            return _may_hold(base, flow, depth)
        case v.Result(number) if flow is not None:
            word = last_name(flow.calls[number].target)
            return word[:1].isupper() or word in _MAKERS
        case v.Typed():
            return True
        case _:
            return False


def stored(base: v.Expr, name: str, node: Node, walker: Walker) -> None:
    """A property has been assigned."""
    if isinstance(base, v.Attribute) and base.name == _KEEPER:
        entry = v.Subscript(v.Attribute(base.base, KEEPER), v.Text(name))
        walker.flow.looks.append(Look(entry, Access.STORED, walker.span(node)))


def rebound(target: Node, walker: Walker) -> None:
    """A name has been assigned: a parameter of the function is bound anew."""
    name = text_of(target)
    if any(each.name == name for each in walker.flow.parameters):
        walker.flow.looks.append(Look(v.Name(name), Access.STORED, walker.span(target)))


def stored_by_key(target: Node, walker: Walker) -> None:
    """Something that is no name and no property has been assigned: ``userData["vad"] = …`` is an entry."""
    base, index = target.child_by_field_name("object"), target.child_by_field_name("index")
    if target.type == "subscript_expression" and base is not None and index is not None:
        key = walker.evaluate(index)
        if isinstance(key, v.Text):
            stored(walker.evaluate(base), key.value, target, walker)


def compared(left: v.Expr, right: v.Expr, operator: str, node: Node, walker: Walker) -> None:
    """Two values have been compared."""
    if operator in _EQUALS:
        for value, other in ((left, right), (right, left)):
            if isinstance(value, v.Attribute) and value.name in _COMPARED and isinstance(other, v.Text):
                walker.flow.comparisons.append(Comparison(value, (other.value,), walker.span(node)))


def _around(node: Node) -> tuple[Node, Node | None]:
    """A node with all that says only what type it has, and what holds that."""
    while node.parent is not None and node.parent.type in _TRANSPARENT:
        node = node.parent
    return node, node.parent


def _is_inner(node: Node) -> bool:
    """Some property of it is named."""
    here, parent = _around(node)
    if parent is None or parent.type not in ("member_expression", "subscript_expression"):
        return False
    index = parent.child_by_field_name("index")
    return parent.child_by_field_name("object") == here and (index is None or index.type == "string")


def _is_asked(node: Node) -> bool:
    """The code goes on where it is undefined: a condition, or the side of a fallback."""
    here, parent = _around(node)
    if parent is None:
        return False
    if parent.type == "binary_expression":
        return text_of(parent).find("??") >= 0 or any(sign in text_of(parent) for sign in ("||", "&&", "==", "!="))
    if parent.type == "ternary_expression":
        return parent.child_by_field_name("condition") == here
    if any(child.type == "optional_chain" for child in parent.children):
        return True
    return parent.type in ("unary_expression", *_ASKING)

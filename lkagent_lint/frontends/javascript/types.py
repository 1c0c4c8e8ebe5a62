"""Type annotations of TypeScript as symbolic expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lkagent_lint.facts import values as v
from lkagent_lint.frontends.javascript.parse import text_of

if TYPE_CHECKING:
    from tree_sitter import Node

_TRANSPARENT = frozenset({"Promise", "Readonly", "Required", "Awaited", "NonNullable"})
"""What is promised, or made sure, is what a value is here: awaiting changes nothing about it."""


def annotation_of(node: Node | None) -> v.Expr | None:
    """The type that ``field``'s node gives; None where there is none."""
    if node is None:
        return None
    return type_of(node.named_children[0]) if node.type == "type_annotation" and node.named_child_count else None


def type_of(node: Node) -> v.Expr:
    match node.type:
        case "type_identifier" | "identifier":
            return v.Name(text_of(node))
        case "nested_type_identifier" | "nested_identifier" | "member_expression":
            return _nested(node)
        case "generic_type":
            return _generic(node)
        case "union_type":
            return v.Either(tuple(type_of(each) for each in node.named_children))
        case "parenthesized_type" if node.named_child_count:
            return type_of(node.named_children[0])
        case "literal_type":
            return v.NONE if text_of(node) in ("null", "undefined") else v.OPAQUE
        case _:
            return v.OPAQUE


def promises(node: Node | None) -> bool:
    """Whether an annotation is a ``Promise`` of something."""
    if node is None or not node.named_child_count or node.named_children[0].type != "generic_type":
        return False
    name = node.named_children[0].child_by_field_name("name")
    return name is not None and text_of(name) == "Promise"


def _nested(node: Node) -> v.Expr:
    base = node.child_by_field_name("module") or node.child_by_field_name("object")
    name = node.child_by_field_name("name") or node.child_by_field_name("property")
    return v.OPAQUE if base is None or name is None else v.Attribute(type_of(base), text_of(name))


def _generic(node: Node) -> v.Expr:
    name, given = node.child_by_field_name("name"), node.child_by_field_name("type_arguments")
    if name is None:
        return v.OPAQUE
    if text_of(name) in _TRANSPARENT and given is not None and given.named_child_count:
        return type_of(given.named_children[0])
    return type_of(name)

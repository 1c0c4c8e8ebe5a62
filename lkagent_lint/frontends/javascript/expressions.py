"""Values of ECMAScript as symbolic expressions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from lkagent_lint.facts import values as v
from lkagent_lint.frontends.javascript.parse import arguments, callee, entries, text_of, unwrap

if TYPE_CHECKING:
    from tree_sitter import Node

_MAX_DEPTH = 40
ENVIRONMENT = v.Attribute(v.Name("process"), "env")
"""All variables of the environment, however they are spelled."""
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"', "`": "`", "$": "$"}


Calls = Mapping[int, int]
"""The numbers of the calls that were recorded, by their nodes' ``id``."""
_NONE: Calls = {}


def value_of(node: Node, depth: int = 0, calls: Calls = _NONE) -> v.Expr:
    """What an expression says about its value; ``Opaque`` where it is not followed, as calls that are not recorded."""
    node = unwrap(node)
    if depth > _MAX_DEPTH:
        return v.OPAQUE
    match node.type:
        case "string":
            return _string(node)
        case "template_string":
            return _template(node, depth, calls)
        case "identifier" | "shorthand_property_identifier":
            return v.NONE if text_of(node) == "undefined" else v.Name(text_of(node))
        case "this":
            return v.Name("this")
        case "null" | "undefined":
            return v.NONE
        case "true" | "false" | "number":
            return v.Constant(text_of(node))
        case "member_expression" | "subscript_expression":
            return _member(node, depth, calls)
        case "binary_expression":
            return _binary(node, depth, calls)
        case "ternary_expression":
            branches = [node.child_by_field_name(name) for name in ("consequence", "alternative")]
            return v.Either(tuple(value_of(each, depth + 1, calls) for each in branches if each is not None))
        case "object":
            return v.Mapping(
                tuple(
                    (key, v.OPAQUE if value.type == "method_definition" else value_of(_within(value), depth + 1, calls))
                    for key, _, value in entries(node)
                )
            )
        case "array":
            return v.Items(
                tuple(value_of(each, depth + 1, calls) for each in node.named_children if each.type != "comment")
            )
        case "call_expression":
            return _call(node, depth, calls)
        case "new_expression" if node.id in calls:
            return v.Result(calls[node.id])
        case _:
            return v.OPAQUE


def _string(node: Node) -> v.Expr:
    parts: list[str] = []
    for child in node.named_children:
        if child.type == "string_fragment":
            parts.append(text_of(child))
        elif child.type == "escape_sequence" and text_of(child)[1:] in _ESCAPES:
            parts.append(_ESCAPES[text_of(child)[1:]])
        else:
            return v.OPAQUE
    return v.Text("".join(parts))


def _template(node: Node, depth: int, calls: Calls) -> v.Expr:
    parts: list[v.Expr] = []
    for child in node.named_children:
        if child.type == "string_fragment":
            parts.append(v.Text(text_of(child)))
        elif child.type == "template_substitution" and child.named_child_count == 1:
            parts.append(value_of(child.named_children[0], depth + 1, calls))
        else:
            return v.OPAQUE
    return joined(parts)


def joined(parts: list[v.Expr]) -> v.Expr:
    """The concatenation of parts, folded where all are literal; of concatenations their own parts."""
    parts = [each for part in parts for each in (part.parts if isinstance(part, v.Join) else (part,))]
    if all(isinstance(part, v.Text) for part in parts):
        return v.Text("".join(part.value for part in parts if isinstance(part, v.Text)))
    return parts[0] if len(parts) == 1 else v.Join(tuple(parts))


def _member(node: Node, depth: int, calls: Calls) -> v.Expr:
    base = node.child_by_field_name("object")
    key = node.child_by_field_name("property") or node.child_by_field_name("index")
    if base is None or key is None:
        return v.OPAQUE
    if node.type == "member_expression":
        name = text_of(key)
    else:
        index = value_of(key, depth + 1, calls)
        if not isinstance(index, v.Text):
            return v.Subscript(value_of(base, depth + 1, calls), index)
        name = index.value
    if is_environment(base):
        return v.Env(name)
    if is_environment(node):
        return ENVIRONMENT
    return v.Attribute(value_of(base, depth + 1, calls), name)


def is_environment(node: Node) -> bool:
    """``process.env``, ``import.meta.env``, ``Bun.env``."""
    return "".join(text_of(unwrap(node)).split()).replace("?.", ".") in (
        "process.env",
        "import.meta.env",
        "Bun.env",
        "globalThis.process.env",
    )


def _binary(node: Node, depth: int, calls: Calls) -> v.Expr:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    operator = node.child_by_field_name("operator")
    if left is None or right is None or operator is None:
        return v.OPAQUE
    sides = value_of(left, depth + 1, calls), value_of(right, depth + 1, calls)
    match text_of(operator):
        case "||" | "??":
            return v.Or(sides)
        case "&&":
            return v.Either(sides)
        case "+":
            return joined(list(sides))
        case _:
            return v.OPAQUE


def _call(node: Node, depth: int, calls: Calls) -> v.Expr:
    target = callee(node)
    if target is None:
        return v.OPAQUE
    given = tuple(value_of(each, depth + 1, calls) for each in arguments(node)[:1])
    if target.type == "import":
        return _module(given)
    base, key = target.child_by_field_name("object"), target.child_by_field_name("property")
    if target.type != "member_expression" or base is None or key is None:
        known = called(v.Name(text_of(target)), given)
    else:
        known = called(v.Attribute(value_of(base, depth + 1, calls), text_of(key)), given)
    if known is not None:
        return known
    return v.Result(calls[node.id]) if node.id in calls else v.OPAQUE


def _within(value: Node) -> Node:
    """What is spread, or the value itself."""
    return value.named_children[0] if value.type == "spread_element" and value.named_child_count else value


def called(target: v.Expr, given: tuple[v.Expr, ...]) -> v.Expr | None:
    """What the language's own functions give that leave a value as it is, or fetch one; None for all others."""
    match target:
        case v.Name("require") if given:
            return _module(given)
        case v.Name("String") if len(given) == 1:
            return given[0]
        case v.Attribute(v.Attribute(v.Name("Deno"), "env"), "get") if given:
            return v.Env(given[0].value) if isinstance(given[0], v.Text) else v.OPAQUE
        case v.Attribute(base, "trim" | "toString"):
            return base
        case v.Attribute(v.Name("Object"), "freeze") if given:
            return given[0]
        case _:
            return None


def _module(given: tuple[v.Expr, ...]) -> v.Expr:
    return v.External(given[0].value, "*") if given and isinstance(given[0], v.Text) else v.OPAQUE

"""What parameters and destructuring patterns bind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec.structs import replace

from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Parameter, Store, Use
from lkagent_lint.facts.following import each_of
from lkagent_lint.frontends.javascript.expressions import value_of
from lkagent_lint.frontends.javascript.parse import callee, last_name, text_of
from lkagent_lint.frontends.javascript.types import annotation_of

if TYPE_CHECKING:
    from tree_sitter import Node

    from lkagent_lint.frontends.javascript.walker import Walker

_NAMES = ("identifier", "shorthand_property_identifier_pattern")


class Patterns:
    """Binds names in the walker's open function."""

    def __init__(self, walker: Walker) -> None:
        self._walker = walker

    def bind(self, target: Node, value: v.Expr, *, is_environment: bool = False) -> None:
        """``target = value`` in a declaration. ``is_environment``: the value is ``process.env`` itself."""
        match target.type:
            case "identifier":
                if isinstance(value, v.External):
                    self._walker.draft.modules[value.module] = None
                self._walker.flow.bind(text_of(target), value)
            case "object_pattern":
                for child in target.named_children:
                    self._property(child, value, is_environment)
            case "array_pattern":
                for index, child in enumerate(each for each in target.named_children if each.type != "comment"):
                    held = value.items[index] if isinstance(value, v.Items) and index < len(value.items) else v.OPAQUE
                    self.bind(child, held)
            case "assignment_pattern":
                left, right = target.child_by_field_name("left"), target.child_by_field_name("right")
                if left is not None:
                    default = v.OPAQUE if right is None else self._walker.evaluate(right, Use.KEPT)
                    self.bind(left, v.Or((value, default)))
            case _:
                for name in self.names(target):
                    self._walker.flow.bind(name, v.OPAQUE)

    def names(self, target: Node) -> Iterator[str]:
        """Every name that a pattern binds."""
        if target.type in _NAMES:
            yield text_of(target)
        for child in target.named_children:
            yield from self.names(child)

    def _property(self, child: Node, value: v.Expr, is_environment: bool) -> None:
        """``{ a, b: c, d = "x" }`` of a value: an attribute each, or a variable of the environment."""
        key, target, default = child, child, None
        if child.type == "rest_pattern":
            self.bind(child, v.OPAQUE)
            return
        if child.type == "pair_pattern":
            key, target = child.child_by_field_name("key") or child, child.child_by_field_name("value") or child
        if target.type in ("object_assignment_pattern", "assignment_pattern"):
            default = target.child_by_field_name("right")
            target = target.child_by_field_name("left") or target
            key = target if key is child else key
        name = text_of(key).strip("'\"`")
        held: v.Expr = v.Env(name) if is_environment else v.Attribute(value, name)
        if isinstance(value, v.External) and value.name == "*":
            self._walker.draft.modules[value.module] = None
            held = v.External(value.module, name)
        if default is not None:
            held = v.Or((held, self._walker.evaluate(default, Use.KEPT)))
        if target.type in _NAMES:
            self._walker.flow.bind(text_of(target), held)
        else:
            self.bind(target, held)

    # Parameters

    def parameters(self, node: Node, *, is_method: bool) -> None:
        """The parameters of the function just opened; a pattern stands for one without a name."""
        flow = self._walker.flow
        if is_method:
            flow.parameters.append(Parameter("this"))
        single = node.child_by_field_name("parameter")
        if single is not None:
            flow.parameters.append(Parameter(text_of(single), default=_iterated(node)))
        given = node.child_by_field_name("parameters")
        for child in [] if given is None else given.named_children:
            if child.type != "comment":
                self._parameter(child)
        if given is not None and given.named_child_count == 1 and flow.parameters and not flow.parameters[-1].default:
            flow.parameters[-1] = replace(flow.parameters[-1], default=_iterated(node))

    def _parameter(self, node: Node) -> None:
        flow = self._walker.flow
        pattern, annotation, default = node, None, None
        if node.type in ("required_parameter", "optional_parameter"):
            pattern = node.child_by_field_name("pattern") or node
            annotation = annotation_of(node.child_by_field_name("type"))
            default = node.child_by_field_name("value")
        elif node.type == "assignment_pattern":
            pattern, default = node.child_by_field_name("left") or node, node.child_by_field_name("right")
        if pattern.type == "this":
            return
        held = None if default is None else v.carried(self._walker.evaluate(default, Use.KEPT), flow.name)
        if pattern.type == "rest_pattern":
            for name in self.names(pattern):
                flow.parameters.append(Parameter(name, kind="*"))
        elif pattern.type == "identifier":
            name = text_of(pattern)
            flow.parameters.append(Parameter(name, annotation, held))
            if any(child.type in ("accessibility_modifier", "readonly") for child in node.children):
                flow.stores.append(Store(v.Name("this"), name, v.Name(name), self._walker.span(pattern)))
        else:
            name = f"<{len(flow.parameters)}>"
            flow.parameters.append(Parameter(name, annotation, held))
            self.bind(pattern, v.Name(name))


_RUN_THROUGH = ("forEach", "map", "flatMap", "filter", "some", "every", "find")
"""Methods of arrays that call a function with each item."""


def _iterated(function: Node) -> v.Expr | None:
    """``["desk", "billing"].forEach((name) => …)``: what the function's parameter holds; None for other functions."""
    call = None if function.parent is None or function.parent.type != "arguments" else function.parent.parent
    target = None if call is None or call.type != "call_expression" else callee(call)
    held = None if target is None or last_name(target) not in _RUN_THROUGH else target.child_by_field_name("object")
    if held is None or held.type not in ("array", "identifier"):
        return None
    return each_of(value_of(held))

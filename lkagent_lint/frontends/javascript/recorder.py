"""From expressions to symbolic values, recording calls, awaits and reads in the order in which they run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from lkagent_lint.facts import following
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Await, Call, Do, Read, Use
from lkagent_lint.frontends.javascript import looks
from lkagent_lint.frontends.javascript.expressions import ENVIRONMENT, called, is_environment, joined, value_of
from lkagent_lint.frontends.javascript.parse import FUNCTIONS, last_name, text_of, unwrap
from lkagent_lint.sources.scheduling import CONTINUATIONS
from lkagent_lint.sources.sdk.vocabulary import TERMS, Form, Term, written

if TYPE_CHECKING:
    from tree_sitter import Node

    from lkagent_lint.frontends.javascript.walker import Walker


def _is_read(term: Term) -> bool:
    return term.form_in_node is Form.VALUE and bool(term.event_in_node)


_READS = written(lambda term: _is_read(term) and not term.written_on, in_node=True)
"""Properties whose mere reading is a step: the room is used there."""
_COUNTS = frozenset({"size", "length"})
"""Properties that say how much something holds."""
_READS_ON = {
    each.name: term.written_on for term in TERMS.values() if _is_read(term) and term.written_on for each in term.node
}
"""The same for common words, and what they have to be read on."""
_TYPES = frozenset({"type_annotation", "type_arguments", "type_parameters", "predefined_type", "as_const", "comment"})


class Recorder:
    """Evaluates expressions into the walker's open function."""

    def __init__(self, walker: Walker) -> None:
        self._walker = walker
        self._in_fallback = False
        """Within the right side of ``??`` or ``||``: what is undefined there is meant to be."""

    def evaluate(self, node: Node, use: Use = Use.VALUE) -> v.Expr:
        """The symbolic value of an expression, after recording what evaluating it does."""
        node = _bare(node)
        if node.type in FUNCTIONS:
            return v.Function(self._walker.definitions.function(node, ""))
        handler = self._HANDLERS.get(node.type)
        if handler is not None:
            return handler(self, node, use)
        if not node.named_child_count:
            return value_of(node)
        return self._parts(node)

    def _parts(self, node: Node) -> v.Expr:
        """An expression whose own value is not followed: JSX, regular expressions, comparisons."""
        for child in node.named_children:
            if child.type not in _TYPES:
                self.evaluate(child, Use.KEPT)
        return v.OPAQUE

    # Values

    def _object(self, node: Node, use: Use) -> v.Expr:
        entries: list[tuple[str, v.Expr]] = []
        for child in node.named_children:
            key = child.child_by_field_name("key")
            value = child.child_by_field_name("value")
            if child.type == "pair" and key is not None and value is not None:
                name = text_of(key).strip("'\"`")
                held = self._named(value, name, key)
                entries.append((name if key.type != "computed_property_name" else "", held))
            elif child.type == "shorthand_property_identifier":
                entries.append((text_of(child), v.Name(text_of(child))))
            elif child.type == "method_definition":
                named = child.child_by_field_name("name")
                name = "" if named is None else text_of(named)
                entries.append((name, v.Function(self._walker.definitions.function(child, name, named))))
            elif child.type == "spread_element":
                spread = [self.evaluate(each, Use.KEPT) for each in child.named_children if each.type != "comment"]
                entries.append(("**", spread[0] if len(spread) == 1 else v.OPAQUE))
        return v.Mapping(tuple(entries))

    def _named(self, value: Node, name: str, at: Node) -> v.Expr:
        """A value that is held under a name: a function takes it for its own."""
        inner = _bare(value)
        if inner.type in FUNCTIONS:
            return v.Function(self._walker.definitions.function(inner, name, at))
        return self.evaluate(value, Use.KEPT)

    def _array(self, node: Node, use: Use) -> v.Expr:
        return v.Items(tuple(self._item(each) for each in node.named_children if each.type != "comment"))

    def _item(self, node: Node) -> v.Expr:
        if node.type == "spread_element":
            inner = [self.evaluate(each, Use.KEPT) for each in node.named_children]
            return v.Spread(inner[0] if inner else v.OPAQUE)
        return self.evaluate(node, Use.KEPT)

    def _template(self, node: Node, use: Use) -> v.Expr:
        parts: list[v.Expr] = []
        for child in node.named_children:
            if child.type == "string_fragment":
                parts.append(v.Text(text_of(child)))
            elif child.type == "template_substitution" and child.named_child_count == 1:
                parts.append(self.evaluate(child.named_children[0]))
            else:
                parts.append(v.OPAQUE)
        return v.OPAQUE if v.OPAQUE in parts else joined(parts)

    def _this(self, node: Node, use: Use) -> v.Expr:
        return v.Name("this")

    def _class(self, node: Node, use: Use) -> v.Expr:
        return v.ClassName(self._walker.definitions.class_(node))

    def _element(self, node: Node, use: Use) -> v.Expr:
        """``<Room agentName="desk" {...rest} />``: a component is called with its properties."""
        name = node.child_by_field_name("name")
        properties: list[tuple[str, v.Expr]] = []
        for child in node.named_children:
            if child.type == "jsx_attribute":
                properties.append(self._property(child))
            elif child.type == "jsx_expression":
                properties.append(("**", self._expression(child)))
        if name is not None and properties and text_of(name)[:1].isupper():
            self.record(value_of(name), (v.Mapping(tuple(properties)),), Use.KEPT, node)
        return v.OPAQUE

    def _property(self, node: Node) -> tuple[str, v.Expr]:
        key, *values = (each for each in node.named_children if each.type != "comment")
        held = self._expression(values[0]) if values else v.Constant("true")
        return text_of(key), held

    def _expression(self, node: Node) -> v.Expr:
        """What stands between the braces of a property, or its text."""
        if node.type != "jsx_expression":
            return self.evaluate(node, Use.KEPT)
        inner = [each for each in node.named_children if each.type != "comment"]
        if len(inner) == 1 and inner[0].type == "spread_element":
            inner = [each for each in inner[0].named_children if each.type != "comment"]
        return self.evaluate(inner[0], Use.KEPT) if len(inner) == 1 else v.OPAQUE

    # Access

    def _member(self, node: Node, use: Use) -> v.Expr:
        base, key = node.child_by_field_name("object"), node.child_by_field_name("property")
        if base is None or key is None:
            return v.OPAQUE
        if is_environment(base):
            return v.Env(text_of(key))
        if is_environment(node):
            return ENVIRONMENT
        counted = text_of(key) in _COUNTS and base.type == "member_expression"
        value = v.Attribute(self.evaluate(base, Use.COUNTED if counted else Use.VALUE), text_of(key))
        self._walker.draft.asked_for[value.name] = None
        looks.look_at(value, node, self._walker)
        looks.chain(value, node, self._walker)
        read_on = following.last_name(value.base) == _READS_ON.get(value.name, "-")
        if value.name in _READS or (read_on and not self._in_fallback):
            self._walker.graph.step(Read(value, use, self._walker.span(node)))
        return value

    def _subscript(self, node: Node, use: Use) -> v.Expr:
        base, index = node.child_by_field_name("object"), node.child_by_field_name("index")
        if base is None or index is None:
            return v.OPAQUE
        held, key = self.evaluate(base), self.evaluate(index)
        if not isinstance(key, v.Text):
            return v.Subscript(held, key)
        if held == ENVIRONMENT:
            return v.Env(key.value)
        value = v.Attribute(held, key.value)
        looks.look_at(value, node, self._walker)
        return value

    # Branches within expressions

    def _binary(self, node: Node, use: Use) -> v.Expr:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        operator = node.child_by_field_name("operator")
        if left is None or right is None or operator is None:
            return self._parts(node)
        first = self.evaluate(left, Use.KEPT)
        word = text_of(operator)
        if word == "in" and isinstance(first, v.Text):
            self._walker.draft.asked_for[first.value] = None
        if word not in ("&&", "||", "??"):
            second = self.evaluate(right)
            looks.compared(first, second, word, node, self._walker)
            return joined([first, second]) if word == "+" else following.made_of(first, second)
        last_use = use if use is Use.DROPPED else Use.KEPT  # ``ready && start()`` drops what start returns
        outer, self._in_fallback = self._in_fallback, self._in_fallback or word != "&&"
        second = self._either([lambda: self.evaluate(right, last_use), lambda: v.NONE], _is_plain(right))[0]
        self._in_fallback = outer
        return v.Either((first, second)) if word == "&&" else v.Or((first, second))

    def _ternary(self, node: Node, use: Use) -> v.Expr:
        test, *ways = (node.child_by_field_name(each) for each in ("condition", "consequence", "alternative"))
        if test is not None:
            self.evaluate(test)
        kept = Use.KEPT if use is Use.AWAITED else use
        branches = [partial(self.evaluate, way, kept) for way in ways if way is not None]
        return v.Either(tuple(self._either(branches, all(way is None or _is_plain(way) for way in ways))))

    def _either(self, branches: Sequence[Callable[[], v.Expr]], plain: bool) -> list[v.Expr]:
        """The values of branches of which one runs. Plain ones do nothing, so they need no blocks."""
        if plain:
            return [branch() for branch in branches]
        graph = self._walker.graph
        start = graph.fork()
        after = graph.block()
        values: list[v.Expr] = []
        for branch in branches:
            graph.branch(start)
            values.append(branch())
            graph.goto(after)
        graph.here = after
        return values

    def _sequence(self, node: Node, use: Use) -> v.Expr:
        values = [self.evaluate(each, use) for each in node.named_children if each.type != "comment"]
        return values[-1] if values else v.OPAQUE

    def _assignment(self, node: Node, use: Use) -> v.Expr:
        target, value = node.child_by_field_name("left"), node.child_by_field_name("right")
        if target is None or value is None:
            return self._parts(node)
        held = self._named(value, last_name(target), target)
        if node.type.startswith("augmented") and text_of(node.children[1]) not in ("||=", "??=", "&&="):
            held = v.OPAQUE
        self._walker.assign(target, held)
        return held

    def _unary(self, node: Node, use: Use) -> v.Expr:
        """``void promise`` says that nobody waits for it."""
        parts = [self.evaluate(each, Use.KEPT) for each in node.named_children if each.type != "comment"]
        return v.NONE if node.children[0].type == "void" else following.made_of(*parts)

    def _yield(self, node: Node, use: Use) -> v.Expr:
        self._walker.flow.is_generator = True
        return self._parts(node)

    # Calls and awaits

    def _await(self, node: Node, use: Use) -> v.Expr:
        inner = next((each for each in node.named_children if each.type != "comment"), None)
        if inner is None:
            return v.OPAQUE
        operand = _bare(inner)
        if operand.type in ("call_expression", "new_expression"):
            return self._call(operand, Use.AWAITED)
        value = self.evaluate(operand, Use.KEPT)
        self._walker.graph.step(Await(value, self._walker.span(node)))
        return value

    def _call(self, node: Node, use: Use) -> v.Expr:
        target = node.child_by_field_name("constructor" if node.type == "new_expression" else "function")
        if target is None:
            return self._parts(node)
        target = _bare(target)
        if target.type == "import":
            self._arguments(node)
            return value_of(node)
        if use is Use.AWAITED and last_name(target) in CONTINUATIONS and target.type == "member_expression":
            return self._continued(node, target)
        if target.type == "super":
            parent = self.record(v.Name("super"), (), Use.VALUE, node)
            return self.record(v.Attribute(parent, "__init__"), self._arguments(node), use, node)
        if target.type == "member_expression" and (base := target.child_by_field_name("object")) is not None:
            key = target.child_by_field_name("property")
            held = self._super(base, node) if base.type == "super" else self.evaluate(base)
            name = "" if key is None else text_of(key)
            member = v.Attribute(held, name)
            callee: v.Expr = member
            if any(child.type in ("optional_chain", "?.") for child in node.children):
                self._walker.draft.asked_for[name] = None
            else:
                self._walker.draft.called.append((self._walker.flow, member, self._walker.span(target)))
        else:
            callee = self.evaluate(target)
        given = self._arguments(node)
        known = None if node.type == "new_expression" else called(callee, given)
        if known is not None:
            return known
        return self.record(callee, given, use, node)

    def _super(self, base: Node, node: Node) -> v.Expr:
        return self.record(v.Name("super"), (), Use.VALUE, node)

    def _arguments(self, node: Node) -> tuple[v.Expr, ...]:
        given = node.child_by_field_name("arguments")
        if given is None:
            return ()
        if given.type != "arguments":  # a tagged template
            self.evaluate(given)
            return ()
        return tuple(self._item(each) for each in given.named_children if each.type != "comment")

    def record(self, target: v.Expr, args: tuple[v.Expr, ...], use: Use, node: Node) -> v.Expr:
        """A call, as a step of the open function."""
        flow = self._walker.flow
        number = len(flow.calls)
        flow.calls.append(Call(target, args, (), use, self._walker.span(node)))
        flow.graph.step(Do(number))
        self._walker.draft.recorded[node.id] = flow, number
        return v.Result(number)

    def _continued(self, node: Node, target: Node) -> v.Expr:
        """``await promise.then(f).catch(g)``: what is given to it runs before the await is over."""
        base = target.child_by_field_name("object")
        assert base is not None
        operand = _bare(base)
        graph = self._walker.graph
        values: list[v.Expr] = []

        def waited() -> None:
            if operand.type in ("call_expression", "new_expression"):
                values.append(self._call(operand, Use.AWAITED))
            else:
                values.append(self.evaluate(operand, Use.KEPT))
                graph.step(Await(values[-1], self._walker.span(node)))

        name = last_name(target)
        if name == "then":
            waited()
            handlers = self._arguments(node)
            return self.record(handlers[0], (values[-1],), Use.AWAITED, node) if handlers else values[-1]
        if name == "finally":
            waited()
            for handler in self._arguments(node)[:1]:
                self.record(handler, (), Use.AWAITED, node)
            return values[-1]

        def caught() -> None:
            handlers = self._arguments(node)[:1]
            values.extend(self.record(handler, (v.OPAQUE,), Use.AWAITED, node) for handler in handlers)

        graph.attempt(waited, [caught], catches_all=True)
        return v.Either(tuple(values))

    def _string(self, node: Node, use: Use) -> v.Expr:
        return value_of(node)

    _HANDLERS: ClassVar[dict[str, Callable[..., v.Expr]]] = {
        "object": _object,
        "array": _array,
        "template_string": _template,
        "this": _this,
        "class": _class,
        "member_expression": _member,
        "subscript_expression": _subscript,
        "binary_expression": _binary,
        "ternary_expression": _ternary,
        "sequence_expression": _sequence,
        "assignment_expression": _assignment,
        "augmented_assignment_expression": _assignment,
        "unary_expression": _unary,
        "yield_expression": _yield,
        "await_expression": _await,
        "call_expression": _call,
        "new_expression": _call,
        "string": _string,
        "jsx_self_closing_element": _element,
        "jsx_opening_element": _element,
    }


def _is_plain(node: Node) -> bool:
    """Nothing can happen while it is evaluated."""
    node = _bare(node)
    if node.type == "member_expression":
        base = node.child_by_field_name("object")
        return last_name(node) not in _READS and base is not None and _is_plain(base)
    return not node.named_child_count or node.type in ("string", "arrow_function", "function_expression")


def _bare(node: Node) -> Node:
    """The expression within casts and parentheses; unlike elsewhere, an ``await`` is something of its own."""
    return unwrap(node, through_await=False)

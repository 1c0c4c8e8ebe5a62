"""What an object with an agent's name, a list of agents or a room's configuration is used for in a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from lkagent_lint.facts.file import DispatchKind
from lkagent_lint.frontends.javascript.messages import (
    AGENT,
    CARRIERS,
    CONFIGS,
    CONFIGURATION,
    LISTS,
    SENDS,
    call_around,
    is_from_json,
)
from lkagent_lint.frontends.javascript.parse import arguments, callee, entries, last_name, outermost, text_of, unwrap

if TYPE_CHECKING:
    from tree_sitter import Node

_MAX_CLIMB = 60
_CARRIED_THROUGH = ("array", "call_expression", "ternary_expression", "binary_expression", "spread_element")
"""What holds a value and is for what the value is for; a call only where it makes a list of it (``_mapped``)."""


class Purpose(NamedTuple):
    """What an object with an agent's name is used for."""

    kind: DispatchKind
    presence: bool
    """It is not certain that the object dispatches: it only silences."""


class Purposes:
    """Answers for the objects of one file."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        """``nodes`` are all of the file, in source order."""
        self._uses = dict[str, Purpose]()
        """What variables that hold a configuration or a list of agents are used for, by name."""
        for _ in range(2):  # a list may be for a configuration whose own use is found further down
            for node in nodes:
                self._note_use(node)

    # Variables

    def _note_use(self, node: Node) -> None:
        """``token.roomConfig = configuration``, ``{ roomConfig: configuration }`` and ``{ agents: [dispatch] }``."""
        if node.type == "assignment_expression":
            target, value = node.child_by_field_name("left"), node.child_by_field_name("right")
            if target is not None and value is not None and last_name(target) in CONFIGS:
                self._note(value, Purpose(DispatchKind.TOKEN, presence=False))
        elif node.type == "object":
            for key, _, value in entries(node):
                if key in (*CONFIGS, *LISTS):
                    use = self._of_holder(node, key) or self.of(node)
                    if use is not None and use.kind not in (DispatchKind.CONFIG, DispatchKind.REQUEST):
                        self._note(value, use)
        elif node.type == "variable_declarator":  # ``const init = { body: JSON.stringify(asked) }``
            target, held = node.child_by_field_name("name"), node.child_by_field_name("value")
            use = None if target is None else self._uses.get(text_of(target))
            if use is not None and use.kind is DispatchKind.REQUEST and held is not None:
                for value in _handed_on(held):
                    self._note(value, use)
        elif node.type in ("call_expression", "new_expression"):
            method = last_name(callee(node))
            if method in SENDS:
                for value in _handed_on(node):
                    self._note(value, Purpose(DispatchKind.REQUEST, presence=True))
            elif method in CARRIERS:
                for value in _handed_on(node):
                    self._note(value, Purpose(CARRIERS[method], presence=False))

    def _note(self, value: Node, use: Purpose) -> None:
        value = unwrap(value)
        for element in value.named_children if value.type == "array" else ():
            self._note(element, use)
        if value.type in ("identifier", "shorthand_property_identifier"):
            self._uses.setdefault(text_of(value), use)

    # Objects

    def of(self, node: Node) -> Purpose | None:
        """What an object is for, by what holds it; None where it dispatches nothing that is seen."""
        here, is_agent, is_listed = node, False, False
        for _ in range(_MAX_CLIMB):
            here = outermost(here)
            parent = _mapped(here) or here.parent
            if parent is None:
                break
            if parent.type == "arguments" and parent.parent is not None:
                call, name = parent.parent, last_name(callee(parent.parent))
                is_message = name in (AGENT, CONFIGURATION) or is_from_json(call)
                if not is_message and name != "stringify":
                    return self._of_argument(name, is_agent) or _of_unknown(is_agent)
                here, is_agent = call, is_agent or is_message
            elif parent.type == "pair" and parent.parent is not None:
                key = parent.child_by_field_name("key")
                name = "" if key is None else text_of(key).strip("'\"`")
                here, is_agent = parent.parent, is_agent or (is_listed and name in LISTS)
                use = self._of_holder(here, name)
                if use is not None:
                    return use
            elif parent.type in _CARRIED_THROUGH:
                here, is_listed = parent, is_listed or parent.type in ("array", "call_expression")
            else:
                return self._of_target(parent) or _of_unknown(is_agent)
        return _of_unknown(is_agent)

    def _of_target(self, parent: Node) -> Purpose | None:
        """What is assigned to a configuration, or to a variable that is used for something."""
        if parent.type == "assignment_expression" and last_name(parent.child_by_field_name("left")) in CONFIGS:
            return Purpose(DispatchKind.TOKEN, presence=False)
        target = parent.child_by_field_name("name") if parent.type == "variable_declarator" else None
        return None if target is None else self._uses.get(text_of(target))

    def _of_holder(self, holder: Node, key: str) -> Purpose | None:
        """What ``{ roomConfig: … }`` or ``{ agents: … }`` is for; None where its own holder has to say."""
        call = call_around(holder)
        name = "" if call is None else last_name(callee(call))
        if name in CARRIERS:
            return Purpose(CARRIERS[name], presence=False)
        if key not in CONFIGS:
            return None
        if any(other == "video" for other, _, _ in entries(holder)):  # the claims of a token that is signed by hand
            return Purpose(DispatchKind.TOKEN, presence=False)
        return None

    def _of_argument(self, name: str, is_agent: bool) -> Purpose | None:
        """What an argument of a call by this name is for."""
        if name in CARRIERS:
            return Purpose(CARRIERS[name], presence=False)
        if name in ("push", "concat") and is_agent:
            return Purpose(DispatchKind.CONFIG, presence=False)
        return Purpose(DispatchKind.REQUEST, presence=True) if name in SENDS else None


def _mapped(node: Node) -> Node | None:
    """``names.map((name) => node)``: the call that makes a list of what a function gives."""
    function = outermost(node).parent
    held = None if function is None or function.type != "arrow_function" else function.parent
    call = held.parent if held is not None and held.type == "arguments" else None
    return call if call is not None and last_name(callee(call)) in ("map", "flatMap") else None


def _of_unknown(is_agent: bool) -> Purpose | None:
    return Purpose(DispatchKind.CONFIG, presence=False) if is_agent else None


def _handed_on(holder: Node) -> Iterator[Node]:
    """The variables that a call is given, or an object holds, also as text: ``{ body: JSON.stringify(asked) }``."""
    stack = [holder] if holder.type == "object" else list(arguments(holder))
    while stack:
        node = unwrap(stack.pop())
        if node.type in ("identifier", "shorthand_property_identifier"):
            yield node
        elif node.type == "object":
            stack += [value for _, _, value in entries(node)]
        elif node.type == "call_expression" and last_name(callee(node)) == "stringify":
            stack += arguments(node)

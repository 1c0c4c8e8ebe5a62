"""What makes rooms in JavaScript and TypeScript: tokens, room creation, SIP rules, and whether they list agents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from lkagent_lint.facts import values as v
from lkagent_lint.facts.file import RoomSourceFact, SipRuleFact
from lkagent_lint.frontends.javascript.drafts import FileDraft
from lkagent_lint.frontends.javascript.expressions import value_of
from lkagent_lint.frontends.javascript.messages import CONFIGS, RULES, makes_room
from lkagent_lint.frontends.javascript.parse import (
    FUNCTIONS,
    ParsedFile,
    arguments,
    callee,
    entries,
    last_name,
    text_of,
    unwrap,
)

if TYPE_CHECKING:
    from tree_sitter import Node


def room_sources(nodes: Sequence[Node], source: ParsedFile, draft: FileDraft) -> Iterator[RoomSourceFact]:
    """Every token and every creation of a room. A token lists agents where the file surely configures its room."""
    listing = [_branches_of(node) for node in nodes if _configures(node)]
    for node in nodes:
        target = callee(node) if node.type in ("new_expression", "call_expression") else None
        if node.type == "new_expression" and last_name(target) == "AccessToken":
            branches = _branches_of(node)
            has_agents = any(each <= branches for each in listing)
            yield RoomSourceFact(span=source.span(node), has_agents=has_agents)
        elif node.type == "call_expression" and makes_room(node):
            given = next(iter(arguments(node)), None)
            yield RoomSourceFact(
                span=source.span(node),
                has_agents=bool(_keys(given) & {"agents", "roomPreset", "**"}),
                flow=draft.flow_of(node).name,
                room=_entry(given, "name"),
            )


def sip_rules(nodes: Sequence[Node], source: ParsedFile, draft: FileDraft) -> Iterator[SipRuleFact]:
    """Every SIP dispatch rule that is made, with or without agents."""
    for node in nodes:
        target = callee(node) if node.type == "call_expression" else None
        if target is not None and target.type == "member_expression" and last_name(target) in RULES:
            given = arguments(node)
            options = given[1] if len(given) > 1 else None
            has_agents = options is not None and bool(_keys_held(options, draft) & {*CONFIGS, "roomPreset", "**"})
            if not any(each.type == "spread_element" for each in given):
                yield SipRuleFact(span=source.span(target), has_agents=has_agents)


def spelled(node: Node) -> v.Expr | None:
    """A value that is spelled in a way that can be compared."""
    value = value_of(node)
    return value if isinstance(value, (v.Name, v.Text, v.Attribute)) else None


def _keys_held(options: Node, draft: FileDraft) -> set[str]:
    """The keys of an object that is written out, there or in the one variable that is given."""
    if options.type == "identifier":
        held = draft.flow_of(options).values(text_of(options))
        value = held[0] if len(held) == 1 else None
        while isinstance(value, v.Typed):
            value = value.value
        return {key for key, _ in value.entries} if isinstance(value, v.Mapping) else {"**"}
    return _keys(options)


def _keys(options: Node | None) -> set[str]:
    """The keys of an object that is written out; of any other all of them."""
    return {key for key, _, _ in entries(options)} if options is not None and options.type == "object" else {"**"}


def _entry(node: Node | None, name: str) -> v.Expr | None:
    """What an object literal holds under a key, if that is spelled in a way that can be compared."""
    if node is None or node.type != "object":
        return None
    return next((spelled(value) for key, _, value in entries(node) if key == name), None)


def _configures(node: Node) -> bool:
    """``token.roomConfig = …``, ``token.roomPreset = …``, and not perhaps nothing."""
    if node.type != "assignment_expression":
        return False
    value = node.child_by_field_name("right")
    if value is None or unwrap(value).type in ("ternary_expression", "undefined", "null"):
        return False
    return last_name(node.child_by_field_name("left")) in (*CONFIGS, "roomPreset")


_BRANCHING = frozenset(
    {
        *("if_statement", "switch_case", "ternary_expression", "catch_clause", "for_statement", "for_in_statement"),
        *("while_statement", "else_clause"),
    }
)


def _branches_of(node: Node) -> frozenset[int]:
    """Where something stands that may or may not run: the branches around it in its function."""
    found: set[int] = set()
    here = node.parent
    while here is not None and here.type not in FUNCTIONS:
        if here.type in _BRANCHING:
            found.add(here.id)
        here = here.parent
    return frozenset(found)

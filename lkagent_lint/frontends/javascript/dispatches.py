"""Places in JavaScript and TypeScript that ask for an agent by name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec.structs import replace

from lkagent_lint.facts import cli_commands, following
from lkagent_lint.facts import values as v
from lkagent_lint.facts.bodies import could_ask
from lkagent_lint.facts.file import DispatchFact, DispatchKind, DroppedFact, RoomSourceFact, SipRuleFact
from lkagent_lint.frontends.javascript import rooms
from lkagent_lint.frontends.javascript.drafts import FileDraft
from lkagent_lint.frontends.javascript.expressions import value_of
from lkagent_lint.frontends.javascript.messages import AGENT, NAMES, call_around, is_from_json, makes_room
from lkagent_lint.frontends.javascript.parse import (
    ParsedFile,
    arguments,
    callee,
    entries,
    last_name,
    outermost,
    text_of,
    unwrap,
)
from lkagent_lint.frontends.javascript.purposes import Purpose, Purposes

if TYPE_CHECKING:
    from tree_sitter import Node

_COMMAND = re.compile(rb"--agent|dispatch(?:-rule)? create|create-sip|--room\b")
_WORD = re.compile(rb"^.(?:--(?:agent|room)\b|dispatch|create-sip)")
_MARKS = re.compile(rb"(?i)agent_?name|create_?dispatch|room_?config|withAgent")


KINDS = frozenset(
    {
        *("object", "array", "call_expression", "new_expression", "assignment_expression", "variable_declarator"),
        *("string", "template_string", "ERROR"),
    }
)
"""The types of the nodes that are looked at."""
_HOLDS = re.compile(rb"(?i)agent_?name|dispatch|room_?config|withAgent|--agent|--room|AccessToken|createRoom")


def may_dispatch(data: bytes) -> bool:
    """Whether a file can hold a dispatch, or anything that makes rooms."""
    return _HOLDS.search(data) is not None


class Dispatches:
    """The dispatches of one file."""

    def __init__(self, source: ParsedFile, draft: FileDraft, registrations: list[Node], nodes: list[Node]) -> None:
        """``registrations`` are the nodes that register agents: what they are given dispatches nothing. ``nodes`` are
        all of the file that are of the types that are looked at, in source order.
        """
        self._source = source
        self._draft = draft
        self._calls = {node: number for node, (_, number) in draft.recorded.items()}
        self._options = [given for node in registrations for given in arguments(node)[:1]]
        self._nodes = nodes
        self._purposes = Purposes(self._nodes)
        self._spoken = dict[int, int]()
        """The first part of each text that was looked at, by their nodes' ``id``."""

    def room_sources(self) -> Iterator[RoomSourceFact]:
        """Every token and every creation of a room."""
        return rooms.room_sources(self._nodes, self._source, self._draft)

    def sip_rules(self) -> Iterator[SipRuleFact]:
        """Every SIP dispatch rule that is made, by the SDK or by a command."""
        yield from rooms.sip_rules(self._nodes, self._source, self._draft)
        for node in self._nodes if b"sip" in (self._source.root.text or b"") else ():
            if any(isinstance(each, cli_commands.MakingRule) and each.is_bare for each in self._commands_in(node)):
                yield SipRuleFact(span=self._source.span(node), has_agents=False)

    def find(self) -> Iterator[DispatchFact | DroppedFact]:
        for node in self._nodes:
            if node.type == "object":
                yield from self._of_object(node)
            elif node.type == "call_expression":
                yield from self._of_call(node)
            elif node.type == "assignment_expression":
                yield from self._of_assignment(node)
            elif node.type in ("array", "template_string", "string"):
                for asked in self._commands_in(node):
                    yield from self._of_command(asked, node)
            elif node.type == "new_expression" and last_name(callee(node)) == "AccessToken":
                yield from self._of_token(node)
            elif node.type == "ERROR" and _MARKS.search(node.text or b""):
                # What it says cannot be read, so it may ask for any agent.
                yield self._fact(Purpose(DispatchKind.CONFIG, presence=True), v.OPAQUE, node, node)

    # Objects

    def _of_object(self, node: Node) -> Iterator[DispatchFact | DroppedFact]:
        name = next(((key, at, value) for key, at, value in entries(node) if key in NAMES), None)
        if name is None:
            return
        key, at, value = name
        if self._registers(node):
            if key == "agent_name":
                yield DroppedFact(owner="ServerOptions", field=key, span=self._source.span(at))
            return
        maker = _maker(node)
        if maker == AGENT and key == "agent_name":
            # The constructor drops the key, so that the dispatch asks for the unnamed workers.
            yield DroppedFact(owner=maker, field=key, span=self._source.span(at))
            return
        use = self._purposes.of(node)
        if use is not None and (
            use.kind is not DispatchKind.REQUEST or could_ask([key for key, _, _ in entries(node)])
        ):
            yield self._fact(use, self._value(value), value if value.type != "method_definition" else at, node)

    def _of_assignment(self, node: Node) -> Iterator[DispatchFact]:
        """``dispatch.agentName = name`` of a dispatch that a variable holds."""
        target, value = node.child_by_field_name("left"), node.child_by_field_name("right")
        base = None if target is None else target.child_by_field_name("object")
        if base is None or value is None or base.type != "identifier" or last_name(target) != "agentName":
            return
        for made in self._made_agents:
            holder = outermost(made).parent
            held = None if holder is None else holder.child_by_field_name("name") or holder.child_by_field_name("left")
            if held is not None and text_of(held) == text_of(base):
                yield self._fact(Purpose(DispatchKind.CONFIG, presence=False), self._value(value), value, node)
                return

    @cached_property
    def _made_agents(self) -> list[Node]:
        """Every dispatch that is made without a name."""
        made = (node for node in self._nodes if node.type == "new_expression" and last_name(callee(node)) == AGENT)
        return [
            node for node in made if not any(key in NAMES for each in arguments(node) for key, _, _ in entries(each))
        ]

    def _registers(self, node: Node) -> bool:
        """The object is what an agent is registered with, written in place or kept in a variable."""
        if any(given.id == node.id for given in self._options):
            return True
        parent = outermost(node).parent
        target = None if parent is None else parent.child_by_field_name("name")
        if parent is None or parent.type != "variable_declarator" or target is None:
            return False
        return any(given.type == "identifier" and text_of(given) == text_of(target) for given in self._options)

    # Calls

    def _of_call(self, node: Node) -> Iterator[DispatchFact | DroppedFact]:
        target = callee(node)
        name = last_name(target)
        given = arguments(node)
        if name == "createDispatch" and target is not None and target.type == "member_expression":
            if len(given) == 1 and given[0].type == "object":  # Python's form, or a request of some other service
                yield from self._of_request(target, given[0])
                return
            followed = len(given) >= 2 and not any(each.type == "spread_element" for each in given[:2])
            use = Purpose(DispatchKind.API, presence=not followed)
            yield self._fact(
                use, self._value(given[1]) if followed else v.OPAQUE, given[1] if followed else target, node
            )
        elif name == "withAgent" and given:
            yield self._fact(Purpose(DispatchKind.REQUEST, presence=True), self._value(given[0]), given[0], node)
        elif is_from_json(node) and given and given[0].type != "object":
            # The client says what it wants: it may be any name.
            yield self._fact(Purpose(DispatchKind.CONFIG, presence=True), v.OPAQUE, node, node)
        elif makes_room(node) and given and given[0].type == "object":
            for key, at, value in entries(given[0]):
                if key == "agents" and self._is_given(value):  # whoever calls the function says which
                    yield self._fact(Purpose(DispatchKind.ROOM, presence=True), v.OPAQUE, at, node)

    def _is_given(self, node: Node) -> bool:
        """Whether a value is a parameter, or hangs on one; what that is assigned besides is a default."""
        value = value_of(node)
        return any(isinstance(part, v.Name) and self._is_parameter(node, part.name) for part in following.walk(value))

    def _is_parameter(self, node: Node, name: str) -> bool:
        home = self._draft.flow_of(node).lookup(name)
        if home is None or any(each.name == name for each in home.parameters):
            return home is not None
        own = {each.name for each in home.parameters}  # a pattern among the parameters binds variables
        held = (part for value in home.variables.get(name, ()) for part in following.walk(value))
        return any(isinstance(part, v.Name) and part.name in own for part in held)

    def _commands_in(self, node: Node) -> Iterator[cli_commands.Commanding]:
        """The commands of a list of words, and of a text, which may be put together of several."""
        if node.type == "array":  # ``["dispatch", "create", "--agent-name", name]``
            words = [unwrap(each) for each in node.named_children if each.type != "comment"]
            if any(each.type.endswith("string") and _WORD.search(each.text or b"") for each in words):
                yield from cli_commands.of_words([self._value(one) for one in words])
        elif node.type in ("template_string", "string") and _COMMAND.search(node.text or b""):
            whole = node
            while whole.parent is not None and whole.parent.type in ("binary_expression", "parenthesized_expression"):
                whole = whole.parent
            if self._spoken.setdefault(whole.id, node.id) == node.id:
                yield from cli_commands.of_text(self._value(whole))

    def _of_command(self, asked: cli_commands.Commanding, node: Node) -> Iterator[DispatchFact]:
        match asked:
            case cli_commands.Asking(name, is_shown):
                yield self._fact(Purpose(DispatchKind.COMMAND, presence=is_shown), name, node, node)
            case cli_commands.Connecting(program):
                texts = [part.value for part in following.walk(program) if isinstance(part, v.Text)]
                fact = self._fact(Purpose(DispatchKind.CONNECT, presence=True), v.OPAQUE, node, node)
                yield replace(fact, file=cli_commands.program_file(texts))
            case cli_commands.MakingRule(file, is_bare):
                if not is_bare:
                    fact = self._fact(Purpose(DispatchKind.SIP, presence=True), v.OPAQUE, node, node)
                    yield replace(fact, file=file)

    def _of_request(self, target: Node, given: Node) -> Iterator[DispatchFact | DroppedFact]:
        """``createDispatch({ room, agent_name })``: the method takes two strings, and asks for nobody then."""
        if any(key in NAMES for key, _, _ in entries(given)):
            yield DroppedFact(owner="createDispatch", field="{...}", span=self._source.span(target))
        else:
            yield self._fact(Purpose(DispatchKind.API, presence=True), v.OPAQUE, target, given)

    def _of_token(self, node: Node) -> Iterator[DroppedFact]:
        """``new AccessToken(key, secret, { roomConfig })``: the options have no such field."""
        for given in arguments(node)[2:3]:
            if given.type == "object":
                for key, at, _ in entries(given):
                    if key == "roomConfig":
                        yield DroppedFact(owner="AccessToken", field=key, span=self._source.span(at))

    def _value(self, node: Node) -> v.Expr:
        """What a name is, results of calls in its function included."""
        return value_of(node, calls=self._calls)

    def _fact(self, use: Purpose, name: v.Expr, at: Node, node: Node) -> DispatchFact:
        flow = self._draft.flow_of(node).name
        granted = self._granted(flow) if use.kind is DispatchKind.TOKEN else None
        room: v.Expr | None = granted if isinstance(granted, (v.Name, v.Text, v.Attribute)) else None
        if use.kind is DispatchKind.API and node.type == "call_expression" and not use.presence:
            room = rooms.spelled(arguments(node)[0])
        return DispatchFact(
            kind=use.kind,
            flow=flow,
            span=self._source.span(at),
            name=name,
            room=room,
            granted=granted,
            block=_block_of(node),
            presence=use.presence,
        )

    def _granted(self, flow: str) -> v.Expr | None:
        """The one room that the tokens of a function are for, by their grants or by what one signed by hand claims."""
        found: set[v.Expr | None] = set()
        for node in self._nodes:
            if node.type == "call_expression" and last_name(callee(node)) == "addGrant":
                if self._draft.flow_of(node).name == flow:
                    given = next(iter(arguments(node)), None)
                    found.add(self._room_in(given))
            elif node.type == "object" and self._draft.flow_of(node).name == flow:
                found.update(self._room_in(value) for key, _, value in entries(node) if key == "video")
        return found.pop() if len(found) == 1 else None

    def _room_in(self, grant: Node | None) -> v.Expr | None:
        """The room that a grant lets into, as it is written there or in the variable that is given."""
        if grant is None:
            return None
        value = self._value(grant)
        if isinstance(value, v.Name):
            held = self._draft.flow_of(grant).values(value.name)
            value = held[0] if len(held) == 1 else v.OPAQUE
        while isinstance(value, v.Typed) and value.value is not None:
            value = value.value
        return dict(value.entries).get("room") if isinstance(value, v.Mapping) else None


def _block_of(node: Node) -> str:
    """The block whose own statement a node stands in; empty for a branch without braces."""
    here = node
    while here.parent is not None and not here.type.endswith(("_statement", "_declaration")):
        here = here.parent
    parent = here.parent
    return str(parent.start_byte) if parent is not None and parent.type in ("statement_block", "program") else ""


def _maker(node: Node) -> str:
    """The class whose constructor is given an object; empty for all others."""
    call = call_around(node)
    return last_name(callee(call)) if call is not None and call.type == "new_expression" else ""

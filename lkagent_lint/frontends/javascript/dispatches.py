"""Places in JavaScript and TypeScript that ask for an agent by name.

Sources: livekit-server-sdk 2.18 (``AgentDispatchClient.ts``, ``AccessToken.ts``, ``RoomServiceClient.ts``,
``SipClient.ts``, ``ConnectorClient.ts``), livekit-client 2.23 (``TokenSource.ts``), components-react 2.9.24
(``useSession.ts``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from lkagent_lint.facts import following
from lkagent_lint.facts import values as v
from lkagent_lint.facts.file import DispatchFact, DispatchKind, DroppedFact, RoomSourceFact, SipRuleFact
from lkagent_lint.frontends.javascript.drafts import FileDraft
from lkagent_lint.frontends.javascript.expressions import value_of
from lkagent_lint.frontends.javascript.parse import (
    FUNCTIONS,
    ParsedFile,
    arguments,
    callee,
    entries,
    last_name,
    outermost,
    text_of,
    unwrap,
    walk,
)

if TYPE_CHECKING:
    from tree_sitter import Node

_AGENT = "RoomAgentDispatch"
_CONFIGURATION = "RoomConfiguration"
_NAMES = ("agentName", "agent_name")
_CONFIGS = ("roomConfig", "room_config")
_LISTS = ("agents", "dispatches")
_CARRIERS = {
    "createRoom": DispatchKind.ROOM,
    "createSipDispatchRule": DispatchKind.SIP,
    "updateSipDispatchRule": DispatchKind.SIP,
    "SIPDispatchRuleInfo": DispatchKind.SIP,
    "connectTwilioCall": DispatchKind.CONNECTOR,
    "dialWhatsAppCall": DispatchKind.CONNECTOR,
    "acceptWhatsAppCall": DispatchKind.CONNECTOR,
}
_RULES = ("createSipDispatchRule", "createDispatchRule")
_SENDS = frozenset(
    {
        *(
            "fetch",
            "post",
            "put",
            "patch",
            "request",
            "send",
            "invoke",
            "ajax",
            "axios",
            "ofetch",
            "$fetch",
            "ky",
            "got",
        ),
        *("sendBeacon", "mutate", "mutateAsync", "trigger", "useSession"),
    }
)
"""The last word of what sends a request, or asks for a token by one."""
_MAX_CLIMB = 60
_COMMAND = re.compile(rb"--agent(?:-name)?[= ]")
_NAMED_IN_TEXT = re.compile(r"--agent(?:-name)?[= ]+[\"']?(?P<name>\$\{[^}]*\}|[\w.:@-]+)")
"""A command of the LiveKit CLI that asks for an agent, in a text."""
_MARKS = re.compile(rb"(?i)agent_?name|create_?dispatch|room_?config|withAgent")


class Purpose(NamedTuple):
    """What an object with an agent's name is used for."""

    kind: DispatchKind
    presence: bool
    """It is not certain that the object dispatches: it only silences."""


class Dispatches:
    """The dispatches of one file."""

    def __init__(self, source: ParsedFile, draft: FileDraft, registrations: list[Node]) -> None:
        """``registrations`` are the nodes that register agents: what they are given dispatches nothing."""
        self._source = source
        self._draft = draft
        self._calls = {node: number for node, (_, number) in draft.recorded.items()}
        self._uses = dict[str, Purpose]()
        """What variables that hold a configuration or a list of agents are used for, by name."""
        self._options = [given for node in registrations for given in arguments(node)[:1]]
        self._nodes = [node for node, _ in walk(source.root)]
        for _ in range(2):  # a list may be for a configuration whose own use is found further down
            for node in self._nodes:
                self._note_use(node)

    def room_sources(self) -> Iterator[RoomSourceFact]:
        """Every token and every creation of a room. A token lists agents where the file surely configures its room."""
        listing = [_branches_of(node) for node in self._nodes if _configures(node)]
        for node in self._nodes:
            target = callee(node) if node.type in ("new_expression", "call_expression") else None
            if node.type == "new_expression" and last_name(target) == "AccessToken":
                branches = _branches_of(node)
                has_agents = any(each <= branches for each in listing)
                yield RoomSourceFact(span=self._source.span(node), has_agents=has_agents)
            elif node.type == "call_expression" and _makes_room(node):
                given = next(iter(arguments(node)), None)
                keys = {key for key, _, _ in entries(given)} if given is not None and given.type == "object" else {"**"}
                has_agents = bool(keys & {"agents", "roomPreset", "**"})
                yield RoomSourceFact(
                    span=self._source.span(node),
                    has_agents=has_agents,
                    flow=self._draft.flow_of(node).name,
                    room=_entry(given, "name"),
                )

    def sip_rules(self) -> Iterator[SipRuleFact]:
        """Every SIP dispatch rule that is made, with or without agents."""
        for node in self._nodes:
            target = callee(node) if node.type == "call_expression" else None
            if target is not None and target.type == "member_expression" and last_name(target) in _RULES:
                given = arguments(node)
                options = given[1] if len(given) > 1 else None
                keys = (
                    {key for key, _, _ in entries(options)}
                    if options is not None and options.type == "object"
                    else {"**"}
                )
                has_agents = options is not None and bool(keys & {*_CONFIGS, "roomPreset", "**"})
                if not any(each.type == "spread_element" for each in given):
                    yield SipRuleFact(span=self._source.span(target), has_agents=has_agents)

    def find(self) -> Iterator[DispatchFact | DroppedFact]:
        for node in self._nodes:
            if node.type == "object":
                yield from self._of_object(node)
            elif node.type == "call_expression":
                yield from self._of_call(node)
            elif node.type == "array":
                yield from self._of_command(node)
            elif node.type in ("template_string", "string") and _COMMAND.search(node.text or b""):
                yield from self._of_spoken_command(node)
            elif node.type == "new_expression" and last_name(callee(node)) == "AccessToken":
                yield from self._of_token(node)
            elif node.type == "ERROR" and _MARKS.search(node.text or b""):
                # What it says cannot be read, so it may ask for any agent.
                yield self._fact(Purpose(DispatchKind.CONFIG, presence=True), v.OPAQUE, node, node)

    # Variables

    def _note_use(self, node: Node) -> None:
        """``token.roomConfig = configuration``, ``{ roomConfig: configuration }`` and ``{ agents: [dispatch] }``."""
        if node.type == "assignment_expression":
            target, value = node.child_by_field_name("left"), node.child_by_field_name("right")
            if target is not None and value is not None and last_name(target) in _CONFIGS:
                self._note(value, Purpose(DispatchKind.TOKEN, presence=False))
        elif node.type == "object":
            for key, _, value in entries(node):
                if key in (*_CONFIGS, *_LISTS):
                    use = self._of_holder(node, key) or self._climb(node)
                    if use is not None and use.kind not in (DispatchKind.CONFIG, DispatchKind.REQUEST):
                        self._note(value, use)
        elif node.type in ("call_expression", "new_expression"):
            method = last_name(callee(node))
            if method in _SENDS:
                for value in _handed_on(node):
                    self._note(value, Purpose(DispatchKind.REQUEST, presence=True))
            elif method in _CARRIERS:
                for value in _handed_on(node):
                    self._note(value, Purpose(_CARRIERS[method], presence=False))

    def _note(self, value: Node, use: Purpose) -> None:
        value = unwrap(value)
        for element in value.named_children if value.type == "array" else ():
            self._note(element, use)
        if value.type in ("identifier", "shorthand_property_identifier"):
            self._uses.setdefault(text_of(value), use)

    # Objects

    def _of_object(self, node: Node) -> Iterator[DispatchFact | DroppedFact]:
        name = next(((key, at, value) for key, at, value in entries(node) if key in _NAMES), None)
        if name is None:
            return
        key, at, value = name
        if self._registers(node):
            if key == "agent_name":
                yield DroppedFact(owner="ServerOptions", field=key, span=self._source.span(at))
            return
        maker = _maker(node)
        if maker == _AGENT and key == "agent_name":
            # The constructor drops the key, so that the dispatch asks for the unnamed workers.
            yield DroppedFact(owner=maker, field=key, span=self._source.span(at))
            return
        use = self._climb(node)
        if use is not None:
            yield self._fact(use, self._value(value), value if value.type != "method_definition" else at, node)

    def _registers(self, node: Node) -> bool:
        """The object is what an agent is registered with, written in place or kept in a variable."""
        if any(given.id == node.id for given in self._options):
            return True
        parent = outermost(node).parent
        target = None if parent is None else parent.child_by_field_name("name")
        if parent is None or parent.type != "variable_declarator" or target is None:
            return False
        return any(given.type == "identifier" and text_of(given) == text_of(target) for given in self._options)

    def _climb(self, node: Node) -> Purpose | None:
        """What an object is for, by what holds it; None where it dispatches nothing that is seen."""
        is_agent = False
        here = node
        for _ in range(_MAX_CLIMB):
            here = outermost(here)
            parent = here.parent
            if parent is None:
                break
            use: Purpose | None = None
            if parent.type == "arguments" and parent.parent is not None:
                call = parent.parent
                name = last_name(callee(call)) or _method_of(call)
                if name in (_AGENT, _CONFIGURATION) or _is_from_json(call):
                    is_agent = True
                    here = call
                    continue
                if name == "stringify":
                    here = call
                    continue
                use = self._of_argument(name, is_agent)
            elif parent.type == "pair" and parent.parent is not None:
                key = parent.child_by_field_name("key")
                name = "" if key is None else text_of(key).strip("'\"`")
                is_agent = is_agent or name in _LISTS
                use = self._of_holder(parent.parent, name)
                here = parent.parent
                if use is None:
                    continue
            elif parent.type == "assignment_expression":
                if last_name(parent.child_by_field_name("left")) in _CONFIGS:
                    return Purpose(DispatchKind.TOKEN, presence=False)
            elif parent.type == "variable_declarator":
                target = parent.child_by_field_name("name")
                use = None if target is None else self._uses.get(text_of(target))
            elif parent.type in ("array", "ternary_expression", "binary_expression", "spread_element"):
                here = parent
                continue
            return use or _of_unknown(is_agent)
        return _of_unknown(is_agent)

    def _of_holder(self, holder: Node, key: str) -> Purpose | None:
        """What ``{ roomConfig: … }`` or ``{ agents: … }`` is for; None where its own holder has to say."""
        call = _call_around(holder)
        name = "" if call is None else last_name(callee(call))
        if name in _CARRIERS:
            return Purpose(_CARRIERS[name], presence=False)
        if key not in _CONFIGS:
            return None
        if any(other == "video" for other, _, _ in entries(holder)):  # the claims of a token that is signed by hand
            return Purpose(DispatchKind.TOKEN, presence=False)
        return None

    def _of_argument(self, name: str, is_agent: bool) -> Purpose | None:
        """What an argument of a call by this name is for."""
        if name in _CARRIERS:
            return Purpose(_CARRIERS[name], presence=False)
        if name in ("push", "concat") and is_agent:
            return Purpose(DispatchKind.CONFIG, presence=False)
        return Purpose(DispatchKind.REQUEST, presence=True) if name in _SENDS else None

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
        elif _is_from_json(node) and given and given[0].type != "object":
            # The client says what it wants: it may be any name.
            yield self._fact(Purpose(DispatchKind.CONFIG, presence=True), v.OPAQUE, node, node)
        elif _makes_room(node) and given and given[0].type == "object":
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

    def _of_command(self, node: Node) -> Iterator[DispatchFact]:
        """``["dispatch", "create", "--agent-name", name]``, which a command is run with."""
        given = [unwrap(each) for each in node.named_children if each.type != "comment"]
        for flag, name in pairwise(given):
            if flag.type == "string" and text_of(flag)[1:-1] in ("--agent-name", "--agent"):
                yield self._fact(Purpose(DispatchKind.COMMAND, presence=False), self._value(name), name, node)

    def _of_spoken_command(self, node: Node) -> Iterator[DispatchFact]:
        """A command as one text: it may be run, or only be shown to somebody."""
        text = text_of(node)
        named = _NAMED_IN_TEXT.search(text)
        if named is None:
            return
        name: v.Expr = v.Text(named["name"])
        if named["name"].startswith("${"):
            name = v.OPAQUE
            for child in node.named_children:
                if (
                    child.type == "template_substitution"
                    and text_of(child) == named["name"]
                    and child.named_child_count
                ):
                    name = self._value(child.named_children[0])
        yield self._fact(Purpose(DispatchKind.COMMAND, presence=True), name, node, node)

    def _of_request(self, target: Node, given: Node) -> Iterator[DispatchFact | DroppedFact]:
        """``createDispatch({ room, agent_name })``: the method takes two strings, and asks for nobody then."""
        if any(key in _NAMES for key, _, _ in entries(given)):
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
            room = _spelled(arguments(node)[0])
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
        """The one room that the tokens of a function are for."""
        found: set[v.Expr | None] = set()
        for node in self._nodes:
            if node.type == "call_expression" and last_name(callee(node)) == "addGrant":
                if self._draft.flow_of(node).name == flow:
                    given = next(iter(arguments(node)), None)
                    rooms = entries(given) if given is not None and given.type == "object" else ()
                    found.add(next((self._value(value) for key, _, value in rooms if key == "room"), None))
        return found.pop() if len(found) == 1 else None


def _entry(node: Node | None, name: str) -> v.Expr | None:
    """What an object literal holds under a key, if that is spelled in a way that can be compared."""
    if node is None or node.type != "object":
        return None
    return next((_spelled(value) for key, _, value in entries(node) if key == name), None)


def _spelled(node: Node) -> v.Expr | None:
    value = value_of(node)
    return value if isinstance(value, (v.Name, v.Text, v.Attribute)) else None


def _block_of(node: Node) -> str:
    """The block whose own statement a node stands in; empty for a branch without braces."""
    here = node
    while here.parent is not None and not here.type.endswith(("_statement", "_declaration")):
        here = here.parent
    parent = here.parent
    return str(parent.start_byte) if parent is not None and parent.type in ("statement_block", "program") else ""


def _configures(node: Node) -> bool:
    """``token.roomConfig = …``, ``token.roomPreset = …``, and not perhaps nothing."""
    if node.type != "assignment_expression":
        return False
    value = node.child_by_field_name("right")
    if value is None or unwrap(value).type in ("ternary_expression", "undefined", "null"):
        return False
    return last_name(node.child_by_field_name("left")) in (*_CONFIGS, "roomPreset")


def _of_unknown(is_agent: bool) -> Purpose | None:
    return Purpose(DispatchKind.CONFIG, presence=False) if is_agent else None


def _handed_on(call: Node) -> Iterator[Node]:
    """The variables that a call is given, also within objects and as text: ``{ body: JSON.stringify(asked) }``."""
    stack = list(arguments(call))
    while stack:
        node = unwrap(stack.pop())
        if node.type in ("identifier", "shorthand_property_identifier"):
            yield node
        elif node.type == "object":
            stack += [value for _, _, value in entries(node)]
        elif node.type == "call_expression" and last_name(callee(node)) == "stringify":
            stack += arguments(node)


def _makes_room(call: Node) -> bool:
    """``service.createRoom({ … })``: the SDK's takes one object; a function of the project's own may take anything."""
    target, given = callee(call), arguments(call)
    if target is None or target.type != "member_expression" or last_name(target) != "createRoom":
        return False
    return len(given) == 1 and given[0].type in ("object", "identifier")


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


def _maker(node: Node) -> str:
    """The class whose constructor is given an object; empty for all others."""
    call = _call_around(node)
    return last_name(callee(call)) if call is not None and call.type == "new_expression" else ""


def _call_around(node: Node) -> Node | None:
    """The call that a node is an argument of."""
    parent = outermost(node).parent
    return parent.parent if parent is not None and parent.type == "arguments" else None


def _method_of(call: Node) -> str:
    target = callee(call)
    return "" if target is None else last_name(target)


def _is_from_json(call: Node) -> bool:
    """``RoomConfiguration.fromJson(…)``, ``.create(…)``."""
    target = callee(call)
    if call.type != "call_expression" or target is None or target.type != "member_expression":
        return False
    base = target.child_by_field_name("object")
    return last_name(base) in (_CONFIGURATION, _AGENT) and last_name(target) in ("fromJson", "fromJsonString", "create")

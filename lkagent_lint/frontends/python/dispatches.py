"""Places that ask for an agent by name, in every spelling that livekit-api and hand-written requests have.

A ``RoomAgentDispatch`` alone does not say by what the agent is asked for: that follows from where the room
configuration that holds it goes (a token, room creation, a SIP rule), so values are followed from those places back.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from lkagent_lint.facts import cli_commands
from lkagent_lint.facts.bodies import could_ask
from lkagent_lint.facts.file import DispatchFact, DispatchKind, FileFacts
from lkagent_lint.facts.flows import Call, Flow
from lkagent_lint.facts.following import BY_NAME, given_to, last_name, made_from, parts_of, parts_of_call, walk
from lkagent_lint.facts.scopes import assigned, owner_of
from lkagent_lint.facts.values import (
    OPAQUE,
    Attribute,
    Expr,
    Items,
    Join,
    Made,
    Mapping,
    Name,
    Result,
    Subscript,
    Text,
    Typed,
)
from lkagent_lint.frontends.python.targets import Targets
from lkagent_lint.frontends.python.written_files import written_files
from lkagent_lint.text import Span

_AGENT = "RoomAgentDispatch"
_REQUEST = "CreateAgentDispatchRequest"
_CONFIGURATION = "RoomConfiguration"
_CARRIERS = {
    "CreateRoomRequest": DispatchKind.ROOM,
    "SIPDispatchRuleInfo": DispatchKind.SIP,
    "CreateSIPDispatchRuleRequest": DispatchKind.SIP,
    "UpdateSIPDispatchRuleRequest": DispatchKind.SIP,
    "ConnectTwilioCallRequest": DispatchKind.CONNECTOR,
    "DialWhatsAppCallRequest": DispatchKind.CONNECTOR,
    "AcceptWhatsAppCallRequest": DispatchKind.CONNECTOR,
}
"""Requests that carry agents or a room configuration (livekit-api 1.2.2)."""

_MESSAGES = {_AGENT, _REQUEST, _CONFIGURATION, *_CARRIERS}
_NAME_KEYS = ("agent_name", "agentName")
_NAMES = frozenset(_NAME_KEYS)
_CONFIG_KEYS = ("room_config", "roomConfig")
_NESTED = ("dispatch_rule", "dispatchRule")
"""In what a SIP rule may stand in a file."""
_WORDS = (
    *("ispatch", *sorted(_MESSAGES), *_NAME_KEYS, *_CONFIG_KEYS),
    *("room_preset", "ParseDict", "--agent", "--room"),
)
"""Of these one stands in every file that holds a dispatch, or it is a list of agents that is filled."""
_FILLED = re.compile(r"agents[\s\\]*\.[\s\\]*(?:add|extend)\b")
_SERVICE = "livekit.AgentDispatchService/CreateDispatch"
_SENDS = frozenset(
    {
        *("post", "put", "patch", "request", "send", "send_json", "fetch", "urlopen", "Request", "invoke", "publish"),
    }
)
"""The last word of what sends a request: clients of HTTP and of queues."""


class Node(NamedTuple):
    """A call of a flow, as a place that values are followed to."""

    flow: str
    call: int


def may_dispatch(text: str) -> bool:
    """Whether a file of this text can hold a dispatch."""
    return any(word in text for word in _WORDS) or _FILLED.search(text) is not None


def find_dispatches(facts: FileFacts, targets: Targets) -> Iterator[DispatchFact]:
    """Every dispatch that a file holds, in source order within each flow."""
    finder = _DispatchFinder(facts, targets)
    for flow in facts.flows.values():
        granted = _granted(flow)
        for number, call in enumerate(flow.calls):
            for found in finder.from_call(flow, number, call):
                yield _with_room(found, flow, granted)
    for flow in facts.flows.values():
        granted = _granted(flow)
        yield from (_with_room(found, flow, granted) for found in finder.from_values(flow))


def _with_room(found: DispatchFact, flow: Flow, granted: Expr | None) -> DispatchFact:
    is_token = found.kind is DispatchKind.TOKEN and found.flow == flow.name
    return msgspec.structs.replace(found, granted=granted) if is_token and granted is not None else found


def _granted(flow: Flow) -> Expr | None:
    """The one room that the tokens of a function are for: ``VideoGrants(room=…)``, or the claim of one signed by hand,
    ``{"video": {"room": …}}``.
    """
    calls = [dict(call.keywords) for call in flow.calls if last_name(call.target) in ("VideoGrants", "VideoGrant")]
    rooms = {each.get("room") for each in calls}
    held = (each for values in flow.variables.values() for each in values)
    for part in walk(*held, *(each for call in flow.calls for each in given_to(call)), *flow.returns):
        grant = dict(part.entries).get("video") if isinstance(part, Mapping) else None
        if isinstance(grant, Mapping):
            rooms.add(dict(grant.entries).get("room"))
    return rooms.pop() if len(rooms) == 1 else None


class _DispatchFinder:
    def __init__(self, facts: FileFacts, targets: Targets) -> None:
        self.facts = facts
        self.targets = targets
        self.claims: set[Mapping] = set()
        """Dicts that are claims of a token signed by hand, and no request bodies."""
        self.written = written_files(facts)
        self.additions = self._additions()
        self.kinds = self._kinds()

    # What goes where

    def message(self, flow: Flow, call: Call) -> str:
        """The protocol message that a call builds; empty for every other call."""
        name = self.targets.name(flow, call)
        last = name.rpartition(".")[2]
        if name:
            return last if last in _MESSAGES and name.startswith(("livekit.", ".")) else ""
        if isinstance(call.target, Attribute):  # api.RoomAgentDispatch of an api that is not followed
            return call.target.name if call.target.name in (_AGENT, _REQUEST) else ""
        if isinstance(call.target, Name) and call.target.name in _MESSAGES:
            return "" if owner_of(self.facts, flow, call.target.name) else call.target.name
        return ""

    def _additions(self) -> dict[tuple[str, str], list[tuple[Flow, Expr]]]:
        """What ``config.agents.append(…)``, ``.extend(…)`` or ``.add(…)`` puts into the variable ``config``."""
        found: dict[tuple[str, str], list[tuple[Flow, Expr]]] = {}
        for flow in self.facts.flows.values():
            for number, call in enumerate(flow.calls):
                match call.target:
                    case Attribute(Attribute(Name(name), "agents"), "append" | "extend"):
                        found.setdefault((flow.name, name), []).extend((flow, arg) for arg in call.args)
                    case Attribute(Attribute(Name(name), "agents"), "add"):
                        found.setdefault((flow.name, name), []).append((flow, Result(number)))
                    case _:
                        pass
        return found

    def _kinds(self) -> dict[Node, DispatchKind]:
        kinds: dict[Node, DispatchKind] = {}
        for flow in self.facts.flows.values():
            for number, call in enumerate(flow.calls):
                kind = self._carrier(flow, call)
                if kind is not None:
                    for value in given_to(call):
                        for node in self.reached(flow, value):
                            kinds.setdefault(node, kind)
                    kinds.setdefault(Node(flow.name, number), kind)
            for store in flow.stores:
                if store.name == "room_config":
                    kind = self._stored_in(flow, store.base)
                    for node in self.reached(flow, store.value):
                        kinds.setdefault(node, kind)
        return kinds

    def _carrier(self, flow: Flow, call: Call) -> DispatchKind | None:
        message = self.message(flow, call)
        if message in _CARRIERS:
            return _CARRIERS[message]
        if isinstance(call.target, Attribute) and call.target.name == "with_room_config":
            return DispatchKind.TOKEN
        return None

    def _signs(self, flow: Flow, call: Call) -> bool:
        """A token signed by hand: ``jwt.encode(claims, secret)``."""
        return self.targets.name(flow, call).endswith("jwt.encode")

    def _claimed(self, flow: Flow, call: Call, span: Span) -> Iterator[DispatchFact]:
        for value in given_to(call):
            for home, part in self.parts(flow, value):
                if isinstance(part, Mapping) and _is_body(part):
                    self.claims.add(part)
                    yield DispatchFact(kind=DispatchKind.TOKEN, flow=home.name, span=span, name=mapping_name(part))

    def _stored_in(self, flow: Flow, base: Expr) -> DispatchKind:
        for node in self.reached(flow, base):
            message = self.message(self.facts.flows[node.flow], self.facts.flows[node.flow].calls[node.call])
            if message in _CARRIERS:
                return _CARRIERS[message]
        match base:
            case Attribute(name="claims") | Name(name="claims"):
                return DispatchKind.TOKEN
            case _:
                return DispatchKind.CONFIG

    def reached(self, flow: Flow, value: Expr) -> Iterator[Node]:
        """Every call whose result is part of a value."""
        for here, expression in self.parts(flow, value):
            if isinstance(expression, Result):
                yield Node(here.name, expression.call)

    def parts(self, flow: Flow, value: Expr) -> Iterator[tuple[Flow, Expr]]:
        """Everything that a value is made of: through variables, containers, and arguments of calls."""
        return made_from(value, flow, self.facts, lambda here, name: self.additions.get((here.name, name.name), ()))

    # The dispatches

    def from_call(self, flow: Flow, number: int, call: Call) -> Iterator[DispatchFact]:
        message = self.message(flow, call)
        node = Node(flow.name, number)
        span = call.span or flow.span
        if message == _AGENT:
            yield self._named(flow, number, call, self.kinds.get(node, DispatchKind.CONFIG))
        elif message == _REQUEST:
            yield self._named(flow, number, call, DispatchKind.API)
        elif message == _CONFIGURATION or message in _CARRIERS:
            yield from self._listed(flow, call, self.kinds.get(node, DispatchKind.CONFIG), span)
        elif self._signs(flow, call):
            yield from self._claimed(flow, call, span)
        elif isinstance(call.target, Attribute):
            yield from self._method(flow, number, call, call.target, span)
        if message not in (_AGENT, _REQUEST) and any(name == "room_preset" for name, _ in call.keywords):
            yield DispatchFact(kind=DispatchKind.PRESET, flow=flow.name, span=span, name=OPAQUE)
        if last_name(call.target) == "ParseDict":
            yield from self._parsed(flow, call, self.kinds.get(node, DispatchKind.CONFIG), span)

    def _parsed(self, flow: Flow, call: Call, kind: DispatchKind, span: Span) -> Iterator[DispatchFact]:
        """``ParseDict({"agents": […]}, RoomConfiguration())``: what is given may come from a request."""
        into = [node for value in call.args[1:2] for node in self.reached(flow, value)]
        if into and not any(self._message_at(node) for node in into):
            return  # it makes something else
        written = [part for part in self.parts(flow, call.args[0]) if isinstance(part[1], Mapping)] if call.args else []
        if not written:
            yield DispatchFact(kind=kind, flow=flow.name, span=span, name=OPAQUE)
        for home, mapping in written:
            for key, value in mapping.entries if isinstance(mapping, Mapping) else ():
                if key == "agents":
                    yield from self._agents(home, value, kind, span)

    def _method(self, flow: Flow, number: int, call: Call, target: Attribute, span: Span) -> Iterator[DispatchFact]:
        if target.name == "with_room_preset":
            yield DispatchFact(kind=DispatchKind.PRESET, flow=flow.name, span=span, name=OPAQUE)
        elif target.name == "create_dispatch":
            values = given_to(call)
            nodes = [node for value in values for node in self.reached(flow, value)]
            if not any(self._message_at(node) == _REQUEST for node in nodes):
                yield DispatchFact(kind=DispatchKind.API, flow=flow.name, span=span, name=OPAQUE)
        elif target.name == "add" and isinstance(target.base, Attribute) and target.base.name == "agents":
            yield self._named(flow, number, call, self.kinds.get(Node(flow.name, number), DispatchKind.CONFIG))
        elif target.name == "extend" and isinstance(target.base, Attribute) and target.base.name == "agents":
            if not all(isinstance(arg, Items) for arg in call.args):
                yield DispatchFact(kind=DispatchKind.CONFIG, flow=flow.name, span=span, name=OPAQUE)

    def _message_at(self, node: Node) -> str:
        flow = self.facts.flows[node.flow]
        return self.message(flow, flow.calls[node.call])

    def _named(self, flow: Flow, number: int, call: Call, kind: DispatchKind) -> DispatchFact:
        return DispatchFact(kind=kind, flow=flow.name, span=call.span or flow.span, name=self._name(flow, number, call))

    def _name(self, flow: Flow, number: int, call: Call) -> Expr | None:
        """The name given to a message: a keyword, or an attribute set on the variable that holds it."""
        for keyword, value in call.keywords:
            if keyword == "agent_name":
                return value
            if keyword == "**":
                return Made((value, Text("agent_name")), BY_NAME)
            if keyword in ("agentName", "name"):
                return OPAQUE
        holders = {name for name, values in flow.variables.items() if Result(number) in values}
        stored = [
            store.value
            for store in flow.stores
            if store.name == "agent_name" and isinstance(store.base, Name) and store.base.name in holders
        ]
        return None if not stored else stored[0] if len(stored) == 1 else OPAQUE

    def _listed(self, flow: Flow, call: Call, kind: DispatchKind, span: Span) -> Iterator[DispatchFact]:
        """The agents of a configuration or request: dicts in its list, or a list that is not followed."""
        for keyword, value in call.keywords:
            if keyword == "**":
                yield DispatchFact(kind=kind, flow=flow.name, span=span, name=OPAQUE)
            elif keyword == "agents":
                yield from self._agents(flow, value, kind, span)
            elif keyword in _CONFIG_KEYS and isinstance(value, Mapping):
                for key, inner in value.entries:
                    if key == "agents":
                        yield from self._agents(flow, inner, kind, span)

    def _agents(self, flow: Flow, value: Expr, kind: DispatchKind, span: Span) -> Iterator[DispatchFact]:
        items = value.items if isinstance(value, Items) else (value,)
        for item in items:
            if isinstance(item, Mapping):
                yield DispatchFact(kind=kind, flow=flow.name, span=span, name=mapping_name(item))
            elif not any(self._message_at(node) == _AGENT for node in self.reached(flow, item)):
                if isinstance(value, Items) or not self._empty(flow, value):
                    yield DispatchFact(kind=kind, flow=flow.name, span=span, name=OPAQUE)

    def _empty(self, flow: Flow, value: Expr) -> bool:
        """Whether a value is a list that nobody puts anything into; a caller may give another one."""
        if not isinstance(value, Name):
            return False
        found = assigned(self.facts, flow, value.name) or ()
        return bool(found) and all(_is_empty(each) for _, each in found) and not self._is_filled(flow, value)

    def _is_filled(self, flow: Flow, value: Name) -> bool:
        """Whether a variable's methods are called, or something else than a message is given it."""
        home = owner_of(self.facts, flow, value.name)
        return any(
            not self.message(here, call) and value in walk(*parts_of_call(call))
            for here in self.facts.flows.values()
            if owner_of(self.facts, here, value.name) is home
            for call in here.calls
        )

    def from_values(self, flow: Flow) -> Iterator[DispatchFact]:
        """Hand-written requests that are sent, and commands in strings and lists, wherever in a flow they stand."""
        for number, call in enumerate(flow.calls):
            if last_name(call.target) in _SENDS and not self.message(flow, call):
                yield from self._sent(flow, number, call)
            for asked in cli_commands.of_words(call.args):  # create_subprocess_exec("lk", "dispatch", …)
                if not isinstance(asked, cli_commands.Asking) or not asked.is_shown:
                    yield from self._commanded(flow, asked, call.span or flow.span)
        for span, value in roots(flow):
            for asked in commands_in(value):
                yield from self._commanded(flow, asked, span)

    def _commanded(self, flow: Flow, asked: cli_commands.Commanding, span: Span) -> Iterator[DispatchFact]:
        match asked:
            case cli_commands.Asking(name, is_shown):
                kind, file = DispatchKind.COMMAND, ""
            case cli_commands.MakingRule(file, is_bare):
                rule = self.written.get(os.path.basename(file))
                if is_bare or rule is not None:  # a bare one asks for nobody
                    yield from () if rule is None else self._ruled(flow, rule, span)
                    return
                kind, name, is_shown = DispatchKind.SIP, OPAQUE, True
            case cli_commands.Connecting(program):
                texts = [part.value for _, part in self.parts(flow, program) if isinstance(part, Text)]
                own = _is_this_program(program)
                file = cli_commands.THIS_FILE if own else cli_commands.program_file(texts)
                kind, name, is_shown = DispatchKind.CONNECT, OPAQUE, True
        yield DispatchFact(kind=kind, flow=flow.name, span=span, name=name, presence=is_shown, file=file)

    def _ruled(self, flow: Flow, rule: Mapping, span: Span) -> Iterator[DispatchFact]:
        """The agents that a SIP rule brings which is written out."""
        for key, config in rule.entries:
            if key == "**" or (key in _CONFIG_KEYS and not isinstance(config, Mapping)):
                yield DispatchFact(kind=DispatchKind.SIP, flow=flow.name, span=span, name=OPAQUE)
            elif key in _CONFIG_KEYS and isinstance(config, Mapping):
                for inner, agents in config.entries:
                    if inner == "agents":
                        yield from self._agents(flow, agents, DispatchKind.SIP, span)
            elif key in _NESTED and isinstance(config, Mapping):
                yield from self._ruled(flow, config, span)

    def _sent(self, flow: Flow, number: int, call: Call) -> Iterator[DispatchFact]:
        """The agents that a request's body asks for; of a request to the real service without a body that is followed,
        one of unknown name.
        """
        span = call.span or flow.span
        kind = self.kinds.get(Node(flow.name, number), DispatchKind.REQUEST)
        found, to_service = False, False
        for value in given_to(call):
            for home, part in self.parts(flow, value):
                if isinstance(part, Mapping) and _is_body(part) and part not in self.claims:
                    found = True
                    name = mapping_name(part)
                    yield DispatchFact(kind=kind, flow=home.name, span=span, name=OPAQUE if name is None else name)
                elif isinstance(part, Text) and _SERVICE in part.value:
                    to_service = True
        if to_service and not found:
            yield DispatchFact(kind=kind, flow=flow.name, span=span, name=OPAQUE)


def roots(flow: Flow) -> Iterator[tuple[Span, Expr]]:
    """Every value of a function, with where it stands."""
    for call in flow.calls:
        for value in given_to(call):
            yield call.span or flow.span, value
    for values in flow.variables.values():
        for value in values:
            yield flow.span, value
    for value in flow.returns:
        yield flow.span, value
    for store in flow.stores:
        yield store.span or flow.span, store.value


def commands_in(value: Expr) -> Iterator[cli_commands.Commanding]:
    """The commands in a value: each list of words, and each text, with what is joined to it."""
    stack = [value]
    while stack:
        here = stack.pop()
        if isinstance(here, Items):
            yield from cli_commands.of_words(here.items)
        if isinstance(here, (Text, Join)):
            yield from cli_commands.of_text(here)
        stack.extend(part for part in parts_of(here) if not (isinstance(here, Join) and isinstance(part, Text)))


def may_bring_agents(rule: Mapping) -> bool:
    """A SIP rule that is written out has a room's configuration, or may have one."""
    nested = any(
        key in _NESTED and isinstance(value, Mapping) and may_bring_agents(value) for key, value in rule.entries
    )
    return nested or any(key == "**" or key in _CONFIG_KEYS for key, _ in rule.entries)


def _is_this_program(program: Expr) -> bool:
    """``sys.argv[0]``, ``__file__``."""
    return program == Name("__file__") or (isinstance(program, Subscript) and last_name(program.base) == "argv")


def _is_empty(value: Expr) -> bool:
    return value == Items(()) or (isinstance(value, Typed) and value.value == Items(()))


def mapping_name(mapping: Mapping) -> Expr | None:
    """The agent name that a dict gives; opaque where a spread may give one."""
    for key, value in mapping.entries:
        if key in _NAME_KEYS:
            return value
    return OPAQUE if any(key in ("**", "") for key, _ in mapping.entries) else None


def _is_body(mapping: Mapping) -> bool:
    """A dict that could be an agent dispatch: it names an agent and is not just any record with that key."""
    keys = [key for key, _ in mapping.entries]
    return not _NAMES.isdisjoint(keys) and could_ask(keys)

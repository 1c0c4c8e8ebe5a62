"""Requests of the server API: what is given to messages and to the methods that send them, and how that is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from lkagent_lint.facts import values as v
from lkagent_lint.facts.scopes import owner_of
from lkagent_lint.project.records import Project
from lkagent_lint.project.things import Activation, FromVariable, Sdk, SdkMethod, SdkObject, String, only
from lkagent_lint.questions.methods import Methods, WrittenCall
from lkagent_lint.questions.offers import Offers
from lkagent_lint.sources.sdk.symbols import Parameters
from lkagent_lint.sources.sdk.vocabulary import camel, snake

SERVICES = ("AgentDispatchService", "RoomService", "SipService")
_MODULES = ("agent_dispatch", "room", "sip", "egress", "ingress", "connector_twilio", "connector_whatsapp")
"""Of ``livekit.protocol``: where the messages stand that a service is sent."""
_MESSAGE_ENDS = ("Request", "Info", "Dispatch", "Configuration", "Grant")
_METHOD = re.compile(
    r"(?:create|delete|list|update|get|remove|forward|move|mute|send|transfer)_(?:\w+_)?"
    r"(?:room|dispatch|rule|trunk|participant|track|subscription|data|metadata|field)s?$"
)
"""Names that methods of the services have."""
_MESSAGES = ("livekit.protocol.", "livekit.api.")
_REQUEST = frozenset(
    {
        *("create", "list", "delete", "update", "get", "remove", "forward", "move", "send", "req", "start"),
        "transfer",
    }
)
"""What livekit-api calls a parameter that takes a request (1.3.0, ``room_service.py``, ``sip_service.py`` …)."""
_TEXTS = frozenset(
    {
        *("metadata", "participant_metadata", "agent_name", "room", "room_name", "participant_identity"),
        *("participant_name", "identity", "sip_call_to", "sip_number", "sip_trunk_id", "transfer_to", "dtmf"),
    }
)
"""Fields that are texts in every message that has them."""
_DURATIONS = frozenset({"ringing_timeout", "max_call_duration"})
_NUMBER = frozenset("0123456789.")


class Refused(NamedTuple):
    """Something that is wrong with a request."""

    where: WrittenCall
    kind: str
    """``keyword``, ``count``,
    ``no-request``, ``field``, ``text``, ``duration``, ``configuration``, ``trunk`` or ``self``."""
    owner: str
    """The message or the method."""
    name: str
    """The field, the keyword, or what is given instead."""


class ApiRequests:
    """Answers for one project."""

    def __init__(self, project: Project, methods: Methods, offers: Offers) -> None:
        self._words = project.words
        self._catalog = project.sdk("").catalog
        self._methods = methods
        self._offers = offers

    def refused(self) -> Iterator[Refused]:
        """Everything that is refused, by the client or by the server."""
        yield from self._messages()
        yield from self._sent()
        for found in self._methods.written(("with_room_config",)):
            given = found.call.args[0] if found.call.args else dict(found.call.keywords).get("config")
            if given is not None and given_kind(given, found.activation) == "dict":
                yield Refused(found, "configuration", "with_room_config", "dict")

    def fields_of(self, message: str) -> frozenset[str]:
        """All fields of a message in the newest release that is known; empty if there is no such message."""
        release = self._catalog.newest("livekit-protocol")
        paths = (f"livekit.protocol.{each}.{message}" for each in _MODULES)
        known = next(filter(None, map(release.parameters, paths)), None)
        return frozenset() if known is None else known.keywords

    # What messages are made of

    def _messages(self) -> Iterator[Refused]:
        words = frozenset(each for each in self._words if each.endswith(_MESSAGE_ENDS))
        for found in self._methods.written(words):
            targets = found.targets
            name = next(iter(targets)) if len(targets) == 1 else None
            if not isinstance(name, Sdk) or not name.name.startswith(_MESSAGES):
                continue
            message = name.name.rpartition(".")[2]
            if found.activation.is_node:
                yield from self._fields(found, message, list(_entries(found.call.args[:1])))
            else:
                yield from self._unknown(found, message)
                yield from self._fields(found, message, list(found.call.keywords))

    def _unknown(self, found: WrittenCall, message: str) -> Iterator[Refused]:
        """Keywords that the message does not have in the release that holds."""
        release = self._offers.complete(found.place.path, "livekit-protocol")
        paths = (f"livekit.protocol.{each}.{message}" for each in _MODULES)
        known = None if release is None else next(filter(None, map(release.parameters, paths)), None)
        if known is None or not known.keywords:
            return
        for keyword, _ in found.call.keywords:
            if keyword != "**" and not known.accepts(keyword):
                yield Refused(found, "field", message, keyword)

    def _fields(self, found: WrittenCall, message: str, fields: list[tuple[str, v.Expr]]) -> Iterator[Refused]:
        here = found.activation
        for key, value in fields:
            name = snake(key)
            if name in _TEXTS and (kind := given_kind(value, here)) in ("dict", "list"):
                yield Refused(found, "text", message, f"{key} {kind}")
            elif name in _DURATIONS and not here.is_node and given_kind(value, here) == "number":
                yield Refused(found, "duration", message, key)
            elif name == "sip_trunk_id" and message == "CreateSIPParticipantRequest" and _is_no_trunk(value, here):
                yield Refused(found, "trunk", message, key)
            elif name == "participant_identity" and message == "TransferSIPParticipantRequest" and _is_own(value, here):
                yield Refused(found, "self", message, key)

    # What methods are given

    def _sent(self) -> Iterator[Refused]:
        for found in self._methods.written(frozenset(each for each in self._words if _METHOD.match(snake(each)))):
            targets = found.targets
            target = next(iter(targets)) if len(targets) == 1 else None
            if not isinstance(target, SdkMethod) or target.kind not in SERVICES:
                continue
            if found.activation.is_node:
                yield from self._sent_in_node(found, target.name)
            elif (known := self._parameters(found, target)) is not None:
                yield from _shape(found, target.name, known)

    def _sent_in_node(self, found: WrittenCall, method: str) -> Iterator[Refused]:
        yield from self._fields(found, camel(method), list(_entries(found.call.args)))
        if method == "transfer_sip_participant" and len(found.call.args) > 1:
            if _is_own(found.call.args[1], found.activation):
                yield Refused(found, "self", camel(method), "participantIdentity")

    def _parameters(self, found: WrittenCall, target: SdkMethod) -> Parameters | None:
        release = self._offers.complete(found.place.path, "livekit-api")
        member = None if release is None else release.member(target.kind, target.name)
        return None if member is None else member.parameters


def _shape(found: WrittenCall, method: str, known: Parameters) -> Iterator[Refused]:
    """A method that is not given one request."""
    call = found.call
    if any(isinstance(each, v.Spread) for each in call.args) or known.var_keyword or known.var_positional:
        return
    wrong = [name for name, _ in call.keywords if name != "**" and not known.accepts(name)]
    if wrong:
        yield Refused(found, "keyword", method, wrong[0])
    elif len(call.args) > len(known.positional):
        yield Refused(found, "count", method, str(len(call.args)))
    elif known.positional and known.positional[0] in _REQUEST:
        given = call.args[0] if call.args else dict(call.keywords).get(known.positional[0])
        kind = "" if given is None else given_kind(given, found.activation)
        if kind in ("dict", "text", "list"):
            yield Refused(found, "no-request", method, kind)


def _entries(args: tuple[v.Expr, ...]) -> Iterator[tuple[str, v.Expr]]:
    for each in args:
        if isinstance(each, v.Mapping):
            yield from each.entries


# What an expression surely is


def given_kind(value: v.Expr, activation: Activation) -> str:
    """``dict``, ``list``, ``text`` or ``number`` where an expression surely is one; empty where that is not known."""
    home = owner_of(activation.facts, activation.flow, value.name) if isinstance(value, v.Name) else None
    if isinstance(value, v.Name) and home is not None:
        held = home.variables.get(value.name, ())
        parameter = next((each for each in home.parameters if each.name == value.name), None)
        if parameter is not None:
            return "" if held or parameter.kind.startswith("*") else _annotated(parameter.annotation)
        if len(held) != 1:
            return ""
        value = held[0]
    match value:
        case v.Mapping():
            return "dict"
        case v.Items():
            return "list"
        case v.Text() | v.Join():
            return "text"
        case v.Constant(written) if written and set(written) <= _NUMBER:
            return "number"
        case v.Attribute(base, "name") if activation.value(base) == only(SdkObject("Room")):
            return "text"
        case _:
            found = activation.value(value)
            return "text" if found and all(isinstance(each, (String, FromVariable)) for each in found) else ""


def _annotated(annotation: v.Expr | None) -> str:
    match annotation:
        case v.Name("str") | v.Text("str") | v.Name("string"):
            return "text"
        case v.Name("dict" | "Dict") | v.Subscript(v.Name("dict" | "Dict"), _):
            return "dict"
        case v.Name("int" | "float"):
            return "number"
        case _:
            return ""


def _is_no_trunk(value: v.Expr, activation: Activation) -> bool:
    """A literal that no trunk's id can be: a telephone number, or the id of something else."""
    found = activation.value(value)
    texts = [each.value for each in found if isinstance(each, String)]
    return bool(texts) and len(texts) == len(found) and all(_names_no_trunk(each) for each in texts)


def _names_no_trunk(text: str) -> bool:
    digits = text.replace(" ", "").replace("-", "").lstrip("+")
    return (digits.isdigit() and len(digits) > 5) or text.startswith(("SDR_", "RM_", "PA_", "sip:"))


def _is_own(value: v.Expr, activation: Activation) -> bool:
    """The identity of the job's own participant."""
    match value:
        case v.Attribute(base, "identity"):
            return activation.value(base) == only(SdkObject("LocalParticipant"))
        case v.Attribute(base, "local_participant_identity" | "localParticipantIdentity"):
            return activation.value(base) == only(SdkObject("JobContext"))
        case _:
            return False

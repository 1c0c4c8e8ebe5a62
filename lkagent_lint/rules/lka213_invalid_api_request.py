"""A request of the server API is built in a way that is refused.

## What it does

Reports requests of the room, dispatch and SIP services of livekit-api that cannot be sent: keywords or a text where a
method takes a request, a dict or a list where a message has a text (`metadata`), a number where it wants a duration, a
field that the message does not have in this release, a dict for `with_room_config`. As a warning, a literal trunk id
that is none, and a SIP transfer of the agent itself. In Node, objects and lists where a message has a text.

## Why it is bad

The call raises: "TypeError: AgentDispatchService.create_dispatch() got an unexpected keyword argument 'agent_name'",
"AttributeError: 'str' object has no attribute 'SerializeToString'", "TypeError: bad argument type for built-in
operation", "has no "trunk_id" field", "Fail to convert to Duration", and for a dict as a room configuration "'dict'
object has no attribute 'DESCRIPTOR'" when the token is signed. In Node the message is made, and sending it throws
"cannot encode field livekit.RoomAgentDispatch.metadata to JSON". The server refuses a trunk that is none, and transfers
only participants of SIP.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

For values that are not known, receivers that are not surely a service, fields that a later release may have where the
release is not known, and dispatch fields that LKA209 speaks of.

## Evidence

livekit-api 1.3.0 and livekit-protocol 1.1.27; run. @livekit/protocol 1.52.1; run. The fields of each message are those
of the tables.

## Fix safety

Safe, because the call raises as it is: what a message takes as a text is put into `json.dumps()` or `JSON.stringify()`,
a whole number of seconds becomes a `Duration`, the keywords of a method become those of its request, and a field that
is spelled almost right gets its name. Unsafe: a number that is no such literal becomes a `timedelta` of so many
seconds. For the rest there is no fix.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Severity, numbered_argument
from lkagent_lint.facts import values as v
from lkagent_lint.intents import AddImport, Fix, PutInto, RenameArgument, SurroundArgument, safe, unsafe
from lkagent_lint.likeness import misspelled
from lkagent_lint.questions.api_requests import Refused
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import is_node, shortened
from lkagent_lint.rules._base import Meta, Said
from lkagent_lint.sources.sdk.releases import API, SERVER_NODE, Basis
from lkagent_lint.sources.sdk.vocabulary.records import snake

META = Meta(
    "LKA213",
    "invalid-api-request",
    Severity.ERROR,
    "a request of the server API that is refused",
    basis=Basis.REFUSAL,
    packages=(API, SERVER_NODE),
)

_REQUESTS = {
    "create_dispatch": "CreateAgentDispatchRequest",
    "create_room": "CreateRoomRequest",
    "list_rooms": "ListRoomsRequest",
    "delete_room": "DeleteRoomRequest",
    "update_room_metadata": "UpdateRoomMetadataRequest",
    "list_participants": "ListParticipantsRequest",
    "get_participant": "RoomParticipantIdentity",
    "remove_participant": "RoomParticipantIdentity",
    "mute_published_track": "MuteRoomTrackRequest",
    "update_participant": "UpdateParticipantRequest",
    "update_subscriptions": "UpdateSubscriptionsRequest",
    "send_data": "SendDataRequest",
    "create_sip_participant": "CreateSIPParticipantRequest",
    "transfer_sip_participant": "TransferSIPParticipantRequest",
}
"""What a method takes (livekit-api 1.3.0, ``agent_dispatch_service.py``, ``room_service.py``, ``sip_service.py``)."""


def check(subject: Subject) -> Iterator[Diagnostic]:
    for found in subject.api_requests.refused():
        place = found.where.place
        dropped = subject.project.files[place.path].dropped
        if found.kind == "field" and any((each.span, each.field) == (place.span, found.name) for each in dropped):
            continue  # LKA209 speaks of it
        is_guess = found.kind in ("trunk", "self")
        yield META.at(
            place,
            _said(found),
            culprit=_culprit(found),
            subject=found.where.activation.name,
            key=(found.kind, found.owner, found.name),
            severity=Severity.WARNING if is_guess else Severity.ERROR,
            fix=_fix(subject, found),
        )


def _culprit(found: Refused) -> tuple[str, ...]:
    """The field, where it is one, else what is given."""
    match found.kind:
        case "text":
            field = found.name.partition(" ")[0]
            return field, snake(field)
        case "count" | "no-request" | "configuration":
            return (numbered_argument(1 if found.kind == "count" else 0),)
        case _:
            return (found.name,)


def _fix(subject: Subject, found: Refused) -> Fix | None:
    place, given = found.where.place, dict(found.where.call.keywords)
    match found.kind:
        case "text" if is_node(place):
            field = found.name.split(" ")[0]
            return safe("give it as JSON", SurroundArgument(place, field, "JSON.stringify(", ")"))
        case "text":
            field = found.name.split(" ")[0]
            dumped = SurroundArgument(place, field, "json.dumps(", ")")
            return safe("give it as JSON", dumped, AddImport(place.path, "json"))
        case "duration":
            return _lasting(place, found.name, given.get(found.name))
        case "field":
            fields = subject.api_requests.fields_of(found.owner)
            meant = None if found.name in fields else misspelled(found.name, fields)  # a later release may have it
            return None if meant is None else safe(f"write {meant}=", RenameArgument(place, found.name, meant))
        case "keyword":
            request = _REQUESTS.get(found.owner, "")
            if found.where.call.args or not request or set(given) - subject.api_requests.fields_of(request):
                return None
            return safe(f"give one {request}", PutInto(place, request), AddImport(place.path, "livekit.api", request))
        case _:
            return None


def _lasting(place: Place, field: str, value: v.Expr | None) -> Fix:
    """A Duration has whole seconds; a timedelta, which a message takes too, may have parts of them."""
    if isinstance(value, v.Constant) and value.value.isdigit():
        whole = AddImport(place.path, "google.protobuf.duration_pb2", "Duration")
        return safe("give a Duration", SurroundArgument(place, field, "Duration(seconds=", ")"), whole)
    parts = AddImport(place.path, "datetime", "timedelta")
    return unsafe("give a timedelta", SurroundArgument(place, field, "timedelta(seconds=", ")"), parts)


def _said(found: Refused) -> Said:
    """Of what a call is given; what a request holds is told below."""
    owner, name = found.owner, found.name
    match found.kind:
        case "keyword":
            return Said(
                f"{owner}() does not take the keyword {shortened(name)}",
                f"it raises TypeError (got an unexpected keyword argument {name!r})",
                "give it one request",
                "not taken",
            )
        case "count":
            return Said(
                f"{owner}() is given {name} arguments and takes one request",
                f"it raises TypeError (it was given {name} positional arguments)",
                "give it one request",
                "too many arguments",
            )
        case "no-request":
            said = "str" if name == "text" else name
            return Said(
                f"{owner}() is given a {said}, and takes a request",
                f"it raises AttributeError ('{said}' object has no attribute 'SerializeToString')",
                "give it a request",
                f"a {said} is given here",
            )
        case _:
            return _said_of_field(found)


def _said_of_field(found: Refused) -> Said:
    owner, name = found.owner, found.name
    match found.kind:
        case "field":
            return Said(
                f"{owner} has no field {shortened(name)}",
                f'it raises ValueError (Protocol message {owner} has no "{name}" field)',
                "write a field that it has, or leave it out",
                "no such field",
            )
        case "text":
            return _no_text(owner, *name.split(" "), in_node=is_node(found.where.place))
        case "duration":
            return Said(
                f"{name} of {owner} is given a number",
                f"{owner}() raises TypeError ({name} is a Duration and is given a number)",
                "give Duration(seconds=…)",
                "no Duration",
            )
        case "configuration":
            return Said(
                "with_room_config() is given a dict",
                "signing the token raises AttributeError ('dict' object has no attribute 'DESCRIPTOR')",
                "give api.RoomConfiguration(…)",
                "a dict is given here",
            )
        case "trunk":
            return Said(
                f"{name} of {owner} is no trunk's id",
                "the id of a trunk begins with ST_: the server finds no such trunk",
                "give the id that `lk sip outbound list` shows",
                "no trunk's id",
            )
        case _:
            return Said(
                "the agent transfers itself",
                "it is no participant of SIP, so there is no call to transfer",
                "give the caller's identity",
                "the agent's own identity",
            )


def _no_text(owner: str, field: str, given: str, *, in_node: bool) -> Said:
    if in_node:
        kind = "an array" if given == "list" else "an object"
        return Said(
            f"{field} of {owner} is a text, and is given {kind}",
            "sending it throws",
            "give JSON.stringify(…)",
            f"{kind} is given here",
        )
    return Said(
        f"{field} of {owner} is a text, and is given a {given}",
        f"{owner}() raises TypeError ({field} is a text and is given a {given})",
        "give json.dumps(…)",
        f"a {given} is given here",
    )

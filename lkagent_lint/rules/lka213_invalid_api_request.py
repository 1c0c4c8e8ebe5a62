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

There is no fix yet.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Severity
from lkagent_lint.questions.api_requests import Refused
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import is_node
from lkagent_lint.rules._base import Meta
from lkagent_lint.sources.sdk.releases import API, SERVER_NODE, Basis

META = Meta(
    "LKA213",
    "invalid-api-request",
    Severity.ERROR,
    "a request of the server API that is refused",
    basis=Basis.REFUSAL,
    packages=(API, SERVER_NODE),
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    for found in subject.api_requests.refused():
        place = found.where.place
        dropped = subject.project.files[place.path].dropped
        if found.kind == "field" and any((each.span, each.field) == (place.span, found.name) for each in dropped):
            continue  # LKA209 speaks of it
        is_guess = found.kind in ("trunk", "self")
        yield META.at(
            place,
            _words(found),
            subject=found.where.activation.name,
            key=(found.kind, found.owner, found.name),
            severity=Severity.WARNING if is_guess else Severity.ERROR,
        )


def _words(found: Refused) -> str:
    owner, name = found.owner, found.name
    match found.kind:
        case "keyword":
            return f"{owner}() raises TypeError (got an unexpected keyword argument {name!r}): it takes one request"
        case "count":
            return f"{owner}() raises TypeError (it was given {name} positional arguments): it takes one request"
        case "no-request":
            said = "str" if name == "text" else name
            return (
                f"{owner}() is given a {said}, and raises AttributeError ('{said}' object has no attribute "
                "'SerializeToString'): it takes a request"
            )
        case "field":
            return f'{owner}() raises ValueError (Protocol message {owner} has no "{name}" field)'
        case "text":
            return _no_text(owner, *name.split(" "), in_node=is_node(found.where.place))
        case "duration":
            return f"{owner}() raises TypeError ({name} is a Duration and is given a number): give Duration(seconds=…)"
        case "configuration":
            return (
                "with_room_config() is given a dict, and signing the token raises AttributeError ('dict' object has no "
                "attribute 'DESCRIPTOR'): give api.RoomConfiguration(…)"
            )
        case "trunk":
            return f"{name} of {owner} is no trunk's id, which begins with ST_: the server finds no such trunk"
        case _:
            return "the agent transfers itself, and is no participant of SIP: give the caller's identity"


def _no_text(owner: str, field: str, given: str, *, in_node: bool) -> str:
    if in_node:
        kind = "an array" if given == "list" else "an object"
        return f"{field} of {owner} is a text, and with {kind} sending it throws: give JSON.stringify(…)"
    return f"{owner}() raises TypeError ({field} is a text and is given a {given}): give json.dumps(…)"

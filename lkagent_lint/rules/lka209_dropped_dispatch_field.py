"""A field of a dispatch that its message, SDK or command does not have.

## What it does

Reports names that look right and are not: `agent_name` in a JavaScript constructor, `roomConfig` in the options of a
JavaScript `AccessToken`, `agentName=` or `room=` in a Python `RoomAgentDispatch`, `--agent` of `lk token create`
without `--join`; in a JSON or YAML file of a SIP rule keys such as `trunks` or `agents`, and metadata that is an
object.

## Why it is bad

JavaScript constructors drop what they do not know without a word: the dispatch asks for the unnamed agents, the token
carries no configuration. `lk` ignores the flag. Python refuses: `ValueError: Protocol message RoomAgentDispatch has
no "agentName" field.` `lk sip dispatch create` refuses a file with an unknown field, or with an object where it
wants a text.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

For keys that a later release may have added, for objects that are only passed on, and for messages of other
libraries.

## Evidence

livekit-server-sdk 2.18 and @livekit/protocol (run: unknown keys of a constructor are gone), `AccessToken.ts`
(`AccessTokenOptions` has no `roomConfig`), `AgentDispatchClient.ts` 57 (two strings); livekit-api 1.2.2 (run:
raises); livekit-cli 29c2686, `cmd/lk/token.go` 424-433, `cmd/lk/proto.go` (`protojson` refuses what it does not know).

## Fix safety

Safe: `agent_name` that Node drops becomes `agentName`. For everything else there is no fix.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Severity
from lkagent_lint.intents import Fix, Rename, safe
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import shortened
from lkagent_lint.rules._base import Meta, Said
from lkagent_lint.sources.sdk.releases import PROTOCOL, SERVER_NODE, Basis

META = Meta(
    "LKA209",
    "dropped-dispatch-field",
    Severity.ERROR,
    "a field of a dispatch that is dropped or refused",
    basis=Basis.REFUSAL,
    packages=(PROTOCOL, SERVER_NODE),
)

_RENAMED = frozenset({("RoomAgentDispatch", "agent_name"), ("ServerOptions", "agent_name")})
_SAYINGS = {
    ("RoomAgentDispatch", "agent_name"): Said(
        "the constructor of RoomAgentDispatch drops agent_name",
        "the dispatch asks for unnamed agents",
        "write agentName",
    ),
    ("ServerOptions", "agent_name"): Said(
        "ServerOptions drops agent_name",
        "the agent registers without a name",
        "write agentName",
    ),
    ("AccessToken", "roomConfig"): Said(
        "the options of AccessToken have no roomConfig",
        "the token carries none",
        "assign token.roomConfig",
    ),
    ("createDispatch", "{...}"): Said(
        "createDispatch is given an object in the place of a name",
        "it takes the room and the name of the agent as two arguments, so this asks for no agent of that name",
        "write createDispatch(room, agentName)",
    ),
    ("SIP rule", "metadata"): Said(
        "metadata of a SIP rule and of its agents is no object",
        "it is a text, and an object is refused",
        "write its JSON as a string",
    ),
    ("lk token create", "--agent"): Said(
        "lk token create ignores --agent without --join",
        "the token dispatches nobody",
        "add --join",
    ),
}


def check(subject: Subject) -> Iterator[Diagnostic]:
    for path, facts in subject.project.files.items():
        for fact in facts.dropped:
            saying = _SAYINGS.get((fact.owner, fact.field))
            if saying is None and fact.owner == "SIP rule":
                saying = _no_field(fact.field)
            saying = saying or _refused(fact.owner.removesuffix("()"), fact.field)
            yield META.at(
                Place(path, fact.span),
                saying._replace(label="it is not taken"),
                culprit=(fact.field,),
                key=(fact.owner, fact.field),
                fix=_fix(Place(path, fact.span), fact.field) if (fact.owner, fact.field) in _RENAMED else None,
            )


def _fix(place: Place, field: str) -> Fix:
    return safe("write agentName", Rename(place, field, "agentName"))


def _refused(message: str, field: str) -> Said:
    fields = "agent_name and metadata" if message == "RoomAgentDispatch" else "room, agent_name and metadata"
    return Said(
        f"{message} has no field {shortened(field)}",
        f'it raises ValueError: Protocol message {message} has no "{field}" field',
        f"write what it has, {fields}",
    )


def _no_field(field: str) -> Said:
    right = "trunk_ids" if "trunk" in field else "room_config" if "room" in field else "room_config.agents"
    return Said(f"a SIP rule has no field {shortened(field)}", "the server refuses the rule", f"write {right}")

"""The words of LiveKit's SDKs for JavaScript by which agents are asked for and rooms are made.

Sources: livekit-server-sdk 2.18 (``AgentDispatchClient.ts``, ``AccessToken.ts``, ``RoomServiceClient.ts``,
``SipClient.ts``, ``ConnectorClient.ts``), livekit-client 2.23 (``TokenSource.ts``), components-react 2.9.24
(``useSession.ts``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lkagent_lint.facts.file import DispatchKind
from lkagent_lint.frontends.javascript.parse import arguments, callee, last_name, outermost

if TYPE_CHECKING:
    from tree_sitter import Node

AGENT = "RoomAgentDispatch"
CONFIGURATION = "RoomConfiguration"
NAMES = ("agentName", "agent_name")
CONFIGS = ("roomConfig", "room_config")
LISTS = ("agents", "dispatches")
CARRIERS = {
    "createRoom": DispatchKind.ROOM,
    "createSipDispatchRule": DispatchKind.SIP,
    "updateSipDispatchRule": DispatchKind.SIP,
    "SIPDispatchRuleInfo": DispatchKind.SIP,
    "connectTwilioCall": DispatchKind.CONNECTOR,
    "dialWhatsAppCall": DispatchKind.CONNECTOR,
    "acceptWhatsAppCall": DispatchKind.CONNECTOR,
}
"""Calls and messages that carry agents or a room's configuration."""
RULES = ("createSipDispatchRule", "createDispatchRule")
SENDS = frozenset(
    {
        *("fetch", "post", "put", "patch", "request", "send", "invoke", "ajax", "axios", "ofetch", "$fetch", "ky"),
        *("got", "sendBeacon", "mutate", "mutateAsync", "trigger", "useSession"),
    }
)
"""The last word of what sends a request, or asks for a token by one."""


def makes_room(call: Node) -> bool:
    """``service.createRoom({ … })``: the SDK's takes one object; a function of the project's own may take anything."""
    target, given = callee(call), arguments(call)
    if target is None or target.type != "member_expression" or last_name(target) != "createRoom":
        return False
    return len(given) == 1 and given[0].type in ("object", "identifier")


def call_around(node: Node) -> Node | None:
    """The call that a node is an argument of."""
    parent = outermost(node).parent
    return parent.parent if parent is not None and parent.type == "arguments" else None


def is_from_json(call: Node) -> bool:
    """``RoomConfiguration.fromJson(…)``, ``.create(…)``."""
    target = callee(call)
    if call.type != "call_expression" or target is None or target.type != "member_expression":
        return False
    base = target.child_by_field_name("object")
    return last_name(base) in (CONFIGURATION, AGENT) and last_name(target) in ("fromJson", "fromJsonString", "create")

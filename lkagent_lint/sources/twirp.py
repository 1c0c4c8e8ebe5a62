"""What LiveKit's servers answer under ``/twirp/``: services, their methods, and the message that each takes."""

from __future__ import annotations

from functools import cache

_PARTICIPANT = "RoomParticipantIdentity"
SERVICES: dict[str, dict[str, str]] = {
    "livekit.RoomService": {
        "GetParticipant": _PARTICIPANT,
        "RemoveParticipant": _PARTICIPANT,
        "MutePublishedTrack": "MuteRoomTrackRequest",
        **dict.fromkeys(("CreateRoom", "ListRooms", "DeleteRoom", "ListParticipants", "UpdateParticipant"), ""),
        **dict.fromkeys(("UpdateSubscriptions", "SendData", "UpdateRoomMetadata", "ForwardParticipant"), ""),
        **dict.fromkeys(("MoveParticipant", "PerformRpc"), ""),
    },
    "livekit.AgentDispatchService": {
        "CreateDispatch": "CreateAgentDispatchRequest",
        "DeleteDispatch": "DeleteAgentDispatchRequest",
        "ListDispatch": "ListAgentDispatchRequest",
    },
    "livekit.Egress": {
        "StartRoomCompositeEgress": "RoomCompositeEgressRequest",
        "StartWebEgress": "WebEgressRequest",
        "StartParticipantEgress": "ParticipantEgressRequest",
        "StartTrackCompositeEgress": "TrackCompositeEgressRequest",
        "StartTrackEgress": "TrackEgressRequest",
        **dict.fromkeys(("StartEgress", "UpdateLayout", "UpdateStream", "ListEgress", "StopEgress"), ""),
    },
    "livekit.Ingress": dict.fromkeys(("CreateIngress", "UpdateIngress", "ListIngress", "DeleteIngress"), ""),
    "livekit.SIP": {
        **dict.fromkeys(("ListSIPTrunk", "CreateSIPTrunk", "DeleteSIPTrunk", "CreateSIPInboundTrunk"), ""),
        **dict.fromkeys(("CreateSIPOutboundTrunk", "UpdateSIPInboundTrunk", "UpdateSIPOutboundTrunk"), ""),
        **dict.fromkeys(("GetSIPInboundTrunk", "GetSIPOutboundTrunk", "ListSIPInboundTrunk"), ""),
        **dict.fromkeys(("ListSIPOutboundTrunk", "CreateSIPDispatchRule", "UpdateSIPDispatchRule"), ""),
        **dict.fromkeys(("ListSIPDispatchRule", "DeleteSIPDispatchRule", "CreateSIPParticipant"), ""),
        "TransferSIPParticipant": "",
    },
    "livekit.Connector": dict.fromkeys(
        (
            "DialWhatsAppCall",
            "DisconnectWhatsAppCall",
            "ConnectWhatsAppCall",
            "AcceptWhatsAppCall",
            "ConnectTwilioCall",
        ),
        "",
    ),
}
"""livekit/protocol 1.1.27, ``livekit_room.proto``, ``livekit_agent_dispatch.proto``, ``livekit_egress.proto``,
``livekit_ingress.proto``, ``livekit_sip.proto``, ``livekit_connector.proto``. An empty message is the method's own name
and ``Request``.
"""
CLOUD = frozenset({"livekit.CloudAgent", "livekit.AgentSimulation", "livekit.PhoneNumberService", "livekit.Replay"})
"""Services of LiveKit Cloud, which say nothing of their methods here."""


def message_of(service: str, method: str) -> str:
    """The message that a method takes; empty if it is not known."""
    known = SERVICES.get(service, {}).get(method)
    return "" if known is None else known or f"{method}Request"


@cache
def every_path() -> tuple[str, ...]:
    """``livekit.RoomService/CreateRoom`` and all others."""
    return tuple(f"{service}/{method}" for service, methods in SERVICES.items() for method in sorted(methods))

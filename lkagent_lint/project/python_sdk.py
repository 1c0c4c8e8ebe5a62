"""What the Python SDK's names are, as link needs them (livekit-agents 1.8.9, livekit rtc 1.1.21, livekit-api 1.2.2).

A class is known by its own name, whatever path it is imported by; ``AvatarSession`` stands for every plugin's.
"""

from __future__ import annotations

CLASSES = frozenset(
    {
        "JobContext",
        "JobRequest",
        "JobProcess",
        "AgentServer",
        "AgentSession",
        "Agent",
        "AgentTask",
        "RunContext",
        "AvatarSession",
        "RoomIO",
        "BackgroundAudioPlayer",
        "BrowserSession",
        "Room",
        "LiveKitAPI",
        "AgentDispatchService",
        "RoomService",
        "SipService",
    }
)

BASES = {"AgentTask": "Agent"}

ATTRIBUTES = {
    ("JobContext", "room"): "Room",
    ("JobContext", "agent"): "LocalParticipant",
    ("JobContext", "api"): "LiveKitAPI",
    ("JobContext", "proc"): "JobProcess",
    ("JobContext", "job"): "Job",
    ("JobContext", "primary_session"): "AgentSession",
    ("JobRequest", "job"): "Job",
    ("JobRequest", "room"): "RoomInfo",
    ("Room", "local_participant"): "LocalParticipant",
    ("Agent", "session"): "AgentSession",
    ("RunContext", "session"): "AgentSession",
    ("AgentSession", "current_agent"): "Agent",
    ("AgentSession", "room_io"): "RoomIO",
    ("RoomIO", "room"): "Room",
    ("LiveKitAPI", "agent_dispatch"): "AgentDispatchService",
    ("LiveKitAPI", "room"): "RoomService",
    ("LiveKitAPI", "sip"): "SipService",
}

RESULTS = {
    "get_job_context": "JobContext",
    "get_current_job_context": "JobContext",
}
"""What functions of the SDK return, by the function's own name."""

FACTORIES = {("AvatarSession", "create"): "AvatarSession"}

UNAWAITED = frozenset(
    {
        ("JobContext", "connect"),
        ("JobContext", "wait_for_participant"),
        ("AgentSession", "start"),
        ("AgentSession", "aclose"),
        ("AgentSession", "drain"),
        ("JobRequest", "accept"),
        ("JobRequest", "reject"),
        ("AgentDispatchService", "create_dispatch"),
        ("Agent", "update_instructions"),
        ("Agent", "update_tools"),
        ("AvatarSession", "start"),
    }
)
"""Coroutine methods that do nothing until awaited (LKA106). say and generate_reply are no coroutines."""

UNAWAITED_FUNCTIONS = frozenset({"wait_for_participant"})
"""The same for free functions of ``livekit.agents.utils``."""


AWAITABLE_NEVER = frozenset(
    {
        ("JobContext", "shutdown"),
        ("JobContext", "add_shutdown_callback"),
        ("AgentSession", "shutdown"),
        ("AgentSession", "update_agent"),
    }
)
"""Plain methods that return None, so that awaiting them raises (LKA119). interrupt and delete_room return futures."""


_HOMES = {
    "Room": "livekit.rtc.",  # livekit.api has a message of this name
    **dict.fromkeys(("LiveKitAPI", "AgentDispatchService", "RoomService", "SipService"), "livekit.api."),
}


def class_name(dotted: str) -> str:
    """The SDK class that a dotted name means; empty for everything else.

    ``start`` of a plugin's ``AvatarSession`` is a coroutine in all of them; other classes of plugins are not known.
    """
    last = dotted.rpartition(".")[2]
    if last not in CLASSES or not dotted.startswith("livekit."):
        return ""
    if last == "AvatarSession":
        return last if dotted.startswith(("livekit.plugins.", "livekit.agents.")) else ""
    return last if dotted.startswith(_HOMES.get(last, "livekit.agents.")) else ""

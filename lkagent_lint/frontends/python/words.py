"""The words by which the Python front end decides what is worth recording."""

from __future__ import annotations

import re

LIFECYCLE = (
    "connect|start|wait_for_\\w+|aclose|drain|accept|reject|create_dispatch|update_instructions|update_tools|sid"
    "|shutdown|add_shutdown_callback|add_participant_entrypoint|say|generate_reply|register_\\w+|on|once"
    "|get_job_context|local_participant|remote_participants|create_task|ensure_future|gather"
)
DISPATCH = (
    "RoomAgentDispatch|RoomConfiguration|CreateAgentDispatchRequest|room_config|roomConfig|agent_name|agentName"
    "|with_room_preset|room_preset|roomPreset|ParseDict|rtc_session|WorkerOptions|ServerOptions|AgentServer"
    "|run_app|CreateDispatch|dispatch|AGENT_NAME|AgentSession|JobContext|JobRequest"
)

MATTERS = re.compile(rf"\b(?:{LIFECYCLE}|{DISPATCH})\b")
"""A top-level function or class without any of these words, that passes on neither a parameter nor itself, is inert."""

ROOM_READS = frozenset({"local_participant", "remote_participants", "sid", "agent", "num_participants"})
"""Attributes whose mere reading is a step: the room is used there."""

QUIET_METHODS = frozenset(
    {
        *(
            "debug",
            "info",
            "warning",
            "error",
            "exception",
            "critical",
            "log",
            "print",
            "format",
            "join",
            "strip",
        ),
        *(
            "lower",
            "upper",
            "split",
            "replace",
            "startswith",
            "endswith",
            "get",
            "items",
            "keys",
            "values",
            "pop",
        ),
        *(
            "append",
            "extend",
            "add",
            "update",
            "encode",
            "decode",
            "isoformat",
            "time",
            "now",
            "dumps",
            "loads",
        ),
        *(
            "hexdigest",
            "strftime",
            "setdefault",
            "len",
            "str",
            "int",
            "float",
            "bool",
            "isinstance",
            "hasattr",
        ),
        *("repr", "range", "enumerate", "zip", "sorted", "max", "min", "sum", "any", "all", "round", "abs"),
    }
)
"""Calls of these names whose arguments are all plain values are not recorded: they can do nothing to a job."""

LEGACY_MODULES = (
    "livekit.agents.pipeline",
    "livekit.agents.multimodal",
    "livekit.agents.voice_assistant",
    "livekit.agents.voice_pipeline",
)
LEGACY_NAMES = frozenset({"VoiceAssistant", "VoicePipelineAgent", "MultimodalAgent"})
"""Classes that only livekit-agents 0.x had (removed in 1.0.0)."""

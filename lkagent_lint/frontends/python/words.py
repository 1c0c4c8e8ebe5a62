"""The words by which the Python front end decides what is worth recording."""

from __future__ import annotations

import re

_METHODS = (
    "connect|start|wait_for_\\w+|aclose|drain|accept|reject|create_dispatch|update_instructions|update_tools|update_agent|sid"
    "|shutdown|add_\\w+|say|generate_reply|register_\\w+|on|once|agent|agents|room|room_config|agent_name"
    "|local_participant|remote_participants|create_task|ensure_future|gather|environ|getenv|sleep|wait|create_future|with_room_\\w+|claims"
)
_NAMES = (
    "get_job_context|wait_for_\\w+|AccessToken|CreateRoomRequest|CreateSIPDispatchRuleRequest|RoomAgentDispatch|RoomConfiguration|CreateAgentDispatchRequest|room_config"
    "|roomConfig|agent_name|agentName|room_preset|roomPreset|ParseDict|rtc_session|WorkerOptions|ServerOptions"
    "|AgentServer|run_app|CreateDispatch|dispatch|AGENT_NAME|AgentSession|JobContext|JobProcess|JobRequest|prewarm|create_task|gather"
    "|getenv|sleep|Future|global"
)
_TOOLS = "function_tool|urlopen|urlretrieve|SMTP\\w*|run_until_complete|wait_for_playout|speech_handle|current_speech"
"""Tools, and what must not be called on a job's event loop."""
_MODULES = "requests|subprocess|asyncio"
_MEMBER = r"\s*\.\s*[a-zA-Z]"


def _ending(words: str, end: str = r"\b") -> str:
    """One alternative for each word, beginning with a letter: only so can the engine skip to where one may start."""
    return "|".join(f"{word}{end}" for word in words.split("|"))


MATTERS = re.compile(
    rf"\.\s*(?:{_METHODS})\b|{_ending(_NAMES)}|{_ending(_TOOLS)}|{_ending(_MODULES, _MEMBER)}"
    r"|--agent-name|lk\b(?<!\wlk)"
)
"""A function or class in which none of these words stands, and that passes nothing on, is inert. Words that are
English too count only as attributes, or every prompt would matter. A longer name that ends with one counts as well.
"""

REGISTERS = "rtc_session"
"""The method that registers an entry function with a server."""

ROLES = re.compile(r"(?:entrypoint_fnc|request_fnc|prewarm_fnc|setup_fnc|on_request)\s*=\s*(?:\w+\s*\.\s*)*(\w+)")
"""Where a function is named for a role; it matters, whatever words stand in it."""

ROOM_READS = frozenset(
    {"local_participant", "remote_participants", "sid", "agent", "num_participants", "connection_state"}
)
"""Attributes whose mere reading is a step: the room is used there."""

HANDED = re.compile(r"\.\s*(?:on|once|add_shutdown_callback|register_\w+|add_participant_entrypoint)\s*\(([^)]*)")
"""The arguments, up to the first bracket that closes, of a call that hands a function to the SDK."""
STARTED = re.compile(r"\.\s*start\s*\(\s*(?:agent\s*=\s*)?(\w+)\s*[,)]")
"""The agent that a session is started with, where it is a plain name: it may be a class."""

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

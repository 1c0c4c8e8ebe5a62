"""Cheap looks at bytes that decide which files deserve a parser. All case-sensitive and linear."""

from __future__ import annotations

import os
import re

from lkagent_lint import disk
from lkagent_lint.sources.reading import DEFAULT_LIMIT

AGENT_NAME_VARIABLE = b"LIVEKIT_AGENT_NAME"
"""Names a worker whose code does not (livekit-agents 1.5.7); also a prefix of LIVEKIT_AGENT_NAME_OVERRIDE."""

_FOREIGN = (
    # protobuf and SDK spellings in any language, and their camel and snake case
    b"RoomAgentDispatch",
    b"createDispatch",
    b"CreateDispatch",
    b"create_dispatch",
    b"agentName",
    b"agent_name",
    b"AgentName",
    b"roomConfig",
    b"room_config",
    b"RoomConfiguration",
    b"roomPreset",
    b"room_preset",
    b"withAgent",
    # command lines: lk dispatch create, lk token create --agent, the agent's own connect --room
    b"lk dispatch",
    b"dispatch create",
    b"--agent-name",
    b"--agent ",
    b"connect --room",
)
# A plain alternation of literals: no repetition, so no input can make it backtrack.
FOREIGN_MARKERS = re.compile(b"|".join(re.escape(marker) for marker in _FOREIGN))
"""Finds what may dispatch or name an agent in text that is not Python."""


def mentions_sdk(data: bytes) -> bool:
    """Whether a file can concern a LiveKit SDK: every import, package and URL of one holds ``livekit``."""
    return b"livekit" in data


@disk.question
def may_mention_sdk(path: str) -> bool:
    """The same of a file that was not read: one over the size limit by its beginning, and an unreadable one may."""
    try:
        with open(path, "rb") as file:
            return os.fstat(file.fileno()).st_size > DEFAULT_LIMIT and mentions_sdk(file.read(DEFAULT_LIMIT))
    except OSError:
        return True

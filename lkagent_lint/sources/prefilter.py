"""Cheap looks at bytes that decide which files deserve a parser. All case-sensitive and linear."""

from __future__ import annotations

import re

from lkagent_lint.sources.reading import read_beginning, without_nulls

_MESSAGES = re.compile(rb"RoomAgentDispatch|CreateAgentDispatchRequest|AgentDispatchClient|\.createDispatch\(")
_NAMED = re.compile(rb"agentName|agent_name")
_ROOM = re.compile(rb"\broom(?:Name|_name|Id|_id)?\b|room_?[cC]onfig")
_CLAIM = re.compile(rb"\broom_?[cC]onfig\b")
_SENT = re.compile(rb"\b(?:fetch|post|request|invoke|axios|useSession)\b")
_PROGRAM = re.compile(rb"[\"'`](?:lk|livekit-cli)\b")
_CLI = re.compile(rb"\blk\b|livekit-cli|\bdispatch\b")
AGENT_NAME_VARIABLE = b"LIVEKIT_AGENT_NAME"
"""Names a worker whose code does not (livekit-agents 1.5.7); also a prefix of LIVEKIT_AGENT_NAME_OVERRIDE."""


def mentions_sdk(data: bytes) -> bool:
    """Whether a file can concern a LiveKit SDK: every import, package and URL of one holds ``livekit``."""
    return b"livekit" in data


def may_ask(data: bytes) -> bool:
    """Whether code that does not mention an SDK can ask for an agent: by a message of the protocol, by a command, by
    what a token that it signs itself claims, or by a request of its own that names the agent and a room.
    """
    if _MESSAGES.search(data) or _may_command(data):
        return True
    if _NAMED.search(data) is None:
        return False
    return _CLAIM.search(data) is not None or (_ROOM.search(data) is not None and _SENT.search(data) is not None)


def _may_command(data: bytes) -> bool:
    """A command of the LiveKit CLI with an agent's name or for a rule, or one that connects a worker to a room."""
    if b"--room" in data and b"connect" in data:
        return True
    if b"sip" in data and _PROGRAM.search(data):
        return True
    return (b"--agent" in data or b"dispatch create" in data) and _CLI.search(data) is not None


def may_mention_sdk(path: str) -> bool:
    """The same of a file that was not read: one over the size limit by its beginning, and an unreadable one may."""
    data = beginning(path)
    return data is None or mentions_sdk(without_nulls(data))


def beginning(path: str) -> bytes | None:
    """What is looked at of a file that is too large to be read; None where it cannot be read at all."""
    data = read_beginning(path)
    return data if isinstance(data, bytes) else None

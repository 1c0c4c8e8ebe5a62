"""A look at the bytes of a Python file that says whether a finding can stand in it at all."""

from __future__ import annotations

import re
import unicodedata

_SDK = b"livekit"
# A file that never names the SDK can still hold a step of a job that began elsewhere. Such a step is one of
# these calls or attributes, or the await of a helper that leads to one. The list must grow with the rules.
_WORDS = (
    "connect",
    "start",
    "wait_for_participant",
    "aclose",
    "drain",
    "accept",
    "reject",
    "create_dispatch",
    "update_instructions",
    "update_tools",
    "update_agent",
    "sid",
    "agent_name",
    "local_participant",
    "remote_participants",
    "add_shutdown_callback",
    "add_participant_entrypoint",
    "register_text_stream_handler",
    "register_byte_stream_handler",
    "generate_reply",
    "interrupt",
    "commit_user_turn",
    "clear_user_turn",
    "sleep",
    "urlopen",
    "urlretrieve",
    "SMTP",
    "SMTP_SSL",
    "requests",
    "subprocess",
    "run_until_complete",
    "async",
    "await",
)
_ENGLISH = ("agent", "load", "on", "once", "run", "say", "shutdown", "LLM", "RealtimeModel", "STT", "TTS", "VAD")
"""Every text holds these; a step that they name follows a dot."""
# The one repetition follows a dot and stands before a letter, so a position is looked at twice at most.
_PATTERN = rf"\b(?:{'|'.join(_WORDS)})\b|\.[\s\\]*(?:{'|'.join(_ENGLISH)})\b"


def may_hold_finding(data: bytes) -> bool:
    """Whether any rule can report something in a Python file with these bytes (UTF-8, or ASCII-compatible).

    False is certain, True is not: a caller that skips what is False loses no finding.
    """
    # Compiled where it is needed: flake8 asks it of one file in an editor, and most of those name the SDK.
    if _SDK in data or re.search(_PATTERN.encode(), data):
        return True
    if data.isascii():
        return False
    # Python compares identifiers after NFKC: a full-width spelling of a name is that name.
    text = unicodedata.normalize("NFKC", data.decode("utf-8", "replace"))
    return "livekit" in text or re.search(_PATTERN, text) is not None

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
    "sid",
    "agent_name",
    "async",
    "await",
)
# Plain literals between word boundaries: no repetition, so no input can make it backtrack.
_BYTES = re.compile(rb"\b(?:" + "|".join(_WORDS).encode() + rb")\b")
_TEXT = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b")


def may_hold_finding(data: bytes) -> bool:
    """Whether any rule can report something in a Python file with these bytes (UTF-8, or ASCII-compatible).

    False is certain, True is not: a caller that skips what is False loses no finding.
    """
    if _SDK in data or _BYTES.search(data):
        return True
    if data.isascii():
        return False
    # Python compares identifiers after NFKC: a full-width spelling of a name is that name.
    text = unicodedata.normalize("NFKC", data.decode("utf-8", "replace"))
    return "livekit" in text or _TEXT.search(text) is not None

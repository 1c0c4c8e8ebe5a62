"""A look at the bytes of a Python file that says whether a finding can stand in it at all."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from lkagent_lint.sources.blocking import CALLS_OF_COMMON, COMMON, MODULES, TELLING
from lkagent_lint.sources.sdk.vocabulary import MODELS, Term, written

_SDK = b"livekit"
_WORDS = ("agent_name", "async", "await", "run_until_complete", *(MODULES - COMMON), *CALLS_OF_COMMON)
"""A file that never names the SDK can still hold a step of a job that began elsewhere: a call or an attribute of the
vocabulary, a call that blocks, or the await of a helper that leads to one.
"""
_LISTENED_FOR = ("load", *MODELS)


def may_hold_finding(data: bytes) -> bool:
    """Whether any rule can report something in a Python file with these bytes (UTF-8, or ASCII-compatible).

    False is certain, True is not: a caller that skips what is False loses no finding.
    """
    # Compiled where it is needed: flake8 asks it of one file in an editor, and most of those name the SDK.
    if _SDK in data or re.search(_pattern().encode(), data):
        return True
    if data.isascii():
        return False
    # Python compares identifiers after NFKC: a full-width spelling of a name is that name.
    text = unicodedata.normalize("NFKC", data.decode("utf-8", "replace"))
    return "livekit" in text or re.search(_pattern(), text) is not None


def _tells(term: Term) -> bool:
    """It may be a step; a common word that has to be called on something of the SDK's is none elsewhere."""
    return bool(term.is_called or term.event or term.hands) and not (term.is_called and term.written_on)


@cache
def _pattern() -> str:
    """The one repetition follows a dot and stands before a letter, so a position is looked at twice at most."""
    members = written(_tells, in_node=False)
    return rf"\b(?:{'|'.join(_WORDS)})\b|\.[\s\\]*(?:{'|'.join(sorted({*members, *_LISTENED_FOR, *TELLING}))})\b"

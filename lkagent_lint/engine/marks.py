"""What a file's bytes are asked for later: noted while they are at hand, so that few files are read twice."""

from __future__ import annotations

from typing import NamedTuple

from lkagent_lint.sources.prefilter import AGENT_NAME_VARIABLE
from lkagent_lint.suppressions import may_suppress


class Marks(NamedTuple):
    """Answers that were true of a file when it was read first."""

    names_agent: bool
    """It holds the variable of the environment that names an agent."""
    may_suppress: bool
    """It can hold a comment that hides findings."""
    is_script: bool
    """It can hold a script's inline metadata (PEP 723)."""


def marks_of(data: bytes) -> Marks:
    """The marks of a file's bytes."""
    return Marks(AGENT_NAME_VARIABLE in data, may_suppress(data), b"# /// script" in data)

"""A comment, as a front end reads it: not what stands in a string and looks like one."""

from __future__ import annotations

from typing import NamedTuple

from lkagent_lint.text import Span


class Comment(NamedTuple):
    """One comment of a file."""

    text: str
    """With its marks: ``# …``, ``// …``, ``/* … */``."""
    span: Span
    alone: bool
    """Nothing else stands on its lines."""
    first: int
    """The 1-based line on which the run of lines begins that flake8 reads as one; of other languages its own."""

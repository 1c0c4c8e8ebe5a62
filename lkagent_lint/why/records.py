"""What ``why`` says of one line, as plain data; ``--output-format json`` prints it field by field.

Lines and columns are 1-based and count code points; paths are shown as the caller wishes.
"""

from __future__ import annotations

import msgspec

FORMAT = 1
"""Raised when a field is taken away or changes its meaning."""


class TraceStep(msgspec.Struct, frozen=True):
    """A step of a resolution; ``depth`` says which step before it it belongs to."""

    depth: int
    message: str


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """A setting that is not at its default."""

    key: str
    value: str
    """As TOML."""
    origins: tuple[str, ...]


class File(msgspec.Struct, frozen=True, kw_only=True):
    """The file and what it is judged by."""

    takes_part: bool
    because: str
    sdk: str
    counts_as_old: str | None = None
    """Why it counts as code of 0.x, of which rules of the order say nothing, and by which line."""
    settings_file: str | None
    settings: tuple[Setting, ...]
    problems: tuple[str, ...]
    """What of it could not be analysed."""


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """A registration, a dispatch or a call at the line."""

    kind: str
    column: int
    message: str
    steps: tuple[TraceStep, ...] = ()


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """What a job's state can be before an event at the line."""

    job: str
    event: str
    column: int
    known: bool
    """Whether it is known there that the room is joined and a session has started, or that they are not."""
    beside: bool
    """It belongs to tasks beside the job's own course only."""
    states: tuple[str, ...]


class End(msgspec.Struct, frozen=True, kw_only=True):
    """Where knowledge of a job's state ended."""

    job: str
    path: str
    line: int
    message: str


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """A condition for a finding; ``holds`` is null where that cannot be said."""

    holds: bool | None
    message: str


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to say of one rule at the line."""

    code: str
    name: str
    reported: bool
    message: str
    conditions: tuple[Condition, ...]


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """What ``--output-format json`` prints."""

    format: int = FORMAT
    path: str
    line: int
    source: str
    """The line's own text."""
    file: File
    things: tuple[Explained, ...]
    moments: tuple[Moment, ...]
    ends: tuple[End, ...]
    findings: tuple[str, ...]
    """What is reported at the line."""
    verdict: Verdict | None

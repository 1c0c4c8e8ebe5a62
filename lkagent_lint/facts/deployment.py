"""What deployment files start and stop: the facts of one file."""

from __future__ import annotations

import enum

import msgspec

from lkagent_lint.text import Span


class ProcessKind(enum.Enum):
    """By what a process is started."""

    IMAGE = "image"
    COMPOSE = "compose"
    POD = "pod"
    UNIT = "unit"
    PROCFILE = "procfile"
    FLY = "fly"
    SCRIPT = "script"
    """A shell script, or one of package.json: it runs where another process names it."""


class ProcessCommand(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One command: its words without quotes, as they are written."""

    words: tuple[str, ...]
    background: bool = False
    """The shell does not wait for it (``&``)."""
    last: bool = True
    """The shell has nothing left to do after it."""


class ProcessFact(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A process that a deployment file starts, and how long it has to end."""

    kind: ProcessKind
    name: str
    """Of the stage, service, container, process type or script; empty where it has none."""
    span: Span
    """Of the command, or of what starts the process where it gives no command."""
    commands: tuple[ProcessCommand, ...] = ()
    """What runs, in order; empty where the file gives no command, or none that can be read."""
    shell: str = ""
    """The shell that runs the commands (``sh``, ``bash``); empty where the one command is the process."""
    inherits: bool = False
    """The file gives no command: the image's own runs."""
    final: bool = True
    """Of an image: the stage that is built where none is named."""
    base: str = ""
    """Of an image: what its first stage is built from."""
    replaced: bool = False
    """Of an image: a later stage that is built from this one gives another command, or takes files of it alone."""
    lacks_downloads: bool = False
    """Of an image: it is built from images of languages and systems alone, and nothing that runs or is copied while it
    is built can fetch more than packages.
    """
    image: str | None = None
    """Of a service: the file of its image, relative to this one; None where the image comes from elsewhere."""
    stage: str = ""
    """Of a service: the stage of its image; empty for the final one."""
    grace: float | None = None
    """Seconds between SIGTERM and SIGKILL, as the file gives them; None where they are not given or not known."""
    says_grace: bool = False
    """The file says something of them, or takes over what may."""
    grace_span: Span | None = None
    """Where it says so."""
    hook_seconds: float = 0
    """Of a container: how long its ``preStop`` sleeps before SIGTERM, which counts as part of that time."""

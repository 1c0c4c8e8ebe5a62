"""One function that every surface calls: ``check(Request) -> Report``."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from lkagent_lint.diagnostics import Report


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What to check and how. Paths are absolute paths of the operating system."""

    paths: tuple[str, ...]
    """Files and directories to report on; what is indexed beside them follows from their roots."""
    overlays: Mapping[str, bytes] = {}
    """Unsaved text by path: it stands in for the file on disk, also where no such file exists."""
    select: tuple[str, ...] | None = None
    """Overrides the settings' ``select``: codes, prefixes or names."""
    ignore: tuple[str, ...] = ()
    """Added to the settings' ``ignore``."""
    isolated: bool = False
    """Read no settings file at all."""
    respect_noqa: bool = True
    """Apply ``# noqa`` comments here; a host that applies them itself (flake8) says False."""


def check(request: Request) -> Report:
    """Check the paths of a request and return every diagnostic that stands in them.

    Raises ``ConfigError`` where a settings file, a rule name or a path given cannot be used.
    """
    raise NotImplementedError(request)

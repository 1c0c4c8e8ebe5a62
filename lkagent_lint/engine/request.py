"""What a surface asks of the engine."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


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
    cache: bool = False
    """Keep facts between runs, in ``.lkagent_lint_cache`` at each root."""
    cache_dir: str | None = None
    """Another directory to keep them in; each root has its own below it."""
    respect_noqa: bool = True
    """Apply ``# noqa`` comments here; a host that applies them itself (flake8) says False."""

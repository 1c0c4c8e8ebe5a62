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
    """Overrides the settings' ``select`` and ``extend-select``: codes, prefixes or names."""
    ignore: tuple[str, ...] = ()
    """Added to the settings' ``ignore``."""
    changed: frozenset[str] | None = None
    """Report only findings with a place in or below one of these; everything is read and judged all the same."""
    isolated: bool = False
    """Read no settings file at all."""
    jobs: int | None = None
    """The most processes that read files; as many as there are cores if None, and one for little work."""
    scheduler: str | None = None
    """The address of a ``dask.distributed`` scheduler whose workers read the files instead."""
    facts: tuple[str, ...] = ()
    """Files of facts (absolute paths) that were made beforehand; what they do not hold is made."""
    manifests: tuple[str, ...] = ()
    """Manifests of other repositories (absolute paths): what they register and dispatch."""
    cache: bool = False
    """Keep facts and reports between runs, in ``.lkagent_lint_cache`` at each root."""
    anew: bool = False
    """Make the report even where one is kept: what is measured must happen."""
    cache_dir: str | None = None
    """Another directory to keep them in; each root has its own below it."""
    config_file: str | None = None
    """The settings file (absolute path) that holds for every file, instead of those that would be found."""
    options: Mapping[str, object] = {}
    """Further settings by their keys, as options of the command line give them (``preview``); files say less."""
    assignments: tuple[str, ...] = ()
    """Settings as lines of TOML, ``key = value``; files say less than they do."""
    directory: str = ""
    """What globs in ``options`` and ``assignments`` are relative to (absolute path)."""
    respect_noqa: bool = True
    """Apply ``# noqa`` comments here; a host that applies them itself (flake8) says False."""
    plans_fixes: bool = True
    """Say what mends a finding; a host that mends nothing (flake8) says False."""

"""Why the walk over a root does not list a file that is there."""

from __future__ import annotations

import os

from lkagent_lint import disk
from lkagent_lint.config.loader import SettingsFinder
from lkagent_lint.sources import ignoring
from lkagent_lint.sources.discovery import is_built_in, kind_of
from lkagent_lint.sources.reading import Overlays
from lkagent_lint.sources.vendored import is_sdk_copy


def why_left_out(root: str, path: str, finder: SettingsFinder, overlays: Overlays) -> str | None:
    """Half a sentence for a file (absolute path) below a root, or None where nothing leaves it out.

    Follows ``discover`` down the file's directories. Raises ConfigError as the finder does.
    """
    relative = os.path.relpath(path, root)
    if relative.startswith(os.pardir):
        return f"it does not lie under the project's root, {root}"
    gitignores = ignoring.gitignores_above(root, overlays)
    exclude = ignoring.exclude_patterns(finder.configuration(root))
    here = root
    for number, name in enumerate(parts := relative.split(os.sep)):
        own = ignoring.gitignore_of(here, overlays)
        gitignores = gitignores if own is None else [*gitignores, own]
        if here != root and (configured := finder.own(here)) is not None:
            exclude = ignoring.exclude_patterns(configured)
        here = os.path.join(here, name)
        is_directory = number < len(parts) - 1
        shown = os.path.relpath(here, root).replace(os.sep, "/")
        if is_directory and name in ignoring.NEVER_READ:
            return f"{shown}/ is never read"
        verdict = ignoring.is_excluded(exclude, here, is_directory=is_directory)
        if verdict or (is_directory and verdict is None and is_built_in(name)):
            why = "exclude in the settings" if verdict else "a built-in list"
            return f"{shown}{'/' if is_directory else ''} is excluded by {why}"
        if ignoring.is_excluded(gitignores, here, is_directory=is_directory) and not name.startswith(".env"):
            return f"git ignores {shown}{'/' if is_directory else ''}"
        if is_directory and disk.exists(os.path.join(here, "pyvenv.cfg")):
            return f"{shown}/ is a virtual environment"
        if is_directory and is_sdk_copy(here, _names(here), overlays):
            return f"{shown}/ is a copy of an SDK"
    return "its name is that of no text that an author writes" if kind_of(parts[-1]) is None else None


def _names(directory: str) -> tuple[str, ...]:
    try:
        return disk.names(directory)
    except OSError:
        return ()

"""Which directory is indexed for a path: the project it belongs to."""

from __future__ import annotations

import os
from collections.abc import Sequence

from lkagent_lint import disk
from lkagent_lint.config.loader import SettingsFinder

_OF_A_PROJECT = (".git", "pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", "package.json", "Dockerfile")
_ismount = disk.question(os.path.ismount)


def group_by_root(paths: Sequence[str], finder: SettingsFinder) -> dict[str, tuple[str, ...]]:
    """The given absolute paths by the root that is indexed for them; roots and paths are sorted, each once.

    The root is the nearest ancestor (the path itself if it is a directory) with ``.git`` or ``root = true``, or above
    which nothing may be looked at;
    else the outermost ancestor with our settings; else the common directory of all paths without either.
    A path that does not exist is treated as a file. Raises ConfigError as the finder does.
    """
    roots = _Roots(finder)
    grouped: dict[str, list[str]] = {}
    homeless: dict[str, str] = {}
    for path in sorted(set(paths)):
        directory = path if disk.isdir(path) else os.path.dirname(path)
        root = roots.of(directory)
        if root is None:
            homeless[path] = directory
        else:
            grouped.setdefault(root, []).append(path)
    common = _common(list(homeless.values()))
    for path, directory in homeless.items():
        grouped.setdefault(common or directory, []).append(path)
    return {root: tuple(grouped[root]) for root in sorted(grouped)}


def too_wide(root: str, finder: SettingsFinder) -> str | None:
    """What a root is that nobody means by a project, unless it has settings of ours: a whole file system, a home
    directory, or a mount without anything that a project has. None for any other directory.
    """
    if os.path.dirname(root) == root:
        what = "the root of a file system"
    elif root in _homes():
        what = "a home directory"
    elif _ismount(root) and not any(disk.lexists(os.path.join(root, name)) for name in _OF_A_PROJECT):
        what = "the root of a mounted file system"
    else:
        return None
    return what if finder.own(root) is None else None


def _homes() -> set[str]:
    home = os.path.expanduser("~")
    return {home, disk.realpath(home)} if os.path.isabs(home) else set()


class _Roots:
    """Roots by directory, each directory of the ancestry looked at once."""

    def __init__(self, finder: SettingsFinder) -> None:
        self._finder = finder
        self._known: dict[str, str | None] = {}

    def of(self, directory: str) -> str | None:
        """The root of an absolute directory, or None where nothing above marks one."""
        passed: list[str] = []
        above: str | None = None
        while directory not in self._known:
            passed.append(directory)
            parent = os.path.dirname(directory)
            # What lies above a marked directory must not be read: a broken file there is not ours to report.
            if parent == directory or self._is_marked(directory):
                break
            directory = parent
        else:
            above = self._known[directory]
        for below in reversed(passed):
            if self._is_marked(below) or (above is None and self._finder.own(below) is not None):
                above = below
            self._known[below] = above
        return above

    def _is_marked(self, directory: str) -> bool:
        if disk.is_fence(directory) or disk.lexists(os.path.join(directory, ".git")):
            return True
        own = self._finder.own(directory)
        return own is not None and own.settings.root


def _common(directories: list[str]) -> str | None:
    """The directory above all; None if that is a whole file system or drive, which is nobody's project."""
    try:
        common = os.path.commonpath(directories)
    except ValueError:  # none given, or several drives
        return None
    return None if os.path.dirname(common) == common else common

"""Which projects an editor has open: by its folders, and by the files that it holds."""

from __future__ import annotations

import os
from collections.abc import Sequence

from lkagent_lint.config import ConfigError, SettingsFinder
from lkagent_lint.server.wishes import EditorWishes
from lkagent_lint.sources.roots import group_by_root, too_wide


def roots_for(folders: Sequence[str], files: Sequence[str], wishes: EditorWishes) -> dict[str, frozenset[str]]:
    """The roots that are indexed, and of each the paths whose findings are shown: folders, and files outside of them.

    All are absolute paths. Where nobody means a project by a root, a file stands alone.
    """
    finder = SettingsFinder(file=wishes.config_file)
    inside = tuple(os.path.join(each, "") for each in folders)
    asked = [*folders, *files]
    found: dict[str, set[str]] = {}
    for root, paths in _grouped(asked, finder).items():
        is_nobodys = _is_nobodys(root, folders, finder)
        for path in paths:
            own = path if is_nobodys and path not in folders else root
            if not path.startswith(inside) or path in folders or not _is_around(root, folders):
                found.setdefault(own, set()).add(path)
    return {root: frozenset(paths) for root, paths in found.items()}


def _is_around(root: str, folders: Sequence[str]) -> bool:
    """Whether a folder's own check shows what lies in this root: the root is not one of its own below the folder."""
    return any(each == root or each.startswith(os.path.join(root, "")) for each in folders)


def _grouped(paths: Sequence[str], finder: SettingsFinder) -> dict[str, tuple[str, ...]]:
    """By root; settings that cannot be used are told by the check, so that here each path stands for itself."""
    try:
        return group_by_root(paths, finder)
    except ConfigError:
        found: dict[str, tuple[str, ...]] = {}
        for path in paths:
            try:
                found |= {root: (*found.get(root, ()), *own) for root, own in group_by_root([path], finder).items()}
            except ConfigError:
                directory = path if os.path.isdir(path) else os.path.dirname(path)
                found[directory] = (*found.get(directory, ()), path)
        return found


def _is_nobodys(root: str, folders: Sequence[str], finder: SettingsFinder) -> bool:
    """Whether nobody says that a directory is a project: then a file in it stands alone, and nothing else is read."""
    try:
        is_marked = os.path.lexists(os.path.join(root, ".git")) or finder.own(root) is not None
        return too_wide(root, finder) is not None or not (is_marked or _is_around(root, folders))
    except ConfigError:
        return False

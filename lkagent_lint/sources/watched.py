"""Which files on disk matter to whoever watches a project while it changes."""

from __future__ import annotations

import os

from lkagent_lint import disk
from lkagent_lint.config.loader import FILE_NAMES
from lkagent_lint.sources.discovery import kind_of
from lkagent_lint.sources.ignoring import EXCLUDED, NEVER_READ

_LOCKS = (".lock", "lock.json", "lock.yaml", "shrinkwrap.json", ".lockb")
"""How the names of lock files end: they say which release is installed, and are no text that a front end reads."""
_LEFT_OUT = NEVER_READ | EXCLUDED


def matters(path: str, root: str) -> bool:
    """Whether the check of a root can depend on a file: what is read there, what says which release is installed, and
    settings wherever they stand. Both are absolute paths.
    """
    if moves_roots(path):
        return True
    if not disk.is_inside(path, root) or not _LEFT_OUT.isdisjoint(path[len(root) :].split(os.sep)):
        return False
    name = os.path.basename(path)
    return kind_of(name) is not None or name.endswith(_LOCKS)


def moves_roots(path: str) -> bool:
    """Whether a file can say where a project begins."""
    return os.path.basename(path) in FILE_NAMES

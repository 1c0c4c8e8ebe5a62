"""How files and rules are named in every format."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from urllib.parse import quote

RULE_PAGE = "https://lkagent-lint.readthedocs.io/rules/{code}-{name}/"
"""The address of a rule's page; nothing else knows where the pages are."""


def relative_path(path: str, cwd: str) -> str:
    """An absolute path as seen from ``cwd``, with ``/`` separators; absolute where no relative one exists."""
    # Windows: a path on another drive has no relative one.
    with contextlib.suppress(ValueError):
        path = os.path.relpath(path, cwd)
    return path if os.sep == "/" else path.replace(os.sep, "/")


def relative_uri(path: str, base: str) -> str | None:
    """The path below ``base`` as a relative URI, percent-encoded by its bytes; None for a path outside of it."""
    relative = relative_path(path, base)
    if relative == ".." or relative.startswith("../") or os.path.isabs(relative):
        return None
    return quote(os.fsencode(relative), safe="/")


def file_uri(path: str) -> str:
    """An absolute path as a ``file:`` URI, percent-encoded by its bytes."""
    if os.sep == "/":
        return "file://" + quote(os.fsencode(path), safe="/")
    # Windows: a share's server is the address's host, a drive stands below the root.
    shown = path.replace(os.sep, "/")
    return ("file:" if shown.startswith("//") else "file:///") + quote(os.fsencode(shown), safe="/:")


def repository_of(paths: Sequence[str], cwd: str) -> str:
    """The directory that code hosts show paths relative to: the nearest one with ``.git`` above all of ``paths``.

    ``cwd`` where there is none. Both are absolute.
    """
    directory = os.path.abspath(cwd)
    with contextlib.suppress(ValueError):  # several drives
        directory = os.path.commonpath(paths)
    while not os.path.lexists(os.path.join(directory, ".git")):
        parent = os.path.dirname(directory)
        if parent == directory:
            return cwd
        directory = parent
    return directory


def rule_url(code: str, name: str) -> str:
    """The address of a rule's page."""
    return RULE_PAGE.format(code=code.lower(), name=name)

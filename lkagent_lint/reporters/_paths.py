"""How files and rules are named in every format."""

from __future__ import annotations

import contextlib
import os

RULE_PAGE = "https://lkagent-lint.readthedocs.io/rules/{code}-{name}/"
"""The address of a rule's page; nothing else knows where the pages are."""


def relative_path(path: str, cwd: str) -> str:
    """An absolute path as seen from ``cwd``, with ``/`` separators; absolute where no relative one exists."""
    # Windows: a path on another drive has no relative one.
    with contextlib.suppress(ValueError):
        path = os.path.relpath(path, cwd)
    return path if os.sep == "/" else path.replace(os.sep, "/")


def rule_url(code: str, name: str) -> str:
    """The address of a rule's page."""
    return RULE_PAGE.format(code=code.lower(), name=name)

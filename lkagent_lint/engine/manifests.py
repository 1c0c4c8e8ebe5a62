"""The manifest of a request's projects, and what one says of itself."""

from __future__ import annotations

import re

from lkagent_lint.engine.checking import surveyed
from lkagent_lint.engine.request import Request
from lkagent_lint.project import fleet
from lkagent_lint.questions.reach import effective_name
from lkagent_lint.sources.reading import Overlays, Unreadable

_COMMIT = re.compile(r"[0-9a-f]{7,64}")


def written(request: Request, version: str, commit: str) -> bytes:
    """What ``engine.manifest`` promises, on this stack."""
    return fleet.manifest_of((each.project for each in surveyed(request)), effective_name, version, commit)


def commit_of(path: str) -> str:
    """What ``engine.manifest_commit`` promises."""
    data = Overlays().read(path, fleet.MAX_BYTES)
    if isinstance(data, Unreadable):
        raise ValueError(data.reason)
    commit = fleet.decoded(data).commit
    return commit if _COMMIT.fullmatch(commit) else ""

"""Copies of the SDKs' own repositories inside of a project: their agents and examples are nobody's here."""

from __future__ import annotations

import os
import re
from collections.abc import Collection

from lkagent_lint.sources.reading import Overlays

_PACKAGES = frozenset({"livekit-agents", "livekit-plugins"})
"""The directories that the Python SDK's repository consists of; each of them holds a directory ``livekit``."""
_NODE = re.compile(rb'"name"\s*:\s*"@livekit/agents"')


def is_sdk_copy(directory: str, names: Collection[str], overlays: Overlays) -> bool:
    """Whether a directory (absolute path) with these names in it is a copy of an SDK, or of a part of it."""
    if _PACKAGES.issubset(names):
        return True
    if os.path.basename(directory) in _PACKAGES and ("livekit" in names or "livekit-plugins-openai" in names):
        return True
    if "agents" not in names or "plugins" not in names:
        return False
    manifest = overlays.read(os.path.join(directory, "agents", "package.json"))
    return isinstance(manifest, bytes) and _NODE.search(manifest) is not None

"""An explanation for programs."""

from __future__ import annotations

import json
from collections.abc import Callable

import msgspec

from lkagent_lint.why.records import Explanation


def render_json(explanation: Explanation, escape: Callable[[str], str]) -> str:
    """The explanation field by field. It is ASCII, whatever the file holds."""
    return json.dumps(msgspec.to_builtins(explanation), indent=2) + "\n"

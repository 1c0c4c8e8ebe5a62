"""The graph for programs."""

from __future__ import annotations

import json
from collections.abc import Callable

import msgspec

from lkagent_lint.graph.records import Document


def render_json(document: Document, escape: Callable[[str], str]) -> str:
    """The document field by field. It is ASCII, which also takes the lone surrogates of paths that are no UTF-8."""
    return json.dumps(msgspec.to_builtins(document), indent=2) + "\n"

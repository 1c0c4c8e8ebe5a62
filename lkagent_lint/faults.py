"""Faults of the linter itself: where one happened, for whoever reports or mends it."""

from __future__ import annotations

import os

TRACEBACK = "LKAGENT_LINT_TRACEBACK"
"""The variable of the environment that asks for the traceback of every fault."""
_FRAMES = 50


def is_asked() -> bool:
    """Whether tracebacks are to be shown."""
    return bool(os.environ.get(TRACEBACK))


def trace_of(error: BaseException) -> str:
    """The traceback of an error, its innermost frames, ending without a line end."""
    import traceback

    try:
        return "".join(traceback.format_exception(error, limit=-_FRAMES)).rstrip("\n")
    except Exception:  # what an error says of itself may fail too
        return "".join(traceback.format_tb(error.__traceback__, limit=-_FRAMES)) + type(error).__name__

"""What a part of the linter was looking at when it failed: rules are not asked for it, their frames tell."""

from __future__ import annotations

import traceback
from collections.abc import Container, Iterator
from types import FrameType

from lkagent_lint.diagnostics import Place
from lkagent_lint.text import START_OF_FILE, Span

_OURS = "lkagent_lint."
_ENGINE = "lkagent_lint.engine."


def looked_at(error: BaseException, files: Container[str]) -> Place | None:
    """The innermost thing with a place in one of the files (absolute paths) that the code which raised had in hand.

    None where it had none: then nobody knows which file it was.
    """
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    return next((place for frame in reversed(frames) for place in _places(frame) if place.path in files), None)


def _places(frame: FrameType) -> Iterator[Place]:
    """The places of what a function has in hand, what it took up last first. The engine holds what came before."""
    if str(frame.f_globals.get("__name__", "")).startswith(_ENGINE):
        return
    for value in reversed(list(frame.f_locals.values())):
        place = _place_of(value)
        if place is not None:
            yield place


def _place_of(value: object) -> Place | None:
    if isinstance(value, Place):
        return value
    if not type(value).__module__.startswith(_OURS):
        return None  # only what is ours can be asked safely
    try:
        place = getattr(value, "place", None)
        path = getattr(value, "path", None)
        span = getattr(getattr(value, "flow", value), "span", None)
    except Exception:  # it may be what fails
        return None
    if isinstance(place, Place):
        return place
    return Place(path, span if isinstance(span, Span) else START_OF_FILE) if isinstance(path, str) else None

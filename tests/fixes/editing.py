"""A text with marks, and what fixes make of it."""

from __future__ import annotations

from lkagent_lint import intents as i
from lkagent_lint.fixes import Planner
from lkagent_lint.sources.splicing import Original, Splice
from lkagent_lint.text import Lines, Place

PY, TS = "/project/agent.py", "/project/agent.ts"


def at(path: str, text: str, wanted: str) -> Place:
    """Where a part of a text stands that it holds once."""
    assert text.count(wanted) == 1, wanted
    start = text.index(wanted)
    return Place(path, Lines(text).span(start, start + len(wanted)))


def planned(path: str, data: bytes, *intents: i.Intent, safety: i.Safety = i.Safety.SAFE) -> i.Fix | None:
    return Planner(lambda _: data).planned(i.Fix(safety, "mend it", intents))


def edited(path: str, data: bytes, fix: i.Fix) -> bytes:
    """The bytes with a fix's edits."""
    original = Original(path, data)
    after = original.spliced([Splice(*original.offsets(each.place.span), each.text) for each in fix.edits])
    assert after is not None
    return after


def mended(path: str, text: str, *intents: i.Intent, encoding: str = "utf-8") -> str | None:
    """The text after a fix; None where it is not possible."""
    data = text.encode(encoding)
    fix = planned(path, data, *intents)
    return None if fix is None else edited(path, data, fix).decode(encoding)

"""Changes of a text of which no more is known than where its words are."""

from __future__ import annotations

import re

from lkagent_lint import intents as i
from lkagent_lint.fixes.code import ImpossibleError
from lkagent_lint.sources.splicing import Original, Splice


def word(name: str) -> str:
    """A pattern for a name that is no part of another one."""
    return rf"(?<![\w$]){re.escape(name)}(?![\w$])"


def renamed(original: Original, intent: i.Rename) -> Splice:
    """A name in a part of a text that holds it once, as a word."""
    start, end = original.offsets(intent.place.span)
    found = list(re.finditer(word(intent.before), original.text[start:end]))
    if len(found) != 1:
        raise ImpossibleError(f"{intent.before} does not stand there once")
    return Splice(start + found[0].start(), start + found[0].end(), intent.after)


def text_removed(original: Original, intent: i.RemoveText) -> Splice:
    """A part of a comment; the line with it, or the space before it, where nothing else is left there."""
    start, end = original.offsets(intent.place.span)
    line_start, line_end = original.line_start(start), original.line_end(end)
    before, after = original.text[line_start:start], original.text[end:line_end]
    if not after.strip():
        if not before.strip():
            return Splice(line_start, original.next_line(end), "")
        return Splice(line_start + len(before.rstrip()), line_end, "")
    return Splice(start, end + len(after) - len(after.lstrip(" \t")) if before.strip() else end, "")

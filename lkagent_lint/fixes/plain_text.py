"""Changes of a text of which no more is known than where its words are."""

from __future__ import annotations

import re

from lkagent_lint import intents as i
from lkagent_lint.fixes.code import ImpossibleError, Stretch
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


def word_put(original: Original, intent: i.FollowWord | i.Begin) -> Splice:
    """One more word of a command that holds the one or the ones that are named once."""
    start, end = original.offsets(intent.place.span)
    words = (intent.word,) if isinstance(intent, i.FollowWord) else intent.words
    joined = r"[ \t]+".join(map(re.escape, words))
    found = list(re.finditer(rf"(?<![\w./$=-]){joined}(?![\w./$=-])", original.text[start:end]))
    if len(found) != 1:
        raise ImpossibleError("these words do not stand there once")
    first, last = start + found[0].start(), start + found[0].end()
    if isinstance(intent, i.FollowWord):
        return _behind(original, Stretch(first, last), intent.text, Stretch(start, end))
    return Splice(first, first, f"{intent.text} ")


def _behind(original: Original, own: Stretch, put: str, whole: Stretch) -> Splice:
    """A word behind another one, which is the last: in a list of words as one more of them."""
    text = original.text
    if text[own.end : whole.end].strip(" \t\r\n\"']"):
        raise ImpossibleError("other words follow")
    quote = text[own.start - 1 : own.start] if text[own.end : own.end + 1] in ('"', "'") else ""
    is_quoted = bool(quote) and text[own.end] == quote
    line = text[original.line_start(own.start) : own.start]
    item = re.fullmatch(r"[ \t]*- +[\"']?", line)
    if item is not None:
        at = original.line_end(own.end)
        return Splice(at, at, f"{original.newline(at)}{line}{put}{quote if is_quoted else ''}")
    if is_quoted and text[: own.start - 1].rstrip(" \t\r\n\\")[-1:] in ("[", ","):
        return Splice(own.end + 1, own.end + 1, f", {quote}{put}{quote}")
    return Splice(own.end, own.end, f" {put}")

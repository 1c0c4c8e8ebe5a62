"""The comments of JSON, YAML, scripts and ``.env`` files."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from lkagent_lint.facts.comments import Comment
from lkagent_lint.frontends.text import is_script
from lkagent_lint.frontends.text.reading import HERE_DOCUMENT
from lkagent_lint.languages import JSON, YAML
from lkagent_lint.sources.documents import MAX_BYTES, yaml_tokens
from lkagent_lint.text import Lines

# What is not closed ends with its line, so that no place is looked at twice.
_IN_JSON = re.compile(r"\"(?:[^\"\\\n]|\\.)*|'(?:[^'\\\n]|\\.)*|(?P<comment>//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?)")
_IN_SCRIPT = re.compile(r"\\.|\"(?:[^\"\\\n]|\\.)*\"?|'[^'\n]*'?|(?P<comment>(?:^|(?<=[\s;&|(]))#[^\n]*)", re.MULTILINE)
_WHOLE_LINES = re.compile(r"^[ \t]*(?P<comment>#[^\n]*)", re.MULTILINE)
_ONLY_WHOLE_LINES = re.compile(r"(?:Docker|Container)file(?:\..*)?|.*\.[Dd]ockerfile|Procfile(?:\..*)?|.*\.service")
"""Files in which a ``#`` behind something else is a part of it."""
_LINE_END = re.compile(r"\r\n?|\n")
_IN_YAML = re.compile(r"(?P<comment>(?:^|(?<=[ \t]))#[^\n]*)", re.MULTILINE)


def comments(text: str, name: str) -> Iterator[Comment]:
    """The comments of a file by its base name, in order; none for a language whose comments are not known."""
    lines = Lines(text)
    for start, end in _found(text, name):
        span = lines.span(start, end)
        before = lines.line(span.line)[: span.column - 1]
        after = lines.line(span.end_line)[span.end_column - 1 :]
        yield Comment(text[start:end], span, not (before + after).strip(), span.line)


def _found(text: str, name: str) -> Iterator[tuple[int, int]]:
    if name.endswith(JSON):
        yield from _matches(_IN_JSON, text)
    elif name.endswith(YAML):
        # A script in a block of YAML has comments of its own; only within quotes a mark is none.
        quoted = _quoted(text)
        for start, end in _matches(_IN_YAML, text):
            if not _is_within(quoted, start):
                yield start, end
    elif _ONLY_WHOLE_LINES.fullmatch(name):
        for match in _WHOLE_LINES.finditer(text):
            yield match.start("comment"), match.end() - (match[0][-1] == "\r")
    elif is_script(name):
        bodies = _here_documents(text)
        for start, end in _matches(_IN_SCRIPT, text):
            if not _is_within(bodies, start):
                yield start, end


def _matches(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    for match in pattern.finditer(text):
        if match["comment"]:
            yield match.start(), match.end() - (match[0][-1] == "\r")


def _is_within(spans: list[tuple[int, int]], offset: int) -> bool:
    at = bisect_right(spans, (offset, 1 << 62)) - 1
    return at >= 0 and offset < spans[at][1]


def _quoted(text: str) -> list[tuple[int, int]]:
    """The offsets of the quoted scalars of a YAML text, as far as it can be read."""
    if len(text) > MAX_BYTES:
        return [(-1, len(text))]  # nobody looks so closely: then nothing in it is a comment
    return [(each.start, each.end) for each in yaml_tokens(text)[0] if each.quoted]


def _here_documents(text: str) -> list[tuple[int, int]]:
    """The offsets of what stands between ``<<EOF`` and ``EOF``."""
    found: list[tuple[int, int]] = []
    end, start, offset = "", 0, 0
    for line in text.splitlines(keepends=True):
        opened = None if end else HERE_DOCUMENT.search(line)
        if end and line.strip() == end:
            found.append((start, offset))
            end = ""
        offset += len(line)
        if opened is not None:
            end, start = opened["end"], offset
    return found


def meaning(text: str, name: str) -> object:
    """What a text says beside its comments, to be compared with another's; equal to nothing where that is not known."""
    if name.endswith(YAML):
        tokens, is_whole = yaml_tokens(text)
        return [(each.kind, each.value) for each in tokens] if is_whole else object()
    by_line = {each.span.line: each for each in comments(text, name) if each.span.line == each.span.end_line}
    lines: list[str] = []
    for number, line in enumerate(_LINE_END.split(text), 1):
        comment = by_line.get(number)
        kept = line if comment is None else line[: comment.span.column - 1].rstrip()
        # Behind a backslash the next line is a part of this one, and what looks like a comment is none.
        continued = (kept or (lines[-1] if lines else "")).endswith("\\")
        if comment is None or continued:
            lines.append(line)
        elif kept:
            lines.append(kept)
    return lines

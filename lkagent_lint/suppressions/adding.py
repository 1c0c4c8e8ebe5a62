"""Writes suppression comments into a file's bytes. Nothing but the comments changes, and nothing that the file says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lkagent_lint.languages import JSON_WITH_COMMENTS, NOTEBOOK, SCRIPTS
from lkagent_lint.sources.splicing import NotTextError, Original, Splice
from lkagent_lint.suppressions import comments_of, meaning_of

_SLASHES = (*SCRIPTS, *JSON_WITH_COMMENTS)


def with_suppressions(
    path: str, data: bytes, wanted: Mapping[int, Sequence[str]], reason: str
) -> tuple[bytes, frozenset[int]]:
    """The bytes with a comment for each 1-based line of ``wanted`` that ignores its codes; and the lines that have one.

    A comment stands on a line of its own above, above other comments there too, or behind the line where that is not
    possible. A line where neither is, as within a string or in JSON, has none.
    """
    if path.endswith((".json", NOTEBOOK)):
        return data, frozenset()
    written: set[int] = set()
    for line in sorted(wanted, reverse=True):  # from the end, so that lines above keep their numbers
        text = f"lkagent: ignore[{', '.join(wanted[line])}]{reason and f' {reason}'}"
        try:
            original = Original(path, data)
        except NotTextError:
            break
        for splice, at in _candidates(original, line, text):
            candidate = original.spliced([splice])
            if candidate is not None and _is_right(path, data, candidate, at, text):
                data = candidate
                written.add(line)
                break
    return data, frozenset(written)


def _candidates(original: Original, line: int, comment: str) -> Iterator[tuple[Splice, int]]:
    """The comment in its place, most wanted first, each with the line that it is on."""
    start, next_line = original.offset(line, 1), original.next_line(original.offset(line, 1))
    if not 1 <= line <= len(original.lines.starts) or start == next_line:
        return
    slashes = original.path.endswith(_SLASHES)
    plain = f"// {comment}" if slashes else f"# {comment}"
    indent, end = original.indent(start), original.newline(start)
    above = _above_comments(original.path, original.data, line)
    at = original.offset(above, 1)
    yield Splice(at, at, f"{indent}{plain}{end}"), above
    behind = original.line_end(start)
    yield Splice(behind, behind, f"  {plain}"), line
    if slashes:
        yield Splice(start, start, f"{indent}{{/* {comment} */}}{end}"), line


def _above_comments(path: str, data: bytes, line: int) -> int:
    """Where the run of comments begins that ends right above a line: some of them speak for the line below only."""
    alone = {
        each
        for comment in comments_of(path, data)
        if comment.alone
        for each in range(comment.span.line, comment.span.end_line + 1)
    }
    first = line
    while first - 1 in alone:
        first -= 1
    # At the top of a file stand what the system and Python read: #! and the encoding.
    return line if first == 1 else first


def _is_right(path: str, before: bytes, after: bytes, at: int, text: str) -> bool:
    """Whether the comment is read as one where it was put, and everything else as it was."""
    old, new = comments_of(path, before), comments_of(path, after)
    added = [each for each in new if each.span.line == at and text in each.text]
    grown = len(new) - len(old)
    return bool(added) and grown in (0, 1) and meaning_of(path, before) == meaning_of(path, after)

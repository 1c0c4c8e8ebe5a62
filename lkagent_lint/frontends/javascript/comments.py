"""The comments of a JavaScript or TypeScript text."""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.facts.comments import Comment
from lkagent_lint.frontends.javascript.parse import ParsedFile, text_of, walk
from lkagent_lint.languages import Dialect
from lkagent_lint.text import Lines

_BRACES = " \t{}"
"""What stands around a comment among JSX elements."""


def comments(text: str, dialect: Dialect) -> Iterator[Comment]:
    """Every comment, in order: ``//``, ``/* */`` and, among JSX elements, ``{/* */}``."""
    source = ParsedFile(text.encode("utf-8", "surrogatepass"), dialect)
    lines = Lines(text)
    for node, _ in walk(source.root):
        if node.type == "comment":
            span = source.span(node)
            before = lines.line(span.line)[: span.column - 1]
            after = lines.line(span.end_line)[span.end_column - 1 :]
            yield Comment(text_of(node), span, not (before + after).strip(_BRACES), span.line)


def meaning(text: str, dialect: Dialect) -> object:
    """What a text says beside its comments and white space, to be compared with another's."""
    source = ParsedFile(text.encode("utf-8", "surrogatepass"), dialect)
    leaves = [text_of(node) for node, _ in walk(source.root) if not node.children and node.type != "comment"]
    return source.root.has_error, "".join("".join(leaves).split())

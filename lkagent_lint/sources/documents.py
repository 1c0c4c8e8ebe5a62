"""JSON and YAML as trees of plain nodes that know where they stand.

YAML's composer reads both. It resolves nothing and makes no objects, aliases stay links, and what would make it recurse
deeply is refused beforehand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from lkagent_lint.text import Lines, Span

MAX_BYTES = 600_000
"""A document that people write by hand is far smaller."""
MAX_NESTING = 100

# What is not closed ends with the text or the line, so that no place is looked at twice.
_JSON_NOISE = re.compile(r'("(?:[^"\\\n]|\\.)*"?)|//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?|\t', re.DOTALL)
_DASHES = re.compile(r"^[ ]*(?:[-?][ ]+){50}", re.MULTILINE)
_STRING = re.compile(r"'[^'\n]*'?|\"(?:[^\"\\\n]|\\.)*\"?")


class ScalarNode(NamedTuple):
    text: str
    span: Span
    """Of the value, without quotes."""


class SequenceNode(NamedTuple):
    items: tuple[DocumentNode, ...]
    span: Span


class MappingNode(NamedTuple):
    entries: tuple[tuple[ScalarNode, DocumentNode], ...]
    span: Span
    """Of its first key to its end."""

    def get(self, *names: str) -> DocumentNode | None:
        """The value of the first key that has one of these names."""
        return next((value for key, value in self.entries if key.text in names), None)

    def key(self, *names: str) -> ScalarNode | None:
        return next((key for key, _ in self.entries if key.text in names), None)


DocumentNode = ScalarNode | SequenceNode | MappingNode


def json_documents(text: str, within: tuple[Lines, int] | None = None) -> tuple[DocumentNode, ...] | None:
    """The one document of a JSON text, comments and trailing commas allowed; None where it is none.

    ``within`` says of a text that stands in another one which that is, and at which offset.
    """
    if _is_too_deep(text):
        return None
    # Each character makes way for another one, so that every position stays.
    return _compose(_JSON_NOISE.sub(_blanked, text), within)


def yaml_documents(text: str) -> tuple[DocumentNode, ...] | None:
    """The documents of a YAML text; None where it cannot be read."""
    return None if _is_too_deep(text) or _DASHES.search(text) else _compose(text)


class YamlToken(NamedTuple):
    """What YAML's scanner tells apart."""

    kind: str
    value: object
    quoted: bool
    start: int
    end: int
    """0-based offsets in code points, the end exclusive."""


def yaml_tokens(text: str) -> tuple[list[YamlToken], bool]:
    """The tokens of a YAML text as far as it can be read, and whether that is to its end."""
    import yaml

    found: list[YamlToken] = []
    if len(text) > MAX_BYTES:
        return found, False
    try:
        for token in yaml.scan(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            quoted = isinstance(token, yaml.ScalarToken) and token.style in ("'", '"')
            value = getattr(token, "value", None)
            place = token.start_mark.index, token.end_mark.index
            found.append(YamlToken(type(token).__name__, value, quoted, *place))
    except (yaml.YAMLError, RecursionError, ValueError):
        return found, False
    return found, True


def _blanked(match: re.Match[str]) -> str:
    return match[1] or re.sub(r"[^\n]", " ", match[0])


def _is_too_deep(text: str) -> bool:
    """Whether brackets nest deeper than is read. Linear; brackets in strings do not count."""
    depth = 0
    for match in re.finditer(r"[\[{\]}]", _STRING.sub("", text)):
        depth += 1 if match[0] in "[{" else -1
        if depth > MAX_NESTING:
            return True
    return False


def _compose(text: str, within: tuple[Lines, int] | None = None) -> tuple[DocumentNode, ...] | None:
    import yaml

    lines, offset = within or (Lines(text), 0)
    reader = _Reader(lines, offset)

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return tuple(reader.node(document) for document in yaml.compose_all(text, Loader=loader))
    except (yaml.YAMLError, RecursionError, ValueError, TooDeep):
        return None


class TooDeep(Exception):
    """A document nests deeper than is read, or has more aliases than anybody writes."""


class _Reader:
    """Turns YAML's nodes into ours; an alias is read again each time, up to a limit for the whole text."""

    MAX_NODES = 200_000

    def __init__(self, lines: Lines, offset: int) -> None:
        self._lines = lines
        self._offset = offset
        self._left = self.MAX_NODES

    def node(self, node: object, depth: int = 0) -> DocumentNode:
        import yaml

        self._left -= 1
        if depth > MAX_NESTING or self._left < 0:
            raise TooDeep
        match node:
            case yaml.ScalarNode():
                return self._scalar(node)
            case yaml.SequenceNode():
                return SequenceNode(tuple(self.node(each, depth + 1) for each in node.value), self._span(node))
            case yaml.MappingNode():
                entries = tuple(
                    (self._scalar(key), self.node(value, depth + 1))
                    for key, value in node.value
                    if isinstance(key, yaml.ScalarNode)
                )
                return MappingNode(entries, entries[0][0].span if entries else self._span(node))
            case _:
                raise TooDeep

    def _scalar(self, node: object) -> ScalarNode:
        import yaml

        assert isinstance(node, yaml.ScalarNode)
        start, end = self._offset + node.start_mark.index, self._offset + node.end_mark.index
        if node.style in ('"', "'"):
            start, end = start + 1, end - 1
        elif node.style in ("|", ">"):
            end = start + 1
        return ScalarNode(str(node.value), self._lines.span(start, max(start, end)))

    def _span(self, node: object) -> Span:
        import yaml

        assert isinstance(node, yaml.Node)
        start = self._offset + node.start_mark.index
        return self._lines.span(start, start + 1)


def mappings(node: DocumentNode) -> Iterator[MappingNode]:
    """Every mapping in a document, outer ones first."""
    stack = [node]
    while stack:
        here = stack.pop()
        if isinstance(here, MappingNode):
            yield here
            stack.extend(value for _, value in reversed(here.entries))
        elif isinstance(here, SequenceNode):
            stack.extend(reversed(here.items))


def scalars(node: DocumentNode) -> Iterator[ScalarNode]:
    """Every scalar value in a document, in order; keys are none."""
    stack = [node]
    while stack:
        here = stack.pop()
        match here:
            case ScalarNode():
                yield here
            case MappingNode(entries):
                stack.extend(value for _, value in reversed(entries))
            case SequenceNode(items):
                stack.extend(reversed(items))

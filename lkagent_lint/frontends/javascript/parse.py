"""From bytes to a tree-sitter tree, and from its nodes to spans."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from functools import cache, cached_property
from typing import TYPE_CHECKING

from lkagent_lint.languages import Dialect
from lkagent_lint.sources.reading import decode_loosely
from lkagent_lint.text import Lines, Span

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

MAX_DEPTH = 1_000
"""Deeper trees are generated code, and one level takes one Python call where values are followed."""

_WRAPPERS = frozenset(
    {
        "as_expression",
        "satisfies_expression",
        "non_null_expression",
        "parenthesized_expression",
        "await_expression",
        "type_assertion",
    }
)
_VALUES = frozenset({"identifier", "shorthand_property_identifier"})
_NO_USE = frozenset({"import_specifier", "import_clause", "namespace_import", "type_query"})
FUNCTIONS = frozenset(
    {
        "function_declaration",
        "function_expression",
        "generator_function",
        "generator_function_declaration",
        "arrow_function",
        "method_definition",
    }
)


@cache
def _parser(dialect: Dialect) -> Parser:
    from tree_sitter import Language, Parser

    if dialect == "js":
        import tree_sitter_javascript

        return Parser(Language(tree_sitter_javascript.language()))
    import tree_sitter_typescript

    grammar = tree_sitter_typescript.language_tsx if dialect == "tsx" else tree_sitter_typescript.language_typescript
    return Parser(Language(grammar()))


class ParsedFile:
    """One parsed file. Offsets of nodes are in bytes of UTF-8, spans in code points."""

    def __init__(self, data: bytes, dialect: Dialect) -> None:
        text = decode_loosely(data)
        encoded = text.encode("utf-8", "surrogatepass")
        self._lines = Lines(text)
        # Bytes that begin no code point: how many come before a byte is how far the two counts differ there.
        self._inner = (
            [] if len(encoded) == len(text) else [at for at, byte in enumerate(encoded) if byte & 0xC0 == 0x80]
        )
        self.root = _parser(dialect).parse(encoded).root_node
        self._dialect = dialect

    def is_used(self, local: str) -> bool:
        """Whether the value of an imported name is used. A compiler of TypeScript drops an import of which nothing but
        the type is used, or nothing at all.
        """
        return self._dialect == "js" or local in self._values

    @cached_property
    def _values(self) -> frozenset[str]:
        """Names whose values are used somewhere: types have nodes of their own."""
        return frozenset(
            text_of(node)
            for node, _ in walk(self.root)
            if node.type in _VALUES and (node.parent is None or node.parent.type not in _NO_USE)
        )

    def span(self, start: Node, end: Node | None = None) -> Span:
        """From the beginning of a node to its end, or to another node's."""
        return self._lines.span(self._offset(start.start_byte), self._offset((end or start).end_byte))

    def _offset(self, byte: int) -> int:
        return byte - bisect_left(self._inner, byte)


def text_of(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")


def unwrap(node: Node, *, through_await: bool = True) -> Node:
    """The expression within casts, parentheses, ``await``, ``satisfies`` and ``!``."""
    while node.type in _WRAPPERS and node.named_child_count and (through_await or node.type != "await_expression"):
        index = node.named_child_count - 1 if node.type == "type_assertion" else 0
        node = node.named_children[index]
    return node


def outermost(node: Node) -> Node:
    """The other way round: the outermost wrapper around an expression."""
    while node.parent is not None and node.parent.type in _WRAPPERS:
        node = node.parent
    return node


def walk(root: Node) -> Iterator[tuple[Node, int]]:
    """Every named node with its depth, in the order of the text, without recursion."""
    stack = [(root, 0)]
    while stack:
        node, depth = stack.pop()
        yield node, depth
        stack.extend((child, depth + 1) for child in reversed(node.named_children))


def entries(node: Node) -> Iterator[tuple[str, Node, Node]]:
    """The entries of an object: key, the key's node, the value's; a spread has the key ``**``."""
    for child in node.named_children:
        if child.type == "pair":
            key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
            if key is not None and value is not None:
                yield text_of(key).strip("'\"`"), key, value
        elif child.type == "shorthand_property_identifier":
            yield text_of(child), child, child
        elif child.type == "spread_element":
            yield "**", child, child
        elif child.type == "method_definition":
            name = child.child_by_field_name("name")
            if name is not None:
                yield text_of(name), name, child


def arguments(call: Node) -> list[Node]:
    """The arguments of a call or a ``new``, unwrapped."""
    given = call.child_by_field_name("arguments")
    if given is None or given.type != "arguments":
        return []
    return [unwrap(child) for child in given.named_children if child.type != "comment"]


def callee(call: Node) -> Node | None:
    """What a call calls, or a ``new`` constructs."""
    target = call.child_by_field_name("constructor" if call.type == "new_expression" else "function")
    return None if target is None else unwrap(target)


def last_name(node: Node | None) -> str:
    """``b`` of ``a.b`` and of ``b``; empty for everything else."""
    if node is None:
        return ""
    if node.type == "member_expression":
        name = node.child_by_field_name("property")
        return "" if name is None else text_of(name)
    return text_of(node) if node.type in ("identifier", "type_identifier") else ""

"""Where the nodes that matter stand.

libcst's own position provider costs several times a parse, because it keeps a line and a column for every token and
a range for every node. Here a node takes the place of its counterpart in the host Python's tree (``pairing.py``); where
it has none, the code is generated once, the number of tokens before and after each wanted node is noted, and lengths
are added up afterwards. Measured on 80 files: 1.96 s by the provider, 0.36 s by code, 0.09 s by pairing.
"""

from __future__ import annotations

import ast
import re
from contextlib import AbstractContextManager, nullcontext
from itertools import accumulate

import libcst as cst
from libcst._nodes.internal import CodegenState

from lkagent_lint.frontends.python.host import HostSpans, descendants
from lkagent_lint.frontends.python.pairing import Mismatch, Pairing
from lkagent_lint.frontends.python.words import ROOM_READS
from lkagent_lint.text import Lines, Span

_STILL: frozenset[type[ast.AST]] = frozenset({ast.JoinedStr, ast.FormattedValue, ast.Constant, ast.Name})
"""Parts of a string that do nothing."""
_TO_NAME = re.compile(r"(?:async[\s\\]+)?def[\s\\]+")


class _Edge:
    """Notes the token numbers before and after one node; a plain object, because ``contextmanager`` costs more than
    the rest of the pass.
    """

    __slots__ = ("_node", "_state")

    def __init__(self, state: _TokenCounter, node: int) -> None:
        self._state = state
        self._node = node

    def __enter__(self) -> None:
        self._state.edges[self._node] = (len(self._state.tokens), 0)

    def __exit__(self, *_: object) -> None:
        start, _end = self._state.edges[self._node]
        self._state.edges[self._node] = (start, len(self._state.tokens))


_NO_EDGE = nullcontext()


class _TokenCounter(CodegenState):
    """A code generator that notes the token numbers at the syntactic edges of the wanted nodes."""

    def __init__(self, module: cst.Module, wanted: set[int]) -> None:
        super().__init__(default_indent=module.default_indent, default_newline=module.default_newline)
        self.wanted = wanted
        self.edges: dict[int, tuple[int, int]] = {}

    def record_syntactic_position(  # type: ignore[override]  # its callers only enter and leave it
        self, node: cst.CSTNode, *, start_node: cst.CSTNode | None = None, end_node: cst.CSTNode | None = None
    ) -> AbstractContextManager[None]:
        return _Edge(self, id(node)) if id(node) in self.wanted else _NO_EDGE

    def offsets(self) -> dict[int, tuple[int, int]]:
        """By wanted node: the 0-based offsets of its start and end in the code, in code points."""
        lengths = [0, *accumulate(map(len, self.tokens))]
        return {node: (lengths[start], lengths[end]) for node, (start, end) in self.edges.items()}


class Positions:
    """The spans of the wanted nodes of one module (1-based, code points)."""

    def __init__(self, spans: dict[int, Span]) -> None:
        self._spans = spans

    def of(self, node: cst.CSTNode | None) -> Span | None:
        return None if node is None else self._spans.get(id(node))


def by_code(module: cst.Module, wanted: set[int]) -> Positions:
    """Positions by generating the whole module's code, which has to be the file's."""
    if not wanted:
        return Positions({})
    state = _TokenCounter(module, wanted)
    module._codegen(state)  # pyright: ignore[reportPrivateUsage]  # what libcst's own providers call
    lines = Lines("".join(state.tokens))
    return Positions({node: lines.span(start, end) for node, (start, end) in state.offsets().items()})


def by_pairing(
    module: cst.Module, host: ast.Module, spans: HostSpans, wanted: set[int], gone: frozenset[int]
) -> Positions:
    """Positions by the host's tree of the file; the module may be spaced otherwise and lack the definitions ``gone``.

    Raises ``Mismatch``.
    """
    pairing = Pairing(module, host, wanted, gone)
    found = {node: spans.of(each) for node, each in pairing.nodes.items()}
    for name, definition in pairing.functions.items():
        if name in wanted:
            found[name] = _name_span(spans, definition)
    for string, each, line in pairing.strings:
        if len(found) < len(wanted) and _holds_steps(each):
            state = _TokenCounter(module, {*wanted, id(string)})
            before = spans.lines.line(line)
            state.increase_indent(before[: len(before) - len(before.lstrip())])
            found.update(_inside(string, each, spans, state))
    if len(found) < len(wanted):
        raise Mismatch
    return Positions(found)


def _holds_steps(string: ast.expr) -> bool:
    """Whether something in a string, as the host reads it, may be wanted."""
    return any(
        node.__class__ not in _STILL and not (isinstance(node, ast.Attribute) and node.attr not in ROOM_READS)
        for node in descendants(string)
    )


def _name_span(spans: HostSpans, definition: ast.FunctionDef | ast.AsyncFunctionDef) -> Span:
    start = spans.offset(definition.lineno, definition.col_offset)
    before = _TO_NAME.match(spans.lines.text, start)
    if before is None or not spans.lines.text.startswith(definition.name, before.end()):
        raise Mismatch
    return spans.lines.span(before.end(), before.end() + len(definition.name))


def _inside(string: cst.BaseExpression, host: ast.expr, spans: HostSpans, state: _TokenCounter) -> dict[int, Span]:
    """The places of what stands inside a string: its code is the file's own."""
    string._codegen(state)  # pyright: ignore[reportPrivateUsage]
    offsets = state.offsets()
    if len(offsets) == 1:
        return {}
    inner, end = offsets.pop(id(string))
    first = spans.offset(host.lineno, host.col_offset) - inner
    if not spans.lines.text.startswith("".join(state.tokens)[inner:end], first + inner):
        raise Mismatch
    return {node: spans.lines.span(first + start, first + end) for node, (start, end) in offsets.items()}

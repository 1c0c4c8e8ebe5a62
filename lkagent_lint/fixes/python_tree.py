"""libcst's tree of a Python file as it is, with the place of every node."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import cast

import libcst as cst

from lkagent_lint.fixes.code import ImpossibleError, Stretch
from lkagent_lint.frontends.python.positions import of_everything
from lkagent_lint.sources.splicing import Original
from lkagent_lint.text import Lines

_LINE_END = re.compile(r"\r\n?")
STATEMENTS = (cst.BaseSmallStatement, cst.BaseCompoundStatement)
_PLACED = (cst.BaseExpression, *STATEMENTS)


class _Holding(dict[type[cst.CSTNode], tuple[str, ...]]):
    """By the class of a node: the names of what it holds."""

    def __missing__(self, kind: type[cst.CSTNode]) -> tuple[str, ...]:
        found = self[kind] = tuple(each.name for each in fields(kind))
        return found


_FIELDS = _Holding()


def _children(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """What a node holds directly, in the order of its fields. libcst's own way makes a visitor for each node."""
    for name in _FIELDS[type(node)]:
        value = getattr(node, name)
        if isinstance(value, cst.CSTNode):
            yield value
        elif isinstance(value, (list, tuple)):
            held = cast("Sequence[object]", value)
            yield from (each for each in held if isinstance(each, cst.CSTNode))


class PythonTree:
    """Raises ImpossibleError where the file cannot be parsed, or libcst does not give it back."""

    def __init__(self, original: Original) -> None:
        self.original = original
        text = _LINE_END.sub("\n", original.text)
        try:
            self._module = cst.parse_module(text)
            code, offsets = of_everything(self._module)
        except (cst.ParserSyntaxError, cst.CSTValidationError, RecursionError) as error:
            raise ImpossibleError(f"the file cannot be parsed ({type(error).__name__})") from None
        self.indentation = self._module.default_indent
        if code.rstrip() != text.rstrip():  # of blank lines at the end it keeps fewer
            raise ImpossibleError("libcst does not give this file back as it is")
        self._parts = {node: self._part(start, end) for node, (start, end) in self._mapped(text, offsets).items()}
        self._parents: dict[int, cst.CSTNode] = {}
        self._nodes: list[cst.CSTNode] = [self._module]
        for node in self._nodes:
            for child in _children(node):
                self._parents[id(child)] = node
                self._nodes.append(child)
        self._by_part: dict[Stretch, list[cst.CSTNode]] = {}
        for node in self._nodes:
            if id(node) in self._parts:
                self._by_part.setdefault(self._parts[id(node)], []).append(node)

    def _mapped(self, text: str, offsets: dict[int, tuple[int, int]]) -> dict[int, tuple[int, int]]:
        if text == self.original.text:
            return offsets
        lines, own = Lines(text), self.original.lines

        def mapped(offset: int) -> int:
            line, column = lines.position(min(offset, len(text)))
            return own.starts[line - 1] + column - 1

        return {node: (mapped(start), mapped(end)) for node, (start, end) in offsets.items()}

    def _part(self, start: int, end: int) -> Stretch:
        return Stretch(start, start + len(self.original.text[start:end].rstrip()))

    # Nodes by place

    def _expression(self, part: Stretch) -> cst.BaseExpression:
        for node in self._by_part.get(part, ()):
            if isinstance(node, cst.BaseExpression):
                return node
        raise ImpossibleError("what is meant does not stand there")

    def _of(self, node: cst.CSTNode) -> Stretch:
        part = self._parts.get(id(node))
        if part is None:
            raise ImpossibleError("it is not known where that stands")
        return part

    def _whole_statement(self, node: cst.CSTNode) -> Stretch:
        """A statement with its decorators."""
        part = self._of(node)
        if isinstance(node, (cst.FunctionDef, cst.ClassDef)) and node.decorators:
            return Stretch(self._of(node.decorators[0]).start, part.end)
        return part

    def _around(self, part: Stretch) -> Iterator[cst.CSTNode]:
        """The nodes that hold a part, the innermost first."""
        found = self._by_part.get(part, ())
        node: cst.CSTNode | None = next((each for each in found if isinstance(each, _PLACED)), None)
        if node is None:
            raise ImpossibleError("what is meant does not stand there")
        while node is not None:
            yield node
            node = self._parents.get(id(node))

    def is_expression(self, part: Stretch) -> bool:
        try:
            self._expression(part)
        except ImpossibleError:
            return False
        return True

    def _stands_alone(self, part: Stretch) -> bool:
        text = self.original.text
        before = text[self.original.line_start(part.start) : part.start]
        after = text[part.end : self.original.line_end(part.end)].strip()
        return not before.strip() and (not after or after.startswith("#"))

    def _first(self, line: cst.CSTNode) -> int:
        if isinstance(line, (cst.FunctionDef, cst.ClassDef)) and line.decorators:
            return self._of(line.decorators[0]).start
        return self._of(line.body[0] if isinstance(line, cst.SimpleStatementLine) else line).start

    def _code(self, node: cst.CSTNode) -> str:
        return self._module.code_for_node(node)

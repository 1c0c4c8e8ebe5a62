"""Python code as edits need it, upon what it imports and its tree."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from lkagent_lint.fixes.code import CallCode, GivenCode, ImpossibleError, NamesOfStatement, Statement, Stretch
from lkagent_lint.fixes.python_imports import PythonImports
from lkagent_lint.fixes.python_tree import STATEMENTS

_SEVERAL = (cst.Tuple, cst.List, cst.Element, cst.StarredElement)
_TARGETS = (cst.AssignTarget, cst.AnnAssign, cst.AugAssign, cst.NamedExpr, cst.For, cst.CompFor)
_SCOPES = (cst.FunctionDef, cst.Lambda, cst.ClassDef, cst.GeneratorExp)


class PythonCode(PythonImports):
    """See ``ParsedCode``. Raises ImpossibleError where the file cannot be parsed, or libcst does not give it back."""

    is_python = True

    def call(self, part: Stretch) -> CallCode:
        call = self._expression(part)
        if not isinstance(call, cst.Call):
            raise ImpossibleError("no call stands there")
        callee = self._of(call.func)
        end = max((self._parts[id(each)].end for each in call.func.rpar if id(each) in self._parts), default=callee.end)
        text = self.original.text
        opening = text.find("(", max(end, callee.end + len(call.func.rpar)))
        arguments = tuple(self._argument(each) for each in call.args)
        return CallCode(part, callee, Stretch(opening + 1, part.end - 1), arguments)

    def called(self, part: Stretch) -> Stretch:
        return part

    def _argument(self, argument: cst.Arg) -> GivenCode:
        key = None if argument.keyword is None else self._of(argument.keyword)
        name = "" if argument.keyword is None else argument.keyword.value
        return GivenCode(
            self._of(argument), name or argument.star, key, self._whole(argument.value), bool(argument.star)
        )

    def _whole(self, value: cst.BaseExpression) -> Stretch:
        """An expression with its brackets."""
        part = self._of(value)
        count = len(value.lpar)
        if not count:
            return part
        start, end = part
        text = self.original.text
        for _ in range(count):
            start, end = text.rindex("(", 0, start), text.index(")", end) + 1
        return Stretch(start, end)

    def statement(self, part: Stretch) -> Statement:
        inner: cst.CSTNode | None = None
        for node in self._around(part):
            if isinstance(node, STATEMENTS):
                inner = node
                break
        if inner is None:
            raise ImpossibleError("it stands in no statement")
        line = self._parents[id(inner)]
        shares = isinstance(line, (cst.SimpleStatementLine, cst.SimpleStatementSuite)) and len(line.body) > 1
        block = line if shares or isinstance(line, cst.SimpleStatementSuite) else self._parents.get(id(line), line)
        if not isinstance(line, cst.SimpleStatementLine):
            block = line
        parts = tuple(self._statements(block))
        own = self._whole_statement(inner)
        if own not in parts:
            raise ImpossibleError("its block is not understood")
        plain = isinstance(inner, cst.Expr) and part in (self._of(inner.value), self._operand(inner.value))
        return Statement(own, parts, parts.index(own), plain, self._stands_alone(own))

    def _operand(self, value: cst.BaseExpression) -> Stretch | None:
        return self._of(value.expression) if isinstance(value, cst.Await) else None

    def _statements(self, block: cst.CSTNode) -> Iterator[Stretch]:
        for each in getattr(block, "body", ()):
            if isinstance(each, cst.SimpleStatementLine):
                first, last = self._of(each.body[0]), self._of(each.body[-1])
                yield Stretch(first.start, last.end)
            else:
                yield self._whole_statement(each)

    def names(self, part: Stretch) -> NamesOfStatement:
        within = [(each, own) for each in self._nodes if _holds(part, own := self._parts.get(id(each)))]
        bodies = [self._of(each.body) for each, _ in within if isinstance(each, (cst.FunctionDef, cst.Lambda))]
        bound, used, later = set[str](), set[str](), set[str]()
        for node, own in within:
            if isinstance(node, (cst.Name, cst.Attribute)) and not self._is_label(node):
                is_deep = any(_holds(each, own) for each in bodies)
                kind = later if is_deep else bound if self._is_bound(node) else used
                kind.add(self._code(node))
        return NamesOfStatement(frozenset(bound), frozenset(used), frozenset(later))

    def _is_label(self, node: cst.Name | cst.Attribute) -> bool:
        """It is the last part of an attribute, a keyword or a parameter, and means nothing by itself."""
        match self._parents.get(id(node)):
            case cst.Attribute(attr=own) | cst.Arg(keyword=own) | cst.Param(name=own):
                return own is node
            case _:
                return False

    def _is_bound(self, node: cst.Name | cst.Attribute) -> bool:
        """It gets a value there."""
        below: cst.CSTNode = node
        while isinstance(parent := self._parents.get(id(below)), _SEVERAL):
            below = parent
        if isinstance(parent, (cst.ImportAlias, cst.AsName)):
            return True
        named = isinstance(parent, (cst.FunctionDef, cst.ClassDef)) and parent.name is below
        return named or (isinstance(parent, _TARGETS) and parent.target is below)

    def decorated(self, part: Stretch) -> tuple[Stretch, Stretch, str] | None:
        parent = self._parents[id(self._expression(part))]
        function = self._parents.get(id(parent))
        if not isinstance(parent, cst.Decorator) or not isinstance(function, cst.FunctionDef):
            return None
        if len(function.decorators) != 1 or not self._stands_alone(self._of(parent)):
            raise ImpossibleError("other decorators stand on it")
        return self._of(parent), self._of(function), function.name.value

    def is_last(self, part: Stretch, decorator: str) -> bool:
        inner: cst.CSTNode | None = None
        for node in self._around(part):
            if isinstance(node, cst.FunctionDef):
                return any(re.search(rf"\b{decorator}\b", self._code(each)) for each in node.decorators)
            if isinstance(node, cst.IndentedBlock) and inner is not None:
                own = self._parts.get(id(inner), part)
                rest = [each for each in node.body if self._first(each) > own.start]
                if any(self._code(each).strip() not in ("return", "return None") for each in rest):
                    return False
            elif isinstance(node, STATEMENTS) and not isinstance(node, (cst.BaseSmallStatement, cst.If)):
                return False
            inner = node
        return False

    def can_wait(self, part: Stretch) -> bool:
        for node in self._around(part):
            if isinstance(node, _SCOPES):
                if not isinstance(node, cst.FunctionDef) or node.asynchronous is None:
                    return False
                # Defaults and decorators are evaluated outside.
                return self._of(node.body).start <= part.start
        return False

    def awaited(self, part: Stretch) -> Stretch | None:
        node = self._expression(part)
        parent = self._parents[id(node)]
        return self._of(parent) if isinstance(parent, cst.Await) else None

    def is_read_of(self, part: Stretch) -> bool:
        node = self._expression(part)
        parent = self._parents[id(node)]
        read = isinstance(parent, (cst.Attribute, cst.Subscript)) and parent.value is node
        return read or (isinstance(parent, cst.Call) and parent.func is node) or isinstance(parent, cst.Power)

    def valued(self, part: Stretch) -> Stretch:
        return self._whole(self._expression(part))

    def returned(self, part: Stretch, name: str) -> Iterator[Stretch]:
        for node in self._nodes:
            if isinstance(node, cst.Return) and node.value is not None:
                value = node.value.elements[0].value if isinstance(node.value, cst.Tuple) else node.value
                own = next((each for each in self._around(self._of(node)) if isinstance(each, cst.FunctionDef)), None)
                if isinstance(value, cst.Name) and value.value == name and own is not None:
                    if self._of(own.name) == part:
                        yield self._of(value)

    def text_in(self, part: Stretch) -> tuple[Stretch, str]:
        for node in self._by_part.get(part, ()):
            value = node.args[0].value if isinstance(node, cst.Call) and node.args else node
            if isinstance(value, cst.SimpleString):
                said = value.evaluated_value
                start, end = self._of(value)
                edge = len(value.quote)
                inside = Stretch(start + len(value.prefix) + edge, end - edge)
                if isinstance(said, str) and self.original.text[inside.start : inside.end] == said:
                    return inside, said
        raise ImpossibleError("there is no plain text")

    def function(self, part: Stretch) -> tuple[int, bool]:
        for node in self._nodes:
            if isinstance(node, cst.FunctionDef) and self._parts.get(id(node.name)) == part:
                return self._of(node).start, node.asynchronous is not None
        raise ImpossibleError("there is no definition")


def _holds(part: Stretch, own: Stretch | None) -> bool:
    return own is not None and part.start <= own.start and own.end <= part.end

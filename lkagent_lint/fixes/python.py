"""Python code as edits need it: libcst's tree of the text as it is, with the place of every node."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import TypeGuard, cast

import libcst as cst

from lkagent_lint.fixes.code import Bound, CallCode, GivenCode, ImpossibleError, Statement, Stretch
from lkagent_lint.frontends.python.positions import of_everything
from lkagent_lint.sources.splicing import Original
from lkagent_lint.text import Lines

_LINE_END = re.compile(r"\r\n?")
_BLOCKS = (cst.Module, cst.IndentedBlock, cst.SimpleStatementLine, cst.SimpleStatementSuite)
_STATEMENTS = (cst.BaseSmallStatement, cst.BaseCompoundStatement)
_PLACED = (cst.BaseExpression, *_STATEMENTS)
_SCOPES = (cst.FunctionDef, cst.Lambda, cst.ClassDef, cst.GeneratorExp)


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


class PythonCode:
    """See ``ParsedCode``. Raises ImpossibleError where the file cannot be parsed, or libcst does not give it back."""

    is_python = True

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

    # What is asked

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
            if isinstance(node, _STATEMENTS):
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

    def _stands_alone(self, part: Stretch) -> bool:
        text = self.original.text
        before = text[self.original.line_start(part.start) : part.start]
        after = text[part.end : self.original.line_end(part.end)].strip()
        return not before.strip() and (not after or after.startswith("#"))

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
            elif isinstance(node, _STATEMENTS) and not isinstance(node, (cst.BaseSmallStatement, cst.If)):
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

    # Imports

    def _imports(self) -> Iterator[cst.Import | cst.ImportFrom]:
        """Those that surely happen before everything else: statements of the file itself."""
        for line in self._module.body:
            for each in line.body if isinstance(line, cst.SimpleStatementLine) else ():
                if isinstance(each, (cst.Import, cst.ImportFrom)):
                    yield each

    def bound(self) -> Iterator[Bound]:
        for each in self._imports():
            if isinstance(each, cst.Import):
                for alias in each.names:
                    dotted = alias.evaluated_name
                    yield Bound(alias.evaluated_alias or dotted.partition(".")[0], dotted, "")
            elif not isinstance(each.names, cst.ImportStar):
                module = "." * len(each.relative) + (self._code(each.module) if each.module else "")
                for alias in each.names:
                    yield Bound(alias.evaluated_alias or alias.evaluated_name, module, alias.evaluated_name)

    def _code(self, node: cst.CSTNode) -> str:
        return self._module.code_for_node(node)

    def importing(self, module: str, name: str) -> tuple[int, str]:
        if name:
            for each in self._imports():
                if (
                    isinstance(each, cst.ImportFrom)
                    and not each.relative
                    and not isinstance(each.names, cst.ImportStar)
                ):
                    if each.module is not None and self._code(each.module) == module:
                        return self._in_list([self._of(alias) for alias in each.names], name)
        code = f"from {module} import {name}" if name else f"import {module}"
        return self._new_line(module, code)

    def _in_list(self, names: list[Stretch], name: str) -> tuple[int, str]:
        """One more name among those of an import, where a sorted list has it."""
        text = self.original.text
        for part in names:
            if text[part.start : part.end].casefold() > name.casefold():
                first = part.start
                own_line = not text[self.original.line_start(first) : first].strip()
                between = self.original.newline(first) + self.original.indent(first) if own_line else " "
                return first, f"{name},{between}"
        last = names[-1]
        own_line = not text[self.original.line_start(last.start) : last.start].strip()
        between = self.original.newline(last.start) + self.original.indent(last.start) if own_line else " "
        return last.end, f",{between}{name}"

    def _new_line(self, module: str, code: str) -> tuple[int, str]:
        top = self._top()
        ours = module.partition(".")[0] in sys.stdlib_module_names
        end = self.original.newline(0)
        imports = [each for each in self._imports() if self._of(each).start >= top]
        if not imports:
            return top, f"{code}{end}"
        first = imports[0]
        begin = self.original.line_start(self._of(first).start)
        if ours and not self._is_standard(first):
            return begin, f"{code}{end}{end}"
        for each in imports:
            start = self._of(each).start
            if self._is_standard(each) != ours:
                break
            if isinstance(each, cst.ImportFrom) != code.startswith("from ") or self._name(each) > module:
                if not code.startswith("from ") or isinstance(each, cst.ImportFrom):
                    return self.original.line_start(start), f"{code}{end}"
            begin = self.original.next_line(self._of(each).end)
        return begin, f"{code}{end}"

    def _top(self) -> int:
        """Behind the docstring and what is imported from the future."""
        top = 0
        for line in self._module.body:
            small = line.body[0] if isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1 else None
            is_text = isinstance(small, cst.Expr) and isinstance(
                small.value, (cst.SimpleString, cst.ConcatenatedString)
            )
            future = isinstance(small, cst.ImportFrom) and small.module is not None
            if small is None or not (is_text or (future and self._code(small).startswith("from __future__"))):
                return top or self.original.line_start(self._first(line))
            top = self.original.next_line(self._of(small).end)
        return top

    def _first(self, line: cst.CSTNode) -> int:
        if isinstance(line, (cst.FunctionDef, cst.ClassDef)) and line.decorators:
            return self._of(line.decorators[0]).start
        return self._of(line.body[0] if isinstance(line, cst.SimpleStatementLine) else line).start

    def _name(self, each: cst.Import | cst.ImportFrom) -> str:
        if isinstance(each, cst.Import):
            return each.names[0].evaluated_name
        return "" if each.module is None else self._code(each.module)

    def _is_standard(self, each: cst.Import | cst.ImportFrom) -> bool:
        return self._name(each).partition(".")[0] in sys.stdlib_module_names

    # Imported names

    def _alias(self, part: Stretch, name: str) -> tuple[cst.ImportFrom, cst.ImportAlias]:
        for each in self._nodes:
            if isinstance(each, cst.ImportFrom) and not isinstance(each.names, cst.ImportStar):
                for alias in each.names:
                    own = self._of(alias)
                    if alias.evaluated_name == name and own.start <= part.start and part.end <= own.end:
                        return each, alias
        raise ImpossibleError("no import of that name stands there")

    def uses(self, part: Stretch, before: str, after: str) -> Iterator[tuple[Stretch, str]]:
        statement, alias = self._alias(part, before)
        if alias.asname is not None:
            yield self._of(alias.name), after
            return
        names = [each for each in self._nodes if isinstance(each, cst.Name)]
        if Bound(after, self._name(statement), after) in self.bound() and not statement.relative:
            yield self._unimported(statement, alias), ""
        elif any(each.value == after for each in names):
            raise ImpossibleError(f"{after} means something in this file")
        else:
            yield self._of(alias.name), after
        for each in names:
            if each.value == before and each is not alias.name and self._means_variable(each, before):
                yield self._of(each), after
        for node in self._nodes:
            if isinstance(node, cst.Annotation):
                yield from self._in_texts(node, before, after)

    def _unimported(self, statement: cst.ImportFrom, alias: cst.ImportAlias) -> Stretch:
        """What to cut so that a name is imported no more."""
        names = [] if isinstance(statement.names, cst.ImportStar) else [self._of(each) for each in statement.names]
        whole, own = self._of(statement), self._of(alias)
        if len(names) == 1:
            if not self._stands_alone(whole):
                raise ImpossibleError("something else stands on the line of the import")
            return Stretch(self.original.line_start(whole.start), self.original.next_line(whole.end))
        position = names.index(own)
        if position + 1 < len(names):
            return Stretch(own.start, names[position + 1].start)
        return Stretch(names[position - 1].end, own.end)

    def _means_variable(self, name: cst.Name, imported: str) -> bool:
        """It is a use of the import, and neither an attribute nor a keyword; another meaning makes this impossible."""
        parent = self._parents[id(name)]
        match parent:
            case cst.Attribute():
                return parent.attr is not name
            case cst.Arg():
                return parent.keyword is not name
            case cst.ImportAlias() | cst.AsName():
                raise ImpossibleError(f"{imported} is imported more than once")
            case cst.Param() | cst.AssignTarget() | cst.FunctionDef() | cst.ClassDef() | cst.NamedExpr():
                if getattr(parent, "name", getattr(parent, "target", None)) is name:
                    raise ImpossibleError(f"{imported} means something else in this file, too")
                return True
            case cst.NameItem():
                raise ImpossibleError(f"{imported} is declared global")
            case _:
                return True

    def _in_texts(self, node: cst.CSTNode, before: str, after: str) -> Iterator[tuple[Stretch, str]]:
        pending: list[cst.CSTNode] = [node]
        for each in pending:
            pending += each.children
            if isinstance(each, cst.SimpleString):
                start, end = self._of(each)
                for found in re.finditer(rf"(?<![\w.]){re.escape(before)}(?!\w)", self.original.text[start:end]):
                    yield Stretch(start + found.start(), start + found.end()), after

    def moved_import(self, part: Stretch, name: str, module: str) -> Iterator[tuple[Stretch, str]]:
        statement, alias = self._alias(part, name)
        own = self._of(alias)
        written = self.original.text[slice(*own)]
        names = [] if isinstance(statement.names, cst.ImportStar) else [self._of(each) for each in statement.names]
        existing = next((each for each in self._imports() if self._is_from(each, module)), None)
        if len(names) == 1:
            if statement.module is None or statement.relative:
                raise ImpossibleError("it is a relative import")
            yield self._of(statement.module), module
            return
        yield self._unimported(statement, alias), ""
        if existing is not None and not isinstance(existing.names, cst.ImportStar):
            at, text = self._in_list([self._of(each) for each in existing.names], written)
        else:
            whole = self._of(statement)
            if self._parents.get(id(self._parents[id(statement)])) is not self._module:
                raise ImpossibleError("it is no import of the file itself")
            at = self.original.next_line(whole.end)
            text = f"{self.original.indent(whole.start)}from {module} import {written}{self.original.newline(0)}"
        yield Stretch(at, at), text

    def _is_from(self, each: cst.Import | cst.ImportFrom, module: str) -> TypeGuard[cst.ImportFrom]:
        is_one = isinstance(each, cst.ImportFrom) and not each.relative and not isinstance(each.names, cst.ImportStar)
        return is_one and self._name(each) == module

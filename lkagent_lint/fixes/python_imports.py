"""What a Python file imports, as edits need it: which names, where one more goes, and where a name is used."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from itertools import pairwise
from typing import TypeGuard

import libcst as cst

from lkagent_lint.fixes.code import Bound, ImpossibleError, Stretch
from lkagent_lint.fixes.python_tree import PythonTree


class PythonImports(PythonTree):
    """A file with what it imports; see ``ParsedCode``."""

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

    def importing_first(self, module: str) -> tuple[int, str]:
        raise ImpossibleError("nothing has to come first")

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
            yield from self._renamed_in_list(statement, alias, after)
        for each in names:
            if each.value == before and each is not alias.name and self._means_variable(each, before):
                yield self._of(each), after
        for node in self._nodes:
            if isinstance(node, cst.Annotation):
                yield from self._in_texts(node, before, after)

    def _renamed_in_list(
        self, statement: cst.ImportFrom, alias: cst.ImportAlias, after: str
    ) -> Iterator[tuple[Stretch, str]]:
        """Another name in an import, whose names stay in order if they were in one."""
        aliases = () if isinstance(statement.names, cst.ImportStar) else statement.names
        parts = [self._of(each) for each in aliases]
        old = [self.original.text[slice(*part)] for part in parts]
        plain = [after if each is alias else text for each, text in zip(aliases, old, strict=True)]
        is_commented = "#" in self.original.text[parts[0].start : parts[-1].end]
        keys = [] if is_commented else [key for key in (_by_kind, str.casefold) if sorted(old, key=key) == old]
        new = sorted(plain, key=keys[0]) if keys else plain
        if new == plain:
            yield self._of(alias.name), after
            return
        # In one piece, so that nothing else is put into the list meanwhile.
        text = self.original.text
        between = [text[one.end : other.start] for one, other in pairwise(parts)]
        listed = "".join(f"{name}{rest}" for name, rest in zip(new, [*between, ""], strict=True))
        yield Stretch(parts[0].start, parts[-1].end), listed

    def unimporting(self, name: str) -> Stretch:
        """What to cut so that a name, which an import of the file itself binds, is imported no more."""
        for each in self._imports():
            aliases = () if isinstance(each.names, cst.ImportStar) else each.names
            for alias in aliases:
                first = alias.evaluated_name.partition(".")[0] if isinstance(each, cst.Import) else alias.evaluated_name
                if (alias.evaluated_alias or first) == name:
                    return self._unimported(each, alias)
        raise ImpossibleError("no import binds it")

    def _unimported(self, statement: cst.Import | cst.ImportFrom, alias: cst.ImportAlias) -> Stretch:
        """What to cut so that a name is imported no more."""
        names = [] if isinstance(statement.names, cst.ImportStar) else [self._of(each) for each in statement.names]
        whole, own = self._of(statement), self._of(alias)
        if len(names) == 1:
            if not self._stands_alone(whole):
                raise ImpossibleError("something else stands on the line of the import")
            return self._with_blank_below(
                Stretch(self.original.line_start(whole.start), self.original.next_line(whole.end))
            )
        position = names.index(own)
        if position + 1 < len(names):
            return Stretch(own.start, names[position + 1].start)
        return Stretch(names[position - 1].end, own.end)

    def _with_blank_below(self, lines: Stretch) -> Stretch:
        """The lines of an import that is a group of its own, with the blank line that ends the group."""
        text, below = self.original.text, self.original.next_line(lines.end)
        above = text[self.original.line_start(lines.start - 1) : lines.start] if lines.start else ""
        is_group = not above.strip() and lines.end < len(text) and not text[lines.end : below].strip()
        return Stretch(lines.start, below) if is_group else lines

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


def _by_kind(name: str) -> tuple[int, str]:
    """The order of most formatters: constants, classes, everything else."""
    return (0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2, name)

"""JavaScript and TypeScript as edits need it: tree-sitter's tree of the text as it is."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lkagent_lint.fixes.code import Bound, CallCode, GivenCode, ImpossibleError, NamesOfStatement, Statement, Stretch
from lkagent_lint.frontends.javascript.parse import FUNCTIONS, ParsedFile, entries, text_of, unwrap, walk
from lkagent_lint.languages import Dialect
from lkagent_lint.sources.splicing import Original

if TYPE_CHECKING:
    from tree_sitter import Node

_CALLS = ("call_expression", "new_expression")
_BLOCKS = ("program", "statement_block", "switch_case", "switch_default")
_SHORT = ("shorthand_property_identifier", "shorthand_property_identifier_pattern")
_NAMES = ("identifier", "member_expression", *_SHORT)
_PATTERNS = ("array_pattern", "object_pattern", "pair_pattern", "assignment_pattern", "rest_pattern")
_DECLARES = (
    *("variable_declarator", "function_declaration", "class_declaration", "required_parameter"),
    *("assignment_expression", "augmented_assignment_expression"),
)
_READS = ("member_expression", "subscript_expression", "call_expression", "non_null_expression")


class JavaScriptCode:
    """See ``ParsedCode``."""

    is_python = False
    indentation = "  "

    def __init__(self, original: Original, dialect: Dialect) -> None:
        self.original = original
        encoded = original.text.encode("utf-8", "surrogatepass")
        self._inner = (
            [] if len(encoded) == len(original.text) else [at for at, byte in enumerate(encoded) if byte & 0xC0 == 0x80]
        )
        self._root = ParsedFile(encoded, dialect).root
        self._by_part: dict[Stretch, list[Node]] = {}
        for node, _ in walk(self._root):
            self._by_part.setdefault(self._of(node), []).append(node)

    @property
    def is_broken(self) -> bool:
        """Some part of the file is not understood."""
        return self._root.has_error

    def _of(self, node: Node) -> Stretch:
        start, end = node.start_byte, node.end_byte
        return Stretch(start - bisect_left(self._inner, start), end - bisect_left(self._inner, end))

    def _at(self, part: Stretch, *kinds: str) -> Node:
        for node in self._by_part.get(part, ()):
            if not kinds or node.type in kinds:
                return node
        raise ImpossibleError("what is meant does not stand there")

    def _around(self, part: Stretch) -> Node:
        """The smallest node that holds a part, which may begin or end within it."""
        held = [each for each in self._by_part if each.start <= part.start and part.end <= each.end]
        if not held:
            raise ImpossibleError("nothing stands there")
        return self._at(min(held, key=lambda each: each.end - each.start))

    def is_expression(self, part: Stretch) -> bool:
        return part in self._by_part

    def call(self, part: Stretch) -> CallCode:
        call = self._called(part)
        part = self._of(call)
        callee = self._callee(call)
        given = call.child_by_field_name("arguments")
        if callee is None or given is None or given.type != "arguments":
            raise ImpossibleError("it is called without brackets")
        values = [each for each in given.named_children if each.type != "comment"]
        last = unwrap(values[-1]) if values else None
        own = self._of(given)
        if last is None or last.type != "object":
            return CallCode(
                part,
                self._of(callee),
                Stretch(own.start + 1, own.end - 1),
                (),
                tuple(self._of(each) for each in values),
            )
        found = self._of(last)
        listed = tuple(self._entry(name, key, value) for name, key, value in entries(last))
        positional = tuple(self._of(each) for each in values[:-1])
        return CallCode(part, self._of(callee), Stretch(found.start + 1, found.end - 1), listed, positional, True)

    def called(self, part: Stretch) -> Stretch:
        return self._of(self._called(part))

    def _called(self, part: Stretch) -> Node:
        """The call that stands there, or whose beginning does, up to what is called."""
        node: Node | None = next((each for each in self._by_part.get(part, ()) if each.type in _CALLS), None)
        node = node or self._around(part)
        while node is not None and node.type not in _CALLS:
            node = node.parent
        callee = None if node is None else self._callee(node)
        if node is None or callee is None or self._of(callee).end < part.end < self._of(node).end:
            raise ImpossibleError("no call stands there")
        return node

    def _callee(self, call: Node) -> Node | None:
        return call.child_by_field_name("constructor" if call.type == "new_expression" else "function")

    def _entry(self, name: str, key: Node, value: Node) -> GivenCode:
        first, last = self._of(key), self._of(value)
        whole = first if value is key else last if value.type == "method_definition" else Stretch(first.start, last.end)
        return GivenCode(whole, name, None if value is key else first, last, name == "**")

    def statement(self, part: Stretch) -> Statement:
        node = self._around(part)
        while node.parent is not None and node.parent.type not in _BLOCKS:
            node = node.parent
        block = node.parent
        if block is None:
            raise ImpossibleError("it stands in no block")
        parts = tuple(self._of(each) for each in block.named_children if each.type != "comment")
        own = self._of(node)
        if own not in parts:
            raise ImpossibleError("its block is not understood")
        plain = node.type == "expression_statement" and part in self._expressions(node)
        return Statement(own, parts, parts.index(own), plain, self._stands_alone(own))

    def _expressions(self, statement: Node) -> list[Stretch]:
        value = statement.named_children[0]
        inner = [value, *(value.named_children[:1] if value.type == "await_expression" else ())]
        return [self._of(each) for each in inner]

    def _stands_alone(self, part: Stretch) -> bool:
        text = self.original.text
        before = text[self.original.line_start(part.start) : part.start]
        after = text[part.end : self.original.line_end(part.end)].strip(" \t;")
        return not before.strip() and (not after or after.startswith("//"))

    def names(self, part: Stretch) -> NamesOfStatement:
        bound, used, later = set[str](), set[str](), set[str]()
        whole = next((each for each in self._by_part.get(part, ())), None)
        pending = [] if whole is None else [(whole, used)]
        for node, kind in pending:
            if node.type in _NAMES:
                (bound if kind is used and self._declares(node) else kind).add(text_of(node))
            deeper = later if node.type in FUNCTIONS else kind
            pending += [(each, deeper) for each in node.named_children]
        return NamesOfStatement(frozenset(bound), frozenset(used), frozenset(later))

    def decorated(self, part: Stretch) -> tuple[Stretch, Stretch, str] | None:
        return None

    def is_last(self, part: Stretch, decorator: str) -> bool:
        return False

    def can_wait(self, part: Stretch) -> bool:
        node: Node | None = self._at(part)
        while node is not None:
            if node.type in FUNCTIONS:
                return any(child.type == "async" for child in node.children)
            node = node.parent
        return False  # at the top only modules may

    def awaited(self, part: Stretch) -> Stretch | None:
        parent = self._at(part).parent
        return self._of(parent) if parent is not None and parent.type == "await_expression" else None

    def is_read_of(self, part: Stretch) -> bool:
        node = self._at(part)
        parent = node.parent
        if parent is None or parent.type not in _READS:
            return False
        return self._of(parent.named_children[0]) == part

    def valued(self, part: Stretch) -> Stretch:
        for node in self._root.named_children:
            if node.type == "export_statement" and self._of(node).start == part.start:
                value = node.child_by_field_name("value")
                if value is not None:
                    return self._of(value)
        raise ImpossibleError("nothing is exported there")

    def returned(self, part: Stretch, name: str) -> Iterator[Stretch]:
        raise ImpossibleError("a class is made by `new`")

    def text_in(self, part: Stretch) -> tuple[Stretch, str]:
        for node in self._by_part.get(part, ()):
            value = node
            given = node.child_by_field_name("arguments") if node.type in _CALLS else None
            if given is not None and given.named_children:
                value = unwrap(given.named_children[0])
            if value.type == "string" or (value.type == "template_string" and "${" not in text_of(value)):
                start, end = self._of(value)
                inside = Stretch(start + 1, end - 1)
                said = self.original.text[inside.start : inside.end]
                if "\\" not in said:
                    return inside, said
        raise ImpossibleError("there is no plain text")

    def function(self, part: Stretch) -> tuple[int, bool]:
        node = self._at(part)
        holder = node if node.type in FUNCTIONS else node.parent
        value = None if holder is None else holder.child_by_field_name("value")
        if value is not None and value.type in FUNCTIONS:
            holder = value
        if holder is None or holder.type not in FUNCTIONS:
            raise ImpossibleError("there is no definition")
        return self._of(holder).start, any(child.type == "async" for child in holder.children)

    def bound(self) -> Iterator[Bound]:
        for node in self._imports():
            module = text_of(node.child_by_field_name("source") or node).strip("'\"")
            for each, _ in walk(node):
                if each.type == "import_specifier":
                    name = each.child_by_field_name("name")
                    alias = each.child_by_field_name("alias")
                    said = "" if name is None else text_of(name)
                    yield Bound(said if alias is None else text_of(alias), module, said)
                elif each.type == "namespace_import":
                    yield Bound(text_of(each.named_children[-1]), module, "")

    def _imports(self) -> Iterator[Node]:
        for node in self._root.named_children:
            if node.type == "import_statement":
                yield node

    def importing(self, module: str, name: str) -> tuple[int, str]:
        last = None
        for node in self._imports():
            last = node
            if text_of(node.child_by_field_name("source") or node).strip("'\"") != module:
                continue
            names = [each for each, _ in walk(node) if each.type == "import_specifier"]
            if names and not any(child.type == "type" for child in node.children):
                part = self._of(names[-1])
                own_line = not self.original.text[self.original.line_start(part.start) : part.start].strip()
                between = self.original.newline(part.start) + self.original.indent(part.start) if own_line else " "
                return part.end, f",{between}{name}"
        quote = "'" if last is None or text_of(last.child_by_field_name("source") or last).startswith("'") else '"'
        at = 0 if last is None else self.original.next_line(self._of(last).end)
        end = ";" if last is None or text_of(last).endswith(";") else ""
        return at, f"import {{ {name} }} from {quote}{module}{quote}{end}{self.original.newline(0)}"

    def importing_first(self, module: str) -> tuple[int, str]:
        first = next(self._imports(), None)
        if first is None:
            raise ImpossibleError("it imports nothing")
        source = text_of(first.child_by_field_name("source") or first)
        end = ";" if text_of(first).endswith(";") else ""
        start = self._of(first).start
        return start, f"import {source[:1]}{module}{source[:1]}{end}{self.original.newline(start)}"

    # Imported names

    def _specifier(self, part: Stretch, name: str) -> Node:
        for node in self._imports():
            for each, _ in walk(node):
                own = self._of(each)
                if each.type == "import_specifier" and own.start <= part.start and part.end <= own.end:
                    written = each.child_by_field_name("name")
                    if written is not None and text_of(written) == name:
                        return each
        raise ImpossibleError("no import of that name stands there")

    def uses(self, part: Stretch, before: str, after: str) -> Iterator[tuple[Stretch, str]]:
        specifier = self._specifier(part, before)
        name = specifier.child_by_field_name("name")
        if name is None:
            raise ImpossibleError("it is not understood")
        yield self._of(name), after
        if specifier.child_by_field_name("alias") is not None:
            return
        nodes = [node for node, _ in walk(self._root)]
        words = ("identifier", "type_identifier")
        if any(text_of(each) == after for each in nodes if each.type in words):
            raise ImpossibleError(f"{after} means something in this file")
        for each in nodes:
            if each.type in _SHORT:
                if text_of(each) == before:
                    raise ImpossibleError(f"{before} is a key and a value, too")
            elif each.type in words and text_of(each) == before and self._of(each) != self._of(name):
                if self._declares(each):
                    raise ImpossibleError(f"{before} means something else in this file, too")
                yield self._of(each), after

    def _declares(self, name: Node) -> bool:
        parent = name.parent
        while parent is not None and parent.type in _PATTERNS:
            name, parent = parent, parent.parent
        return parent is not None and parent.type in _DECLARES and parent.named_children[0] == name

    def moved_import(self, part: Stretch, name: str, module: str) -> Iterator[tuple[Stretch, str]]:
        specifier = self._specifier(part, name)
        statement: Node = specifier
        while statement.type != "import_statement" and statement.parent is not None:
            statement = statement.parent
        names = [self._of(each) for each, _ in walk(statement) if each.type == "import_specifier"]
        source = statement.child_by_field_name("source")
        if source is None or len([each for each in statement.named_children if each.type == "import_clause"]) != 1:
            raise ImpossibleError("it is not understood")
        clause = next(each for each in statement.named_children if each.type == "import_clause")
        if len(names) != 1 or len(clause.named_children) != 1:
            own = self._of(specifier)
            position = names.index(own)
            if len(names) == 1:
                raise ImpossibleError("the import holds more than this list")
            if position + 1 < len(names):
                yield Stretch(own.start, names[position + 1].start), ""
            else:
                yield Stretch(names[position - 1].end, own.end), ""
            at = self.original.next_line(self._of(statement).end)
            quote = text_of(source)[0]
            end = ";" if text_of(statement).endswith(";") else ""
            written = self.original.text[slice(*own)]
            line = f"import {{ {written} }} from {quote}{module}{quote}{end}{self.original.newline(0)}"
            yield Stretch(at, at), line
        else:
            start, end_ = self._of(source)
            yield Stretch(start + 1, end_ - 1), module

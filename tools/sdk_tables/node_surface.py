"""The surface of an npm package. Its modules are spelled with dots where their paths have slashes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tree_sitter import Node

from tools.sdk_tables.node_modules import TYPES_ONLY, Module, Modules, descendants, text
from tools.sdk_tables.node_types import NodeTypes, is_record, path_of
from tools.sdk_tables.surface import Surface, empty

_CLASSES = ("class_declaration", "abstract_class_declaration")
_EMITTERS = ("TypedEmitter", "TypedEventEmitter", "EventEmitter")
_DEPRECATED = re.compile(r"@deprecated\s*(.*?)\s*(?:\*/|\n\s*\*\s*@|\Z)", re.DOTALL)
_WRAPPERS = ("ambient_declaration", "export_statement", "lexical_declaration")
_ENTRY = "index"


def read(archive: Path, package: str) -> Surface:
    """The surface of a release of one of the Node packages, as its entry exports it."""
    return _Reader(Modules(archive), package).surface()


class _Reader:
    def __init__(self, modules: Modules, package: str) -> None:
        self.modules = modules
        self.package = package
        self.found = empty()
        self._types = NodeTypes(modules)

    def surface(self) -> Surface:
        self._names(self.package, _ENTRY)
        return self.found

    def _names(self, owner: str, path: str) -> None:
        """The exports of a module, and of the namespaces among them."""
        names: dict[str, str] = {}
        self.found["names"][owner] = names
        for name, (home, inner) in sorted(self.modules.exports(path).items()):
            if inner == "*":
                names[name] = f"M {owner}.{name}"
                if owner.count(".") < 3:
                    self._names(f"{owner}.{name}", home)
                continue
            declaration = self.modules.declaration(home, inner)
            if declaration is None:
                names[name] = "X"
                continue
            module, node = declaration
            names[name] = self._declared(path_of(module, node), module, node)

    def _declared(self, path: str, module: Module, node: Node) -> str:
        known = path in self.found["members"]
        self._note(node, path, "")
        if node.type in _CLASSES:
            if not known:
                members = self.found["members"].setdefault(path, {})
                self._class(path, module, node, members)
            return f"C {path}"
        if node.type == "enum_declaration":
            self.found["members"][path] = dict(_enum(node))
            return f"E {path}"
        if node.type.startswith("function_"):
            functions = self.found["members"].setdefault(module.path.replace("/", "."), {})
            functions[path.rpartition(".")[2]] = _callable(node, self._types.keys(module, node))
            return f"F {path}"
        alias = next((each for each in descendants(node) if each.type == "type_query"), None)
        if node.type == "variable_declarator" and alias is not None and alias.named_child_count:
            aliased = self.modules.declaration(module.path, text(alias.named_children[0]))
            if aliased is not None and aliased[1].type in _CLASSES:
                home, target = aliased
                return self._declared(path_of(home, target), *aliased)
        if node.type not in TYPES_ONLY:
            return "V"
        fields = self._types.fields(module, node) if is_record(path.rpartition(".")[2]) else None
        if not fields:
            return "T"
        self.found["members"][path] = fields
        return f"T {path}"

    # Classes

    def _class(self, path: str, module: Module, node: Node, members: dict[str, str]) -> None:
        base = next((each for each in node.named_children if each.type == "class_heritage"), None)
        if base is not None:
            self._inherit(path, module, base, members)
        body = node.child_by_field_name("body")
        for child in [] if body is None else body.named_children:
            name = text(child.child_by_field_name("name"))
            if not name or name.startswith(("_", "#", "[")):
                continue
            if any(each.type == "accessibility_modifier" and text(each) == "private" for each in child.children):
                members[name] = "a"  # it is there at run time, and its type is not told
                continue
            if name == "constructor":
                members["()"] = _parameters(child, self._types.keys(module, child))
            elif child.type in ("method_signature", "method_definition", "abstract_method_signature"):
                members[name] = self._method(path, module, child, members.get(name, ""))
            else:
                members[name] = f"a{self._types.said(path, module, child.child_by_field_name('type'))}"
            self._note(child, path, name)

    def _method(self, path: str, module: Module, node: Node, before: str) -> str:
        """A method, or an accessor: ``w`` if there is one that sets it."""
        if any(each.type == "set" for each in node.children):
            return f"w{before[1:]}"
        promised = self._types.said(path, module, node.child_by_field_name("return_type"))
        if any(each.type == "get" for each in node.children):
            return f"{'w' if before[:1] == 'w' else 'p'}{promised}"
        return f"{_callable(node, self._types.keys(module, node))}{promised}"

    def _inherit(self, path: str, module: Module, heritage: Node, members: dict[str, str]) -> None:
        for clause in heritage.named_children:
            value = clause.child_by_field_name("value") if clause.type == "extends_clause" else None
            if value is None:
                continue
            declaration = self.modules.declaration(module.path, text(value))
            if declaration is None:
                members["<" if text(value) in _EMITTERS else "?"] = text(value)
            elif declaration[1].type in _CLASSES:
                home, node = declaration
                base = path_of(home, node)
                if base not in self.found["members"]:
                    self._declared(base, home, node)
                members.update(self.found["members"][base])
                if base in self.found["events"]:
                    self.found["events"].setdefault(path, {}).update(self.found["events"][base])
            else:
                self._emitter(path, *declaration, members)

    def _emitter(self, path: str, module: Module, node: Node, members: dict[str, str]) -> None:
        """``declare const Room_base: new () => TypedEmitter<RoomCallbacks>``"""
        known = False
        for each in descendants(node):
            if each.type == "generic_type" and text(each.child_by_field_name("name")) in _EMITTERS:
                known = True
                members["<"] = "EventEmitter"
                given = each.child_by_field_name("type_arguments")
                for argument in [] if given is None else given.named_children:
                    self.found["events"].setdefault(path, {}).update(self._callbacks(module, argument))
        if not known:
            members["?"] = "?"

    def _callbacks(self, module: Module, node: Node) -> Iterator[tuple[str, str]]:
        """The events of a type of callbacks, and how many parameters each has."""
        if node.type == "type_identifier":
            declaration = self.modules.declaration(module.path, text(node))
            value = None if declaration is None else declaration[1].child_by_field_name("value")
            if declaration is None or value is None:
                yield "?", "?"
                return
            module, node = declaration[0], value
        if node.type == "intersection_type":
            for each in node.named_children:
                yield from self._callbacks(module, each)
        elif node.type == "object_type":
            for each in node.named_children:
                name, kind = each.child_by_field_name("name"), each.child_by_field_name("type")
                event = "" if name is None else self._event(module, name)
                if event:
                    yield event, _arity(kind)
        else:
            yield "?", "?"

    def _event(self, module: Module, name: Node) -> str:
        if name.type != "computed_property_name":
            return text(name).strip("'\"")
        owner, _, member = text(name).strip("[] ").rpartition(".")
        declaration = self.modules.declaration(module.path, owner)
        values = {} if declaration is None else dict(_enum(declaration[1]))
        return values.get(member, "").removeprefix("= ")

    def _note(self, node: Node, owner: str, name: str) -> None:
        """What a documentation comment before a declaration says of its deprecation."""
        here = node
        while here.parent is not None and here.parent.type in _WRAPPERS:
            here = here.parent
        before = here.prev_named_sibling
        if before is None or before.type != "comment":
            return
        found = _DEPRECATED.search(text(before))
        if found is not None:
            said = re.sub(r"\s*\n\s*\*?\s*", " ", found[1]).strip(" *")
            self.found["deprecated"].setdefault(f"{owner}.{name}" if name else owner, {})[""] = said


def _enum(node: Node) -> Iterator[tuple[str, str]]:
    body = node.child_by_field_name("body")
    for child in [] if body is None else body.named_children:
        if child.type == "enum_assignment":
            name, value = child.child_by_field_name("name"), child.child_by_field_name("value")
            yield text(name), f"= {text(value).strip(chr(39) + chr(34))}"
        elif child.type == "property_identifier":
            yield text(child), "="


def _callable(node: Node, keys: Iterable[str]) -> str:
    returns = text(node.child_by_field_name("return_type")).lstrip(": ")
    coroutine = returns.startswith(("Promise<", "Throws<Promise<"))
    return f"{'c' if coroutine else 'm'}{_parameters(node, keys)}"


def _parameters(node: Node, keys: Iterable[str]) -> str:
    """As the tables write them; the keys of the object that comes last stand where Python has keywords."""
    given = node.child_by_field_name("parameters")
    words: list[str] = []
    for each in [] if given is None else given.named_children:
        pattern = each.child_by_field_name("pattern")
        if pattern is None or text(pattern) == "this":
            continue
        if pattern.type == "rest_pattern":
            words.append("*args")
        else:
            name = text(pattern) if pattern.type == "identifier" else "{}"
            words.append(f"{name}{'=' if each.type == 'optional_parameter' else ''}")
    named = [f"{each}=" for each in sorted(keys)]
    return f"({', '.join([*words, '*', *named] if named else words)})"


def _arity(kind: Node | None) -> str:
    function = (
        None if kind is None else next((each for each in descendants(kind) if each.type == "function_type"), None)
    )
    given = None if function is None else function.child_by_field_name("parameters")
    if given is None:
        return "?"
    spread = any(
        (pattern := each.child_by_field_name("pattern")) is not None and pattern.type == "rest_pattern"
        for each in given.named_children
    )
    return "?" if spread else str(len(given.named_children))

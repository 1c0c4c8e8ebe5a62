"""The fields of the records that Node's SDK passes to listeners, and which classes the types of members are."""

from __future__ import annotations

from functools import cached_property

from tree_sitter import Node

from lkagent_lint.sources.sdk.vocabulary import CLASSES
from tools.sdk_tables.node_modules import TYPES_ONLY, Module, Modules, text

_MAX_DEPTH = 6
_MAX_CLASSES = 12
_RECORDS = ("Event", "Metrics")
"""How the types end whose fields are kept: those of all options would be as much again as the table."""
_NOTHING = frozenset({"null", "undefined"})
_SAME_KEYS = frozenset({"Partial", "Required", "Readonly", "Omit", "Pick", "NonNullable"})
"""Types of TypeScript that have the keys of another one, or some of them."""
_FOLLOWED = frozenset(each.name for found in CLASSES.values() for each in found.node) | {"SpeechHandle"}
_CLASS = "class_declaration"
_METHODS = frozenset({"method_signature", "method_definition"})


def is_record(name: str) -> bool:
    """A type of this name is one whose fields are kept."""
    return name.endswith(_RECORDS)


def path_of(module: Module, node: Node) -> str:
    """The path of a declaration, as the tables have it."""
    return f"{module.path.replace('/', '.')}.{text(node.child_by_field_name('name'))}"


def _joined(parts: list[frozenset[str] | None]) -> frozenset[str] | None:
    known = [each for each in parts if each is not None]
    return frozenset[str]().union(*known) if len(known) == len(parts) else None


class NodeTypes:
    """Asks the declarations of one package."""

    def __init__(self, modules: Modules) -> None:
        self._modules = modules

    def fields(self, module: Module, node: Node, depth: int = 0) -> dict[str, str] | None:
        """The fields of a type, as a table writes members; None where it may have others."""
        if depth > _MAX_DEPTH:
            return None
        match node.type:
            case "interface_declaration":
                return self._interface(module, node, depth)
            case "type_alias_declaration":
                value = node.child_by_field_name("value")
                return None if value is None else self.fields(module, value, depth + 1)
            case "object_type" | "interface_body":
                return self._own(module, node)
            case "intersection_type":
                return self._all(module, node.named_children, depth)
            case "type_identifier":
                found = self._modules.declaration(module.path, text(node))
                return None if found is None or found[1].type not in TYPES_ONLY else self.fields(*found, depth + 1)
            case _:
                return None

    def keys(self, module: Module, node: Node) -> frozenset[str]:
        """The keys that the last parameter of a call takes, where it is an object of which all keys are known."""
        parameters = node.child_by_field_name("parameters")
        last = None if parameters is None or not parameters.named_children else parameters.named_children[-1]
        kind = None if last is None else last.child_by_field_name("type")
        found = None if kind is None or not kind.named_children else self._keys(module, kind.named_children[0], 0)
        return frozenset(each for each in found or () if each.isidentifier())

    def _keys(self, module: Module, node: Node, depth: int) -> frozenset[str] | None:
        """The keys of an object's type, of any of a union's; None where it may have others."""
        if depth > _MAX_DEPTH or text(node) in _NOTHING:
            return frozenset() if depth <= _MAX_DEPTH else None
        match node.type:
            case "union_type" | "intersection_type":
                parts = [self._keys(module, each, depth + 1) for each in node.named_children]
                return _joined(parts)
            case "parenthesized_type":
                return self._keys(module, node.named_children[0], depth + 1)
            case "generic_type":
                name, given = node.child_by_field_name("name"), node.child_by_field_name("type_arguments")
                if name is None or given is None:
                    return None
                return self._keys(module, given.named_children[0] if text(name) in _SAME_KEYS else name, depth + 1)
            case "type_identifier":
                found = self._modules.declaration(module.path, text(node))
                return None if found is None or found[1].type not in TYPES_ONLY else self._keys(*found, depth + 1)
            case "type_alias_declaration":
                value = node.child_by_field_name("value")
                return None if value is None else self._keys(module, value, depth + 1)
            case "interface_declaration":
                heritage = [each for each in node.named_children if each.type == "extends_type_clause"]
                bases = [one for each in heritage for one in each.named_children]
                body = node.child_by_field_name("body")
                return None if body is None else _joined([self._keys(module, e, depth + 1) for e in (*bases, body)])
            case "object_type" | "interface_body":
                own = self._own(module, node)
                return None if own is None else frozenset(own)
            case _:
                return None

    def _interface(self, module: Module, node: Node, depth: int) -> dict[str, str] | None:
        body = node.child_by_field_name("body")
        heritage = [each for each in node.named_children if each.type == "extends_type_clause"]
        bases = [one for each in heritage for one in each.named_children]
        return None if body is None else self._all(module, [*bases, body], depth)

    def _all(self, module: Module, nodes: list[Node], depth: int) -> dict[str, str] | None:
        found: dict[str, str] = {}
        for each in nodes:
            fields = self.fields(module, each, depth + 1)
            if fields is None:
                return None
            found.update(fields)
        return found

    def _own(self, module: Module, node: Node) -> dict[str, str] | None:
        found: dict[str, str] = {}
        for each in node.named_children:
            name = text(each.child_by_field_name("name"))
            if each.type == "property_signature" and name:
                found[name] = f"a{self.said(_RECORDS[0], module, each.child_by_field_name('type'))}"
            elif each.type in _METHODS and name:
                found[name] = "a"
            elif each.type != "comment":
                return None
        return found

    def said(self, owner: str, module: Module, node: Node | None) -> str:
        """The classes and records that the type of a member is, as a table writes them; empty unless it is nothing
        else, and for classes that nobody follows.
        """
        name = owner.rpartition(".")[2]
        is_wanted = node is not None and (name in _FOLLOWED or is_record(name))
        found = self._kinds(module, node, 0) if is_wanted and node is not None else None
        return f" {'|'.join(sorted(found))}" if found and len(found) <= _MAX_CLASSES else ""

    def _kinds(self, module: Module, node: Node, depth: int) -> set[str] | None:
        if depth > _MAX_DEPTH:
            return None
        match node.type:
            case "type_annotation" | "parenthesized_type":
                return self._kinds(module, node.named_children[0], depth + 1) if node.named_children else None
            case "union_type":
                parts = [self._kinds(module, each, depth) for each in node.named_children]
                found = {one for each in parts for one in each or ()}
                return None if any(each is None for each in parts) else found
            case "literal_type" | "predefined_type":
                return set() if text(node) in _NOTHING else None
            case "generic_type":
                name = node.child_by_field_name("name")
                return None if name is None else self._kinds(module, name, depth + 1)
            case "type_identifier":
                return self._named(module, text(node), depth)
            case _:
                return None

    def _named(self, module: Module, name: str, depth: int) -> set[str] | None:
        found = self._modules.declaration(module.path, name)
        if found is None:
            return None
        home, node = found
        if node.type == _CLASS:
            path = path_of(home, node)
            return None if path in self._derived_from else {path}
        if node.type in TYPES_ONLY and is_record(text(node.child_by_field_name("name"))):
            if self.fields(home, node) is not None:
                return {path_of(home, node)}
        value = node.child_by_field_name("value") if node.type == "type_alias_declaration" else None
        return self._kinds(home, value, depth + 1) if value is not None and value.type == "union_type" else None

    @cached_property
    def _derived_from(self) -> frozenset[str]:
        """Classes from which others of the package derive, whose objects have more."""
        found: set[str] = set()
        for module in self._modules.modules.values():
            for node in module.declared.values():
                heritage = next((each for each in node.named_children if each.type == "class_heritage"), None)
                for clause in [] if heritage is None else heritage.named_children:
                    value = clause.child_by_field_name("value")
                    base = None if value is None else self._modules.declaration(module.path, text(value))
                    if base is not None:
                        found.add(path_of(*base))
        return frozenset(found)

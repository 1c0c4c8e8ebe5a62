"""The functions of a file and what their names are bound to; one flow a function, without blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import MODULE, Flow, Parameter
from lkagent_lint.frontends.javascript.expressions import is_environment, value_of
from lkagent_lint.frontends.javascript.parse import FUNCTIONS, Source, text_of, unwrap
from lkagent_lint.text import START_OF_FILE

if TYPE_CHECKING:
    from tree_sitter import Node


class Scope:
    """A function being read; blocks are not told apart, so two constants of one name are one of two values."""

    def __init__(self, name: str, node: Node | None, parent: Scope | None) -> None:
        self.name = name
        self.node = node
        self.parent = parent
        self.parameters: list[str] = []
        self.variables: dict[str, list[v.Expr]] = {}

    def bind(self, name: str, value: v.Expr) -> None:
        self.variables.setdefault(name, []).append(value)

    def owner(self, name: str) -> Scope | None:
        here: Scope | None = self
        while here is not None and name not in here.variables and name not in here.parameters:
            here = here.parent
        return here

    def freeze(self, source: Source) -> Flow:
        return Flow(
            name=self.name,
            span=START_OF_FILE if self.node is None else source.span(self.node, self.node.child(0)),
            parameters=tuple(Parameter(name) for name in self.parameters),
            parent="" if self.parent is None or self.parent.name == MODULE else self.parent.name,
            variables={name: tuple(values) for name, values in self.variables.items()},
        )


class Scopes:
    """Every function of a file, by its node; and what the module imports and exports."""

    def __init__(self, root: Node) -> None:
        self.module = Scope(MODULE, None, None)
        self.all = [self.module]
        self.modules: dict[str, None] = {}
        self.stars: list[str] = []
        self._assignments: list[tuple[Scope, str, v.Expr]] = []
        self._by_node: dict[int, Scope] = {}
        self._read(root)
        for scope, name, value in self._assignments:
            (scope.owner(name) or self.module).bind(name, value)

    def of(self, node: Node) -> Scope:
        """The scope in which a node stands."""
        here: Node | None = node
        while here is not None:
            if here.id in self._by_node:
                return self._by_node[here.id]
            here = here.parent
        return self.module

    def _read(self, root: Node) -> None:
        stack = [(root, self.module)]
        while stack:
            node, scope = stack.pop()
            if node.type in FUNCTIONS:
                scope = self._function(node, scope)
            else:
                self._statement(node, scope)
            stack.extend((child, scope) for child in reversed(node.named_children))

    def _function(self, node: Node, outer: Scope) -> Scope:
        scope = Scope(f"{outer.name}.<{len(self.all)}>", node, outer)
        self.all.append(scope)
        self._by_node[node.id] = scope
        name = node.child_by_field_name("name")
        if name is not None and node.type != "method_definition":
            outer.bind(text_of(name), v.OPAQUE)
        given = node.child_by_field_name("parameters") or node.child_by_field_name("parameter")
        for each in [] if given is None else [given, *_descendants(given)]:
            if each.type in ("identifier", "shorthand_property_identifier_pattern"):
                scope.parameters.append(text_of(each))
        return scope

    def _statement(self, node: Node, scope: Scope) -> None:
        match node.type:
            case "variable_declarator":
                target, value = node.child_by_field_name("name"), node.child_by_field_name("value")
                if target is not None:
                    self._bind(target, v.OPAQUE if value is None else value_of(value), value, scope)
            case "assignment_expression" | "augmented_assignment_expression":
                self._assignment(node, scope)
            case "import_statement":
                self._import(node)
            case "export_statement":
                self._export(node)
            case "enum_declaration":
                self._enum(node, scope)
            case "class_declaration" | "abstract_class_declaration":
                name = node.child_by_field_name("name")
                if name is not None:
                    scope.bind(text_of(name), v.OPAQUE)
            case "catch_clause" | "for_in_statement":
                target = node.child_by_field_name("parameter") or node.child_by_field_name("left")
                if target is not None:
                    self._bind(target, v.OPAQUE, None, scope)
            case _:
                pass

    def _bind(self, target: Node, value: v.Expr, source: Node | None, scope: Scope) -> None:
        match target.type:
            case "identifier":
                if isinstance(value, v.External):
                    self.modules[value.module] = None
                scope.bind(text_of(target), value)
            case "object_pattern":
                for child in target.named_children:
                    self._bind_property(child, value, source, scope)
            case _:
                for each in [target, *_descendants(target)]:
                    if each.type in ("identifier", "shorthand_property_identifier_pattern"):
                        scope.bind(text_of(each), v.OPAQUE)

    def _bind_property(self, child: Node, value: v.Expr, source: Node | None, scope: Scope) -> None:
        """``{ a, b: c, d = "x" }`` of a value: an attribute each, or a variable of the environment."""
        key, target, default = child, child, None
        if child.type == "pair_pattern":
            key, target = child.child_by_field_name("key") or child, child.child_by_field_name("value") or child
        if target.type in ("object_assignment_pattern", "assignment_pattern"):
            default = target.child_by_field_name("right")
            target = target.child_by_field_name("left") or target
            key = target if key is child else key
        if target.type not in ("identifier", "shorthand_property_identifier_pattern"):
            self._bind(target, v.OPAQUE, None, scope)
            return
        name = text_of(key)
        held: v.Expr = v.Attribute(value, name)
        if source is not None and is_environment(source):
            held = v.Env(name)
        elif isinstance(value, v.External) and value.name == "*":
            self.modules[value.module] = None
            held = v.External(value.module, name)
        scope.bind(text_of(target), held if default is None else v.Or((held, value_of(default))))

    def _assignment(self, node: Node, scope: Scope) -> None:
        target, value = node.child_by_field_name("left"), node.child_by_field_name("right")
        if target is None or value is None:
            return
        found = v.OPAQUE if node.type.startswith("augmented") else value_of(value)
        if target.type == "identifier":
            self._assignments.append((scope, text_of(target), found))
        elif target.type == "member_expression":
            self._exported_by_assignment("".join(text_of(target).split()), found)

    def _exported_by_assignment(self, target: str, value: v.Expr) -> None:
        """``module.exports = {...}`` and ``exports.name = ...``."""
        if target == "module.exports":
            self.module.bind("default", value)
            for key, each in value.entries if isinstance(value, v.Mapping) else ():
                if key != "**" and each != v.Name(key):
                    self.module.bind(key, each)
        elif target.startswith(("exports.", "module.exports.")):
            self.module.bind(target.rpartition(".")[2], value)

    def _import(self, node: Node) -> None:
        module = _specifier(node)
        if module is None:
            return
        self.modules[module] = None
        for each in _descendants(node):
            if each.type == "import_specifier":
                name, alias = each.child_by_field_name("name"), each.child_by_field_name("alias")
                if name is not None:
                    self.module.bind(text_of(alias or name), v.External(module, text_of(name)))
            elif each.type == "namespace_import" and each.named_child_count:
                self.module.bind(text_of(each.named_children[0]), v.External(module, "*"))
            elif each.type == "identifier" and each.parent is not None and each.parent.type == "import_clause":
                self.module.bind(text_of(each), v.External(module, "default"))

    def _export(self, node: Node) -> None:
        module = _specifier(node)
        if module is not None:
            self.modules[module] = None
        value = node.child_by_field_name("value")
        if value is not None:
            self.module.bind("default", value_of(value))
        specifiers = [each for each in _descendants(node) if each.type == "export_specifier"]
        for each in specifiers:
            name, alias = each.child_by_field_name("name"), each.child_by_field_name("alias")
            if name is not None:
                local = text_of(name)
                held: v.Expr = v.Name(local) if module is None else v.External(module, local)
                if module is not None or (alias is not None and text_of(alias) != local):
                    self.module.bind(text_of(alias or name), held)
        if module is not None and not specifiers and any(child.type == "*" for child in node.children):
            self.stars.append(module)

    def _enum(self, node: Node, scope: Scope) -> None:
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        if name is None or body is None:
            return
        members: list[tuple[str, v.Expr]] = []
        for child in body.named_children:
            if child.type == "enum_assignment":
                key, value = child.child_by_field_name("name"), child.child_by_field_name("value")
                if key is not None and value is not None:
                    members.append((text_of(key), value_of(value)))
        scope.bind(text_of(name), v.Mapping(tuple(members)))


def _specifier(node: Node) -> str | None:
    """The module that an import or a re-export names."""
    source = node.child_by_field_name("source")
    value = None if source is None else value_of(unwrap(source))
    return value.value if isinstance(value, v.Text) else None


def _descendants(node: Node) -> list[Node]:
    found: list[Node] = []
    stack = [*reversed(node.named_children)]
    while stack:
        here = stack.pop()
        found.append(here)
        stack.extend(reversed(here.named_children))
    return found

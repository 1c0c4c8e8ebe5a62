"""What ECMAScript's modules, globals and object literals mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import MODULE
from lkagent_lint.facts.scopes import assigned_once
from lkagent_lint.project import node_sdk
from lkagent_lint.project.things import (
    ANYTHING,
    NEVER,
    NOTHING,
    UNKNOWN,
    Activation,
    Foreign,
    FromVariable,
    Library,
    ModuleOf,
    Record,
    Sdk,
    String,
    Thing,
    Things,
    only,
    record_of,
)

if TYPE_CHECKING:
    from lkagent_lint.project.evaluate import Evaluator

_MAX_DEPTH = 12
_SETTINGS = ("$env/", "astro:env/", "cloudflare:workers")
"""Modules by which frameworks give the variables of the environment: each by its name, or all of them as ``env``."""


class Scripts:
    """The part of the evaluator that speaks of JavaScript and TypeScript."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._stored: dict[str, frozenset[str]] = {}

    def covers(self, path: str) -> bool:
        facts = self._evaluator.files.get(path)
        return facts is not None and facts.language == "javascript"

    def outside(self, name: str) -> Things:
        """A name that no scope of the file binds: one of the language's own, or anything."""
        return only(Library(f"{node_sdk.BUILTINS}{name}")) if name in node_sdk.GLOBALS else ANYTHING

    def external(self, node: v.External, activation: Activation) -> Things:
        """An import: an export of a file of the project, or something of a package."""
        if node.module.startswith(_SETTINGS):
            return only(Library(node_sdk.ENVIRONMENT) if node.name in ("env", "*") else FromVariable(node.name, None))
        path = self._evaluator.modules.find_script(activation.path, node.module)
        if path is not None:
            return only(ModuleOf(path)) if node.name == "*" else self.export(path, node.name)
        dotted = node_sdk.dotted(node.module, node.name)
        if dotted is not None:
            return only(Sdk(dotted))
        if node_sdk.is_core(node.module):
            return only(Library(f"{node_sdk.BUILTINS}{node.module}.{node.name}"))
        return only(Foreign(f"{node.module}.{node.name}"))

    def export(self, path: str, name: str) -> Things:
        """What a file of the project exports under a name, through re-exports."""
        evaluator = self._evaluator
        facts = evaluator.files.get(path)
        if facts is None or facts.problems:
            return ANYTHING
        if name in facts.flows[MODULE].variables:
            return evaluator.value(v.Name(name), evaluator.module(path))
        for star in facts.stars:
            target = evaluator.modules.find_script(path, star)
            if target is not None and target != path:
                found = evaluator.value(v.External(star, name), evaluator.module(path))
                if UNKNOWN not in found:
                    return found
        return ANYTHING

    # Object literals

    def record(self, node: v.Mapping, activation: Activation) -> Record:
        """An object literal; what is stored under one of its names elsewhere in the file may be in it too."""
        entries: dict[str, Things] = {}
        is_open = False
        for key, value in node.entries:
            if key == "**":
                is_open |= not self._spread(self._evaluator.value(value, activation), entries)
            elif key:
                entries[key] = self._evaluator.value(value, activation)
                if key in self._stores(activation.path):
                    entries[key] |= ANYTHING
            else:
                is_open = True
        return record_of(activation.path, entries.items(), is_open)

    def _spread(self, values: Things, entries: dict[str, Things]) -> bool:
        """Put what an object that is spread holds among entries. Whether all of it is known."""
        records = [each for each in values if isinstance(each, Record)]
        for record in records:
            for name, held in record.entries:
                entries[name] = held if len(values) == 1 else held | entries.get(name, NEVER)
        return len(records) == len(values) and not any(each.open_ended for each in records)

    def held(self, record: Record, name: str) -> Things:
        """``record.name``."""
        for key, values in record.entries:
            if key == name:
                return values
        return ANYTHING if record.open_ended or name in self._stores(record.path) else only(NOTHING)

    def chosen(self, record: Record, keys: Things) -> Things:
        """``record[key]``: by a key that is known, or one of all that the record holds."""
        found: set[Thing] = set()
        for key in keys:
            if isinstance(key, String):
                found |= self.held(record, key.value)
            else:
                found |= NEVER.union(*(values for _, values in record.entries))
                found |= ANYTHING if record.open_ended or not record.entries else NEVER
        return frozenset(found)

    def _stores(self, path: str) -> frozenset[str]:
        """Every name under which some function of a file stores something, but for what classes store in themselves."""
        if path not in self._stored:
            flows = self._evaluator.files[path].flows.values()
            self._stored[path] = frozenset(
                store.name
                for flow in flows
                for store in flow.stores
                if not (flow.owner and store.base == v.Name("this"))
            )
        return self._stored[path]

    def entry(self, node: v.Attribute, activation: Activation) -> Things | None:
        """``CONFIG.name``, where it is known which object literal CONFIG is; None where it is not."""
        held = self.literal(node.base, activation)
        if held is None:
            return None
        mapping, home = held
        values = [value for key, value in mapping.entries if key == node.name]
        if any(key in ("", "**") for key, _ in mapping.entries) or node.name in self._stores(home.path):
            return None
        return self._evaluator.union(values, home) if values else only(NOTHING)

    def literal(self, node: v.Expr, activation: Activation) -> tuple[v.Mapping, Activation] | None:
        """The one object literal that an expression is, and where it stands."""
        match self.origin(node, activation):
            case (v.Mapping() as mapping, home):
                return mapping, home
            case _:
                return None

    def origin(self, node: v.Expr, activation: Activation, depth: int = _MAX_DEPTH) -> tuple[v.Expr, Activation] | None:
        """What an expression is, and where that stands: through names that hold one value, imports, and entries of
        object literals. None where it may be several.
        """
        evaluator = self._evaluator
        if depth == 0:
            return None
        match node:
            case v.Typed(_, value) if value is not None:
                return self.origin(value, activation, depth - 1)
            case v.Name(name):
                held = assigned_once(activation.facts, activation.flow, name)
                if held is None:
                    return None
                return self.origin(held[1], evaluator.usual(activation.path, held[0]), depth - 1)
            case v.External(module, name) if name != "*":
                path = evaluator.modules.find_script(activation.path, module)
                if path is None or path not in evaluator.files or evaluator.files[path].problems:
                    return None
                return self.origin(v.Name(name), evaluator.module(path), depth - 1)
            case v.Attribute(base, name):
                match self.origin(base, activation, depth - 1):
                    case (v.Mapping(entries), outer):
                        found = [value for key, value in entries if key == name]
                        return self.origin(found[0], outer, depth - 1) if len(found) == 1 else (node, activation)
                    case _:
                        return node, activation
            case _:
                return node, activation

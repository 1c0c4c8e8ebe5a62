"""The modules of a wheel as syntax trees, and what their names mean. Nothing is imported."""

from __future__ import annotations

import ast
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

_MAX_ALIASES = 20

Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


class Module:
    """One module: its top-level bindings, in the order in which they are made."""

    def __init__(self, name: str, is_package: bool, source: bytes) -> None:
        tree = ast.parse(source)
        self.emits = b".emit(" in source
        """Only then can a class in it emit events."""
        self.name = name
        self.is_package = is_package
        self.definitions: dict[str, Definition] = {}
        self.imports: dict[str, str] = {}
        """Name -> absolute dotted path of what was imported under it."""
        self.values: dict[str, ast.expr | None] = {}
        self.stars: list[str] = []
        self.public: list[str] | None = None
        """``__all__``, where it is a plain list."""
        for statement in statements(tree.body):
            self._bind(statement)

    def _bind(self, statement: ast.stmt) -> None:
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self._forget(statement.name)
                self.definitions[statement.name] = statement
            case ast.Import():
                for alias in statement.names:
                    name = alias.asname or alias.name.partition(".")[0]
                    self._forget(name)
                    self.imports[name] = alias.name if alias.asname else name
            case ast.ImportFrom():
                base = self.absolute(statement)
                for alias in statement.names:
                    if alias.name == "*":
                        self.stars.append(base)
                    else:
                        self._forget(alias.asname or alias.name)
                        self.imports[alias.asname or alias.name] = f"{base}.{alias.name}"
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    for name in _targets(target):
                        self._assign(name, value)
            case ast.AnnAssign(target=ast.Name(id=name), value=value):
                self._assign(name, value)
            case _:
                pass

    def _assign(self, name: str, value: ast.expr | None) -> None:
        if name == "__all__" and isinstance(value, (ast.List, ast.Tuple)):
            self.public = [each.value for each in value.elts if isinstance(each, ast.Constant)]  # type: ignore[misc]
        self._forget(name)
        self.values[name] = value

    def _forget(self, name: str) -> None:
        for each in (self.definitions, self.imports, self.values):
            each.pop(name, None)

    def absolute(self, node: ast.ImportFrom) -> str:
        """The module that a ``from`` import names."""
        if not node.level:
            return node.module or ""
        parts = self.name.split(".")
        parts = parts[: len(parts) - node.level + self.is_package]
        return ".".join([*parts, *([node.module] if node.module else [])])


class Modules:
    """All modules of a wheel below ``livekit``; a stub stands for its module, because protobuf's hold nothing."""

    def __init__(self, archive: Path) -> None:
        self.modules: dict[str, Module] = {}
        self._names: dict[str, dict[str, str]] = {}
        self._resolved: dict[str, str] = {}
        with zipfile.ZipFile(archive) as wheel:
            for path in sorted(wheel.namelist()):
                stem, dot, suffix = path.rpartition(".")
                if not path.startswith("livekit/") or suffix not in ("py", "pyi") or not dot:
                    continue
                name = stem.removesuffix("/__init__").replace("/", ".")
                if suffix == "py" and name in self.modules:
                    continue
                self.modules[name] = Module(name, stem.endswith("/__init__"), wheel.read(path))
        self._children: dict[str, list[str]] = {}
        for name in self.modules:
            parent, _, last = name.rpartition(".")
            self._children.setdefault(parent, []).append(last)

    def public(self) -> Iterator[Module]:
        """Modules without a private part in their path."""
        for name, module in sorted(self.modules.items()):
            if not any(part.startswith("_") for part in name.split(".")):
                yield module

    def names(self, module: Module, seen: frozenset[str] = frozenset()) -> dict[str, str]:
        """Every name that can be imported from a module, with the dotted path that it means first."""
        found = self._names.get(module.name)
        if found is None:
            found = self._names_of(module, seen)
            if not seen:
                self._names[module.name] = found
        return found

    def _names_of(self, module: Module, seen: frozenset[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for star in module.stars:
            other = self.modules.get(star)
            if other is None or star in seen:
                continue
            inner = self.names(other, seen | {module.name})
            wanted = other.public if other.public is not None else [each for each in inner if not each.startswith("_")]
            found.update({each: inner.get(each, f"{star}.{each}") for each in wanted})
        for name in (*module.values, *module.definitions):
            found[name] = f"{module.name}.{name}"
        found.update(module.imports)
        for name in self._children.get(module.name, ()):
            found.setdefault(name, f"{module.name}.{name}")
        return found

    def resolve(self, path: str) -> str:
        """The path of the definition that a dotted path leads to, through imports and plain aliases."""
        if path not in self._resolved:
            self._resolved[path] = self._resolve(path, 0)
        return self._resolved[path]

    def _resolve(self, path: str, depth: int) -> str:
        if path in self.modules or depth > _MAX_ALIASES:
            return path
        parent, _, name = path.rpartition(".")
        module = self.modules.get(parent)
        if module is None:
            if not parent:
                return path
            inner = self._resolve(parent, depth + 1)
            return path if inner == parent else self._resolve(f"{inner}.{name}", depth + 1)
        if name in module.imports:
            return self._resolve(module.imports[name], depth + 1)
        if name in module.definitions:
            return path
        if name in module.values:
            value = module.values[name]
            target = dotted(value) if value is not None else ""
            return self._resolve(self.meaning(module, target), depth + 1) if target else path
        for star in module.stars:
            other = self.modules.get(star)
            if other is None:
                continue
            if name in self.names(other) and (other.public is None or name in other.public):
                return self._resolve(f"{star}.{name}", depth + 1)
        return path

    def meaning(self, module: Module, target: str) -> str:
        """The absolute path of a dotted name as a module spells it; a builtin keeps its name."""
        first, dot, rest = target.partition(".")
        base = module.imports.get(first) or self.names(module).get(first) or first
        return f"{base}{dot}{rest}"

    def definition(self, path: str) -> tuple[Module, Definition] | None:
        """The definition at the end of a path, with the module that holds it."""
        path = self.resolve(path)
        parent, _, name = path.rpartition(".")
        module = self.modules.get(parent)
        found = None if module is None else module.definitions.get(name)
        return None if module is None or found is None else (module, found)

    def class_at(self, path: str) -> tuple[Module, ast.ClassDef] | None:
        """The class at the end of a path, with the module that holds it."""
        match self.definition(path):
            case module, ast.ClassDef() as node:
                return module, node
            case _:
                return None


def statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements, those within ``if``, ``try`` and ``with`` included; not what only type checkers see."""
    for statement in body:
        match statement:
            case ast.If(test=test, body=inner, orelse=orelse):
                if dotted(test).rpartition(".")[2] != "TYPE_CHECKING":
                    yield from statements(inner)
                yield from statements(orelse)
            case ast.Try(body=inner, handlers=handlers, orelse=orelse, finalbody=final):
                for handler in handlers:
                    yield from statements(handler.body)
                yield from statements([*inner, *orelse, *final])
            case ast.With(body=inner):
                yield from statements(inner)
            case _:
                yield statement


def dotted(node: ast.expr | None) -> str:
    """``a.b.c`` as written; empty for everything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    parts.append(node.id)
    return ".".join(reversed(parts))


def _targets(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, (ast.Tuple, ast.List)):
        for each in node.elts:
            yield from _targets(each)

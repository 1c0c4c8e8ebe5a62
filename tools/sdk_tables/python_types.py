"""Which classes of LiveKit's packages the annotations of a wheel promise."""

from __future__ import annotations

import ast
from functools import cached_property

from lkagent_lint.sources.sdk.vocabulary import CLASSES
from tools.sdk_tables.python_modules import Definition, Module, Modules, dotted

_FOLLOWED = frozenset(each.name for found in CLASSES.values() for each in found.python) | {
    "SpeechHandle",
    "AccessToken",
}
_RECORDS = ("Event",)
_MAX_DEPTH = 4
_MAX_CLASSES = 12
_TRANSPARENT = frozenset({"Annotated", "Final", "Optional", "Required"})
_ABSTRACT = frozenset({"ABC", "Protocol"})
"""Others derive from such a class, and from one with an ``abstractmethod``, plugins among them, and their objects have
more than it has.
"""
_MESSAGES = "livekit.protocol."
"""Whose classes have members that the tables do not know."""
OWN = "."
"""Before the path of a class of the package itself: what its modules begin with is left out."""


class Promises:
    """What the members of a wheel's classes promise to be, or to return."""

    def __init__(self, modules: Modules) -> None:
        self._modules = modules
        self.named: set[str] = set()
        """The paths of all classes of the wheel that something has promised."""

    def said(self, owner: str, annotation: ast.expr | None) -> str:
        """The classes that an annotation in a class promises, as a table writes them; empty unless it promises nothing
        else, and for classes that nobody follows: their promises would be as much again as the table.
        """
        name = owner.rpartition(".")[2]
        is_record = name.endswith(_RECORDS) and ".cli." not in owner
        if name not in _FOLLOWED and not is_record:
            return ""
        module = self._modules.modules[owner.rpartition(".")[0]]
        found = None if annotation is None else self._promised(module, annotation, owner, 0)
        if not found or len(found) > _MAX_CLASSES:
            return ""
        self.named |= {each for each in found if self._modules.definition(each) is not None}
        return f" {'|'.join(sorted(map(short, found)))}"

    def _promised(self, module: Module, node: ast.expr, owner: str, depth: int) -> set[str] | None:
        """The paths of the classes; ``None`` is no class, and None is returned for everything else."""
        if depth > _MAX_DEPTH:
            return None
        match node:
            case ast.Constant(value=None):
                return set()
            case ast.Constant(value=str(text)):
                return self._promised(module, ast.parse(text.strip(), mode="eval").body, owner, depth + 1)
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                return self._together(module, [left, right], owner, depth)
            case ast.Subscript(value=base, slice=inner) if dotted(base).rpartition(".")[2] == "Union":
                return self._together(module, inner.elts if isinstance(inner, ast.Tuple) else [inner], owner, depth)
            case ast.Subscript(value=base, slice=inner) if dotted(base).rpartition(".")[2] in _TRANSPARENT:
                return self._promised(module, inner.elts[0] if isinstance(inner, ast.Tuple) else inner, owner, depth)
            case ast.Subscript(value=base):
                return self._promised(module, base, owner, depth)
            case ast.Name() | ast.Attribute():
                return self._named(module, dotted(node), owner, depth)
            case _:
                return None

    def _together(self, module: Module, nodes: list[ast.expr], owner: str, depth: int) -> set[str] | None:
        found: set[str] = set()
        for each in nodes:
            known = self._promised(module, each, owner, depth)
            if known is None:
                return None
            found |= known
        return found

    def _named(self, module: Module, name: str, owner: str, depth: int) -> set[str] | None:
        path = owner if name == "Self" else self._modules.resolve(self._modules.meaning(module, name)) if name else ""
        definition = self._modules.definition(path)
        if definition is not None:
            return self._derived(self._public(path)) if isinstance(definition[1], ast.ClassDef) else None
        home = self._modules.modules.get(path.rpartition(".")[0])
        if home is None:
            return {path} if path.startswith("livekit.") and not path.startswith(_MESSAGES) else None
        value = home.values.get(path.rpartition(".")[2])  # the name of a union
        return self._promised(home, value, owner, depth + 1) if isinstance(value, (ast.Subscript, ast.BinOp)) else None

    def _derived(self, path: str) -> set[str] | None:
        """A class and those that derive from it; None where others may."""
        found, new = {path}, {path}
        while new:
            new = {each for base in new for each in self._below.get(base, ())} - found
            found |= new
        if any(each in self._open for each in found):
            return None
        return {each for each in found if each == path or (self._adds(each) and not _is_private(each))}

    def _public(self, path: str) -> str:
        """A private class stands for the public one from which it derives."""
        for base, names in self._below.items() if _is_private(path) else ():
            if path in names and self._modules.class_at(base) is not None:
                return base
        return path

    def _adds(self, path: str) -> bool:
        """A class has fields or public methods of its own, which those above it may not have."""
        found = self._modules.class_at(path)
        body = [] if found is None else found[1].body
        functions = (each.name for each in body if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef)))
        return any(isinstance(each, (ast.Assign, ast.AnnAssign)) for each in body) or any(
            not name.startswith("_") for name in functions
        )

    @cached_property
    def _below(self) -> dict[str, set[str]]:
        """Every class of the wheel by its direct bases."""
        found: dict[str, set[str]] = {}
        for module in self._modules.modules.values():
            for name, node in module.definitions.items():
                for base in node.bases if isinstance(node, ast.ClassDef) else ():
                    written = dotted(base.value if isinstance(base, ast.Subscript) else base)
                    if written:
                        path = self._modules.resolve(self._modules.meaning(module, written))
                        found.setdefault(path, set()).add(f"{module.name}.{name}")
        return found

    @cached_property
    def _open(self) -> frozenset[str]:
        """Classes that are there to be derived from, and those below them."""
        found: set[str] = set()
        new = {each for base, names in self._below.items() if base.rpartition(".")[2] in _ABSTRACT for each in names}
        for module in self._modules.modules.values():
            new |= {f"{module.name}.{name}" for name, node in module.definitions.items() if _is_abstract(node)}
        while new - found:
            found |= new
            new = {each for base in new for each in self._below.get(base, ())}
        return frozenset(found)


def _is_private(path: str) -> bool:
    return path.rpartition(".")[2].startswith("_")


def _is_abstract(node: Definition) -> bool:
    """A class with a method that others have to define."""
    methods = (each for each in node.body if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef)))
    return isinstance(node, ast.ClassDef) and any(
        dotted(one).rpartition(".")[2] == "abstractmethod" for each in methods for one in each.decorator_list
    )


def short(path: str) -> str:
    """A path as a table writes it."""
    return OWN + path.removeprefix("livekit.agents.") if path.startswith("livekit.agents.") else path

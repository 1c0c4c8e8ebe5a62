"""Through which names a file reaches calls that block, so that they are recorded wherever they stand."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from lkagent_lint.frontends.python.host import SIMPLE
from lkagent_lint.sources.blocking import CALLS_OF_COMMON, COMMON, LAST, MODULES, names_below

_IMPORTS = re.compile(r"^[ \t]*(?:import|from)[ \t].*", re.MULTILINE)
_MODULE = re.compile(rf"\b(?:{'|'.join(sorted(MODULES))})\b")
_CALLS_OF_COMMON = re.compile(rf"\b(?:{'|'.join(sorted(CALLS_OF_COMMON))})\b")
_ROUNDS = 4
"""Clients that are made from clients that are made from clients are followed so far."""


class Reaches(NamedTuple):
    """The names of one file that lead to calls that block."""

    modules: dict[str, frozenset[str]]
    """Names that modules are imported by, and which of their attributes lead on."""
    objects: frozenset[str]
    """Names of functions, clients and attributes."""

    def mentions(self, node: ast.AST) -> bool:
        """Whether a node alone, without what it holds, is one of the names."""
        match node:
            case ast.Name(id=name):
                return name in self.objects
            case ast.Attribute(value=ast.Name(id=module), attr=name):
                return name in self.objects or name in self.modules.get(module, ())
            case ast.Attribute(attr=name):
                return name in self.objects
            case _:
                return False

    def is_client(self, node: ast.expr) -> bool:
        """Whether an expression goes through one of the names, and not through a call that blocks: what such a call
        gives is no client any more.
        """
        while True:
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LAST:
                return False
            if self.mentions(node):
                return True
            match node:
                case ast.Attribute(value=inner) | ast.Subscript(value=inner) | ast.Await(value=inner):
                    node = inner
                case ast.Call(func=inner):
                    node = inner
                case _:
                    return False


NOWHERE = Reaches({}, frozenset())
BY_THEIR_NAMES = Reaches({module: names_below(module) for module in MODULES}, frozenset())
"""Of a file whose imports are not looked through."""


def _calls_common(text: str) -> bool:
    """Whether a text holds a name of what blocks in a common module; a search for literals is soon done."""
    return any(name in text for name in CALLS_OF_COMMON) and _CALLS_OF_COMMON.search(text) is not None


def reaches(text: str, tree: ast.Module) -> Reaches:
    """The names of a file through which it reaches calls that block: imports, and what is made from them."""
    found = {module for line in _IMPORTS.findall(text) for module in _MODULE.findall(line)}
    if not found or (COMMON.issuperset(found) and not _calls_common(text)):
        return NOWHERE
    statements = list(_statements(tree.body))
    modules, objects = _imported(statements)
    if not modules and not objects:
        return NOWHERE
    for _ in range(_ROUNDS):
        known = Reaches(modules, frozenset(objects))
        objects.update(name for value, name in _held(statements) if known.is_client(value))
        if len(objects) == len(known.objects):
            break
    return Reaches(modules, frozenset(objects))


def _imported(statements: list[ast.stmt]) -> tuple[dict[str, frozenset[str]], set[str]]:
    modules: dict[str, frozenset[str]] = {}
    objects: set[str] = set()
    for statement in statements:
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                dotted = alias.name if alias.asname else alias.name.partition(".")[0]
                if below := names_below(dotted):
                    modules[alias.asname or dotted] = below
        elif isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
            for alias in statement.names:
                if alias.name in names_below(statement.module):
                    objects.add(alias.asname or alias.name)
    return modules, objects


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Every statement of a body and of what stands within, in no certain order; no expressions are looked at."""
    pending: list[ast.AST] = list(body)
    while pending:
        here = pending.pop()
        if isinstance(here, ast.stmt):
            yield here
            if here.__class__ in SIMPLE:
                continue
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            inner = getattr(here, name, None)
            if isinstance(inner, list):
                pending += inner


def _held(statements: list[ast.stmt]) -> Iterator[tuple[ast.expr, str]]:
    """Values, and the names of variables, attributes and functions that hold or give them."""
    for statement in statements:
        match statement:
            case ast.Assign(targets=targets, value=value):
                yield from ((value, name) for target in targets for name in _names(target))
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                yield from ((value, name) for name in _names(target))
            case ast.With(items=items) | ast.AsyncWith(items=items):
                for each in items:
                    if each.optional_vars is not None:
                        yield from ((each.context_expr, name) for name in _names(each.optional_vars))
            case ast.FunctionDef(name=name, body=body) | ast.AsyncFunctionDef(name=name, body=body):
                returned = (each for each in _statements(body) if isinstance(each, ast.Return))
                yield from ((each.value, name) for each in returned if each.value is not None)
            case _:
                pass


def _names(target: ast.expr) -> Iterator[str]:
    if isinstance(target, ast.Name):
        yield target.id
    elif isinstance(target, ast.Attribute):
        yield target.attr
    elif isinstance(target, (ast.Tuple, ast.List)):
        for each in target.elts:
            yield from _names(each)

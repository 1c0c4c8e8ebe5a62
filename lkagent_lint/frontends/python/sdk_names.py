"""Which names of the SDK a file imports or reads from imported modules, by the host's own syntax tree.

Expressions are descended into only where a line holds one of the names in question, so that a file costs little more
than its statements.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator

from lkagent_lint.facts.sdk_names import AskedBy, SdkName
from lkagent_lint.frontends.python.host import SIMPLE, HostSpans, children

_SDK = "livekit"
_CATCHES = frozenset({"ImportError", "ModuleNotFoundError", "AttributeError", "Exception", "BaseException"})
_CONDITION = re.compile(r"(?i)type_checking|version|find_spec|hasattr|have|has_|available")
# What is repeated is bounded, so that no text makes the search quadratic; each begins with a letter that the engine
# can skip to, which is why there are so many.
_LOOKS = (
    re.compile(r"attr\s*\(\s*[^,]{1,200},\s*[\"'](\w+)[\"']"),
    re.compile(r"[\"'](\w+)[\"']\s+in\s+dir\("),
)
"""Whether an object has a member is looked for."""
_TAKES = (
    re.compile(r"pop\s*\(\s*[\"'](\w+)[\"']"),
    re.compile(r"del\s+\w+\s*\[\s*[\"'](\w+)[\"']"),
)
"""Something is taken out of a dictionary."""
_STORES = (
    re.compile(r"\.(\w+)\s*(?:=(?!=)|:(?=[^\n]{0,200}=)|,(?=[^\n()]{0,200}=(?!=)))"),
    re.compile(r" as\s+[\w.]+\.(\w+)"),
)
_OWN = "self"
_LONGEST_TARGET = 200
_SKIPS = "importorskip"
_BEHIND = re.compile(r"(?!\w)[\s\\)]*(\.?)")
"""What follows a name, and the dot by which something is read from it."""
_BINDING: frozenset[type[ast.AST]] = frozenset(
    {
        *(ast.Name, ast.arg, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef),
        *(ast.Import, ast.ImportFrom, ast.ExceptHandler, ast.MatchAs),
    }
)
_APART: frozenset[type[ast.AST]] = frozenset(
    {ast.Try, ast.If, ast.AnnAssign, ast.arg, ast.FunctionDef, ast.AsyncFunctionDef}
)
"""Nodes whose parts are not all as likely to fail, or not all evaluated."""
_LAZY = re.compile(r"(?m)^from\s+__future__\s+import\b.*\bannotations\b")


def members_asked_for(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Members that a file stores, in inert code too, or looks for by their names as strings, and what it takes out of
    dictionaries; and those that it looks for, or stores on something else than ``self``.
    """
    given = dict.fromkeys(name for pattern in _LOOKS for name in pattern.findall(text))
    asked = {**given, **dict.fromkeys(name for pattern in _TAKES for name in pattern.findall(text))}
    for found in _STORES[0].finditer(text):
        asked[found[1]] = None
        if not _is_on_self(text, found):
            given[found[1]] = None
    for name in _STORES[1].findall(text):
        asked[name] = given[name] = None
    return tuple(asked), tuple(given)


def _is_on_self(text: str, found: re.Match[str]) -> bool:
    """What is stored so is a member of ``self``, or nothing is: a comma and a colon stand in much else."""
    window = text[max(0, found.start() - _LONGEST_TARGET) : found.start()]
    before = window.rpartition("\n")[2].strip()
    if text[found.end(1) : found.end()].strip()[:1] != "=" and not before.replace(".", "").isidentifier():
        return True
    return before.endswith(_OWN) and not before[: -len(_OWN)][-1:].isidentifier() and not before.endswith(f".{_OWN}")


def sdk_names(text: str, tree: ast.Module, spans: HostSpans) -> tuple[SdkName, ...]:
    """Every place in a file that names something of the SDK, in the order of the text."""
    finder = _SdkNameFinder(text, spans)
    finder.statements(tree.body, guarded=_SKIPS in text)
    finder.attributes(tree)
    return tuple(sorted(finder.found, key=lambda each: each.span))


class _SdkNameFinder:
    def __init__(self, text: str, spans: HostSpans) -> None:
        self.found: list[SdkName] = []
        self._lazy = _LAZY.search(text) is not None
        self._spans = spans
        self._lines = spans.lines
        self._roots: dict[str, str] = {}
        """Names that an import binds to a module of the SDK."""
        self._imports: list[ast.Import | ast.ImportFrom] = []

    # Imports

    def statements(self, body: list[ast.stmt], *, guarded: bool) -> None:
        for statement in body:
            if statement.__class__ in SIMPLE:
                continue
            match statement:
                case ast.Import():
                    self._import(statement, guarded)
                case ast.ImportFrom():
                    self._import_from(statement, guarded)
                case ast.Try(body=inner, handlers=handlers, orelse=orelse, finalbody=final):
                    self.statements(inner, guarded=guarded or any(map(_catches, handlers)))
                    for handler in handlers:
                        self.statements(handler.body, guarded=True)
                    self.statements(orelse, guarded=guarded)
                    self.statements(final, guarded=guarded)
                case ast.If(test=test, body=inner, orelse=orelse):
                    decided = guarded or _decides(test)
                    self.statements(inner, guarded=decided)
                    self.statements(orelse, guarded=decided)
                case ast.With(items=items, body=inner) | ast.AsyncWith(items=items, body=inner):
                    self.statements(inner, guarded=guarded or any("suppress" in _words(each) for each in items))
                case ast.Match(cases=cases):
                    for case in cases:
                        self.statements(case.body, guarded=guarded)
                case ast.For() | ast.AsyncFor() | ast.While():
                    self.statements([*statement.body, *statement.orelse], guarded=guarded)
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                    self.statements(statement.body, guarded=guarded)
                case _:
                    pass

    def _import(self, node: ast.Import, guarded: bool) -> None:
        for alias in node.names:
            if not _is_sdk(alias.name):
                continue
            self._imports.append(node)
            self._add(alias.name, "", AskedBy.IMPORT, alias, guarded)
            if alias.asname is None:
                self._roots[_SDK] = _SDK
            else:
                self._bind(alias.asname, alias.name)

    def _import_from(self, node: ast.ImportFrom, guarded: bool) -> None:
        module = node.module or ""
        if node.level or not _is_sdk(module):
            return
        self._imports.append(node)
        for alias in node.names:
            if alias.name != "*":
                self._add(module, alias.name, AskedBy.FROM, alias, guarded)
                self._bind(alias.asname or alias.name, f"{module}.{alias.name}")

    def _bind(self, name: str, dotted: str) -> None:
        if self._roots.setdefault(name, dotted) != dotted:
            self._roots[name] = ""  # two meanings: none is sure

    def _add(self, module: str, name: str, spelling: AskedBy, node: ast.expr | ast.alias, guarded: bool) -> None:
        self.found.append(SdkName(module, name, spelling, self._spans.of(node), guarded))

    # Attributes of imported modules

    def attributes(self, tree: ast.Module) -> None:
        """Every chain of attributes on a name that is such an import and nothing else in the whole file."""
        text = self._lines.text
        places = {root: found for root in self._roots if (found := _read_from(text, root))}
        if not places:
            return
        roots = places.keys()
        lines = sorted({self._lines.position(place)[0] for found in places.values() for place in found})
        chains: list[tuple[str, str, ast.expr, bool]] = []
        bound: set[str] = set()
        stack: list[tuple[ast.AST, bool]] = [(tree, _SKIPS in text)]
        while stack:
            node, guarded = stack.pop()
            if isinstance(node, ast.Attribute):
                root, rest = _chain(node)
                if root is not None:
                    if root.id in roots:
                        chains.append((root.id, rest, node, guarded))
                    continue
            elif node.__class__ in _BINDING:
                bound.update(self._bound(node))
            stack += [(child, inner) for child, inner in self._children(node, guarded) if _covers(child, lines)]
        for root_name, rest, expression, guarded in chains:
            module = self._roots[root_name]
            if module and root_name not in bound:
                self._add(module, rest, AskedBy.ATTRIBUTE, expression, guarded)

    def _bound(self, node: ast.AST) -> Iterator[str]:
        """The names that a node binds by something else than an import of the SDK."""
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Import() | ast.ImportFrom() if node not in self._imports:
                yield from ((alias.asname or alias.name).partition(".")[0] for alias in node.names)
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                yield name
            case _:
                pass

    def _children(self, node: ast.AST, guarded: bool) -> Iterable[tuple[ast.AST, bool]]:
        """The parts of a node, and whether they may fail. Annotations that are never evaluated are left out."""
        if node.__class__ in _APART:
            return self._parts(node, guarded)
        return [(each, guarded) for each in children(node)]

    def _parts(self, node: ast.AST, guarded: bool) -> Iterator[tuple[ast.AST, bool]]:
        match node:
            case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=final):
                yield from ((each, guarded or any(map(_catches, handlers))) for each in body)
                yield from ((each, True) for each in handlers)
                yield from ((each, guarded) for each in (*orelse, *final))
            case ast.If(test=test, body=body, orelse=orelse):
                yield test, guarded
                yield from ((each, guarded or _decides(test)) for each in (*body, *orelse))
            case ast.AnnAssign(target=target, value=value):  # its annotation is evaluated in few places only
                yield target, guarded
                if value is not None:
                    yield value, guarded
            case ast.arg() if self._lazy:
                pass
            case ast.FunctionDef() | ast.AsyncFunctionDef() if self._lazy:
                yield from ((each, guarded) for each in children(node) if each is not node.returns)
            case _:
                yield from ((each, guarded) for each in children(node))


def _read_from(text: str, root: str) -> list[int]:
    """The 0-based offsets at which a name ends a word, if an attribute may be read from one of them."""
    found: list[int] = []
    is_read = False
    at = text.find(root)
    while at >= 0:
        behind = _BEHIND.match(text, at + len(root))
        if behind is not None:
            found.append(at)
            is_read = is_read or bool(behind[1])
        at = text.find(root, at + 1)
    return found if is_read else []


def _is_sdk(module: str) -> bool:
    return module == _SDK or module.startswith(f"{_SDK}.")


def _catches(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or not _CATCHES.isdisjoint(_words(handler.type))


def _decides(test: ast.expr) -> bool:
    return any(_CONDITION.search(word) for word in _words(test))


def _words(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Name):
            yield each.id
        elif isinstance(each, ast.Attribute):
            yield each.attr


def _chain(node: ast.Attribute) -> tuple[ast.Name | None, str]:
    """The name at the root of ``a.b.c``, and the rest."""
    parts: list[str] = []
    here: ast.expr = node
    while isinstance(here, ast.Attribute):
        parts.append(here.attr)
        here = here.value
    return (here, ".".join(reversed(parts))) if isinstance(here, ast.Name) else (None, "")


def _covers(node: ast.AST, lines: list[int]) -> bool:
    """Whether one of these lines lies within a node; nodes without a place may hold anything."""
    first, last = getattr(node, "lineno", None), getattr(node, "end_lineno", None)
    if not isinstance(first, int) or not isinstance(last, int):
        return True
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        first = min([first, *(each.lineno for each in node.decorator_list)])
    index = bisect_left(lines, first)
    return index < len(lines) and lines[index] <= last

"""Which functions, classes and methods cannot matter, so that nothing is made of them.

One matters if it holds a word of the lifecycle or of a dispatch, or passes on a parameter (or ``self``) that could be
the job's context, or is handed to the SDK by its name.
"""

from __future__ import annotations

import ast
import builtins
import re
from typing import NamedTuple

from lkagent_lint.frontends.python.blocking import NOWHERE, Reaches
from lkagent_lint.frontends.python.code import leave_code
from lkagent_lint.frontends.python.host import descendants, first_line
from lkagent_lint.frontends.python.words import (
    AGENTS,
    HANDED,
    MATTERS,
    QUIET_METHODS,
    ROUTES,
    STARTED,
    TOOLS,
    given_for_roles,
)

_PLAIN_TYPES = frozenset({"str", "int", "float", "bool", "bytes"})
_PLAIN_BASES = (
    *("ABC", "BaseModel", "BaseSettings", "Enum", "Error", "Exception", "Flag", "Generic", "NamedTuple", "Protocol"),
    *("SQLModel", "Struct", "TypedDict"),
)
"""How bases are called that give a class nothing that does anything."""
_BUILTINS = frozenset(dir(builtins))
_SUSPENDS = re.compile(r"\bawait\b|\basync\s+(?:for|with)\b")
_NAME = re.compile(r"[^\W\d]\w*")
_HELD = re.compile(r"(?:Context|Session|Event|Metrics|Participant|Request|Process|Handle|Token)\b")
"""How the classes of the SDK end whose attributes are spoken of."""
_LONGEST_NAME = 100
_NAMED_FIELD = re.compile(r"^\s*\w*agent\w*\s*:", re.IGNORECASE | re.MULTILINE)
_MAKES_NAMES = re.compile(r"\b(?:uuid\d|token_hex|token_urlsafe|randint|randrange|choices|time_ns|utcnow)\b|time\.time")
_SHORT = 5
"""Statements of a function that does little more than to say a name."""
_HANDS_ON: frozenset[type[ast.AST]] = frozenset({ast.Call, ast.Assign, ast.Return, ast.AnnAssign})
# str.splitlines also splits at these, CPython does not
_ODD_LINE_ENDS = re.compile("[\v\f\x1c-\x1e\x85\u2028\u2029]")


class Inert(NamedTuple):
    names: tuple[str, ...]
    """Of the definitions that are left out (``f``, ``Class``, ``Class.method``)."""
    statements: frozenset[int]
    """Their ``id`` in the host's tree."""


_TELLING = frozenset({"__init__", "on_enter"})
"""Methods of agents that say something by their parameters and by the order in which they store, whatever they do."""
NONE_INERT = Inert((), frozenset())


def find_inert(text: str, tree: ast.Module, words: frozenset[str] = frozenset(), reached: Reaches = NOWHERE) -> Inert:
    """The definitions that cannot matter. What holds one of ``words``, or a name through which calls that block are
    reached, is not inert, and neither is what calls a function of the module that is not.
    """
    if _ODD_LINE_ENDS.search(text):
        return NONE_INERT
    lines = text.splitlines(keepends=True)
    leave_code(lines, tree)
    finder = _InertFinder(lines, _handed(text), words, reached, makes_tokens="VideoGrants" in text)
    finder.find(tree.body, "")
    found = finder.without_callers()
    return Inert(tuple(each.name for each in found), frozenset(id(each.statement) for each in found))


def _handed(text: str) -> frozenset[str]:
    """Every name among the arguments of calls that hand a function to the SDK or a session its agent, and every one
    given for a role.
    """
    arguments = (name for found in HANDED.finditer(text) for name in _NAME.findall(found[1]))
    tools = (name for found in TOOLS.findall(text) for name in _NAME.findall(found))
    names = frozenset((*arguments, *given_for_roles(text), *STARTED.findall(text), *ROUTES.findall(text), *tools))
    return names | {"__call__"} if names else names


class _Candidate(NamedTuple):
    """A definition in which nothing stands that matters by itself."""

    name: str
    statement: ast.stmt
    calls: frozenset[str]
    """The plain names that it calls, or derives from."""


class _InertFinder:
    def __init__(
        self,
        lines: list[str],
        handed: frozenset[str],
        words: frozenset[str],
        reached: Reaches,
        *,
        makes_tokens: bool,
    ) -> None:
        """``makes_tokens``: whether the file lets people into rooms, whose names may be made anew."""
        self.makes_tokens = makes_tokens
        self.lines = lines
        """Without comments and docstrings, whose words do not count."""
        self.handed = handed
        self.words = words
        self.reached = reached
        self.agents: set[str] = set()
        """Classes so far that derive from an agent or a task."""
        self.plain: set[str] = set()
        """Names of the candidates so far."""
        self.candidates: list[_Candidate] = []
        self.mattering: set[str] = set()
        """Names of the module's own functions that matter."""

    def find(self, body: list[ast.stmt], prefix: str, *, of_agent: bool = False) -> None:
        """Look through the definitions of a module, or of a class that itself matters. What the constructor of an agent
        gives to the next one matters always.
        """
        for statement in body:
            if not isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                continue
            source = "".join(self.lines[first_line(statement) - 1 : statement.end_lineno])
            named = bool(self.words) and not self.words.isdisjoint(_NAME.findall(source))
            named = named or (self.makes_tokens and _MAKES_NAMES.search(source) is not None)
            is_agent = self._may_be_agent(statement)
            is_told = named or self._is_handed(statement) or (of_agent and statement.name in _TELLING)
            matters = is_agent or is_told or self._inherits(statement)
            nodes = None if matters else _inert_nodes(statement, source, self.reached)
            if nodes is not None:
                bases = frozenset(_bases(statement))
                self.candidates.append(_Candidate(prefix + statement.name, statement, _called(nodes) | bases))
                self.plain.add(statement.name)
            elif isinstance(statement, ast.ClassDef):
                self.find(statement.body, f"{prefix}{statement.name}.", of_agent=is_agent)
                if _holds_names(statement) or _NAMED_FIELD.search(source):
                    self.mattering.add(statement.name)  # who makes its objects hands names on
            elif not prefix:
                self.mattering.add(statement.name)

    def _may_be_agent(self, statement: ast.stmt) -> bool:
        """A class that derives from one which is called as agents and tasks are: what its constructor takes matters,
        and what it overrides, even where nothing in it does.
        """
        found = any(each.endswith(AGENTS) or each in self.agents for each in _bases(statement))
        if found and isinstance(statement, ast.ClassDef):
            self.agents.add(statement.name)
        return found

    def _inherits(self, statement: ast.stmt) -> bool:
        """A class that has from its bases what may matter, even where nothing in it does."""
        return any(
            not each.endswith(_PLAIN_BASES) and each not in _BUILTINS and each not in self.plain
            for each in _bases(statement)
        )

    def without_callers(self) -> list[_Candidate]:
        """The candidates that lead to nothing that matters, through any number of the module's functions."""
        left, new = self.candidates, self.mattering
        while new:
            callers = [each for each in left if not new.isdisjoint(each.calls)]
            left = [each for each in left if new.isdisjoint(each.calls)]
            new = {each.name for each in callers if "." not in each.name}
        return left

    def _is_handed(self, statement: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
        """Its name, or that of a method of the class, is given to the SDK somewhere in the file."""
        if statement.name in self.handed:
            return True
        body = statement.body if self.handed and isinstance(statement, ast.ClassDef) else ()
        return any(
            isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef)) and each.name in self.handed for each in body
        )


def _bases(statement: ast.stmt) -> list[str]:
    """The last names of a class's bases."""
    bases = statement.bases if isinstance(statement, ast.ClassDef) else ()
    return [_word(each.value if isinstance(each, ast.Subscript) else each) for each in bases]


def _inert_nodes(
    statement: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, source: str, reached: Reaches
) -> list[ast.AST] | None:
    """What a definition is made of in which nothing stands that matters by itself; None for all others."""
    if MATTERS.search(source) or _holds_names(statement):
        return None
    if not isinstance(statement, ast.ClassDef) and _never_returns(statement.body):
        return None
    # Awaiting a coroutine function without any await in it lets nothing else run: that has to stay known.
    if isinstance(statement, ast.AsyncFunctionDef) and _SUSPENDS.search(source) is None:
        return None
    nodes = descendants(statement)
    if _passes_on(nodes) or _reads_held(nodes) or (reached is not NOWHERE and any(map(reached.mentions, nodes))):
        return None
    return nodes


def _reads_held(nodes: list[ast.AST]) -> bool:
    """An attribute is read of a parameter that is annotated as an object of the SDK."""
    held = {
        node.arg
        for node in nodes
        if isinstance(node, ast.arg) and node.annotation is not None and _is_held(node.annotation)
    }
    return bool(held) and any(
        isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in held for node in nodes
    )


def _is_held(annotation: ast.expr) -> bool:
    match annotation:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Constant(value=str(name)):
            return _HELD.search(name) is not None
        case ast.Subscript(value=base, slice=inner):
            return _is_held(base) or _is_held(inner)
        case ast.BinOp(left=left, right=right):
            return _is_held(left) or _is_held(right)
        case _:
            return False


def _called(nodes: list[ast.AST]) -> frozenset[str]:
    return frozenset(each.func.id for each in nodes if isinstance(each, ast.Call) and isinstance(each.func, ast.Name))


def _holds_names(statement: ast.stmt) -> bool:
    """A class of constants, settings or an enumeration, or a short function that returns a text: the text may be an
    agent's name.
    """
    if isinstance(statement, ast.ClassDef):
        return any(
            isinstance(each, (ast.Assign, ast.AnnAssign)) and _may_be_name(each.value) for each in statement.body
        )
    if not isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)) or len(statement.body) > _SHORT:
        return False
    return any(isinstance(node, ast.Return) and _may_be_name(node.value) for node in descendants(statement))


def _may_be_name(value: ast.expr | None) -> bool:
    """A short text on one line, or a choice between such."""
    match value:
        case ast.Constant(value=str(text)):
            return 0 < len(text) <= _LONGEST_NAME and "\n" not in text
        case ast.IfExp(body=body, orelse=orelse):
            return _may_be_name(body) or _may_be_name(orelse)
        case ast.BoolOp(values=values):
            return any(map(_may_be_name, values))
        case ast.Call(func=ast.Name(id="Field" | "field") | ast.Attribute(attr="field"), keywords=keywords, args=args):
            return any(map(_may_be_name, (*args, *(each.value for each in keywords))))
        case ast.Dict(values=held) | ast.List(elts=held) | ast.Tuple(elts=held):
            return any(map(_may_be_name, held))
        case _:
            return False


def _never_returns(body: list[ast.stmt]) -> bool:
    """Whether a body can end by an exception only, as far as its ``raise`` statements tell: callers stop there."""
    return any(_always_raises(statement) for statement in body)


def _always_raises(statement: ast.stmt) -> bool:
    match statement:
        case ast.Raise():
            return True
        case ast.If():
            return _never_returns(statement.body) and _never_returns(statement.orelse)
        case ast.With() | ast.AsyncWith():
            return _never_returns(statement.body)
        case ast.Try():
            handled = all(_never_returns(each.body) for each in statement.handlers)
            tried = _never_returns(statement.body) or _never_returns(statement.orelse)
            return (tried and handled) or _never_returns(statement.finalbody)
        case ast.Match():
            last = statement.cases[-1]
            is_complete = isinstance(last.pattern, ast.MatchAs) and last.pattern.pattern is None and last.guard is None
            return is_complete and all(_never_returns(each.body) for each in statement.cases)
        case ast.While():
            return isinstance(statement.test, ast.Constant) and bool(statement.test.value)
        case _:
            return False


def _passes_on(nodes: list[ast.AST]) -> bool:
    parameters = {node.arg for node in nodes if isinstance(node, ast.arg) and not _is_plain(node)}
    return bool(parameters) and any(_hands_on(node, parameters) for node in nodes if node.__class__ in _HANDS_ON)


def _hands_on(node: ast.AST, parameters: set[str]) -> bool:
    """Whether a call, an assignment or a return takes a parameter, or what hangs on one, elsewhere."""
    if isinstance(node, ast.Call):
        if _word(node.func) in QUIET_METHODS:
            return False
        values = [*node.args, *(keyword.value for keyword in node.keywords), node.func]
        return any(_rooted(value, parameters) for value in values)
    assert isinstance(node, (ast.Assign, ast.Return, ast.AnnAssign))
    return node.value is not None and _rooted(node.value, parameters)


def _is_plain(parameter: ast.arg) -> bool:
    """Annotated as a plain value."""
    return isinstance(parameter.annotation, ast.Name) and parameter.annotation.id in _PLAIN_TYPES


def _word(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _rooted(node: ast.expr, parameters: set[str]) -> bool:
    """Whether a value can be a parameter or what hangs on one, on its own or in a display."""
    match node:
        case ast.Name(id=name):
            return name in parameters
        case ast.Attribute(value=inner) | ast.Starred(value=inner) | ast.Subscript(value=inner):
            return _rooted(inner, parameters)
        case ast.NamedExpr(value=inner) | ast.Await(value=inner):
            return _rooted(inner, parameters)
        case ast.Tuple(elts=inner) | ast.List(elts=inner) | ast.Set(elts=inner) | ast.BoolOp(values=inner):
            return any(_rooted(each, parameters) for each in inner)
        case ast.Dict(values=inner):
            return any(_rooted(each, parameters) for each in inner)
        case ast.IfExp(body=body, orelse=orelse):
            return _rooted(body, parameters) or _rooted(orelse, parameters)
        case _:
            return False

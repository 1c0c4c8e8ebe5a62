"""The surface of a wheel."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tools.sdk_tables import python_events
from tools.sdk_tables.python_modules import Definition, Module, Modules, dotted, statements
from tools.sdk_tables.python_types import Promises
from tools.sdk_tables.surface import Surface, empty

_HARMLESS = frozenset({"ABC", "Generic", "Protocol", "object"})
"""Bases of other packages that add no public members."""
_ASKED_FOR = frozenset({"__getattr__", "__getattribute__"})
_CONSTRUCTORS = ("__init__", "__new__")
_RECORDS = "pydantic.BaseModel"
"""A base of another package whose members are known (``tables.py``)."""


def read(archive: Path) -> Surface:
    """The surface of a release of one of the Python packages."""
    return _Reader(Modules(archive)).surface()


class _Reader:
    def __init__(self, modules: Modules) -> None:
        self.modules = modules
        self.found = empty()
        self._kept: dict[ast.ClassDef, frozenset[str]] = {}
        self._types = Promises(modules)

    def surface(self) -> Surface:
        for module in self.modules.public():
            self._names(module)
        emitted = python_events.emitted(self.modules)
        for path in sorted(self._classes()):
            self._class(path)
            events = python_events.of_class(self.modules, path, emitted)
            if events:
                self.found["events"][path] = events
        for path in sorted(self._types.named - self.found["members"].keys()):
            self._class(path)
        return self.found

    def _classes(self) -> set[str]:
        """The definitions of every class that a public name leads to."""
        values = (value for names in self.found["names"].values() for value in names.values())
        return {value[2:] for value in values if value.startswith("C ")}

    # Names

    def _names(self, module: Module) -> None:
        names = {name: self._kind(module, name, path) for name, path in self.modules.names(module).items()}
        foreign = [star for star in module.stars if star not in self.modules.modules and star.startswith("livekit")]
        if foreign:
            names["*"] = " ".join(sorted(foreign))
        maker = module.definitions.get("__getattr__")
        if isinstance(maker, ast.FunctionDef):
            names.update(dict.fromkeys(_made_up(maker), "V"))
        self.found["names"][module.name] = {
            name: value for name, value in names.items() if not name.startswith("_") or name == "__version__"
        }
        for name, node in module.definitions.items():
            if not isinstance(node, ast.ClassDef) and not name.startswith("_"):
                self.found["members"].setdefault(module.name, {})[name] = _callable(node)
                self._deprecated(node, module.name, name)

    def _kind(self, module: Module, name: str, path: str) -> str:
        path = self.modules.resolve(path)
        if path in self.modules.modules:
            return f"M {path}"
        definition = self.modules.definition(path)
        if definition is not None:
            kind = "C" if isinstance(definition[1], ast.ClassDef) else "F"
            return f"{kind} {path}"
        own = path.rpartition(".")[0] in self.modules.modules
        return "V" if own else f"X {path}" if path.startswith("livekit") else "X"

    # Classes

    def _class(self, path: str) -> None:
        members: dict[str, str] = {}
        outside: list[str] = []
        for owner, node in reversed(list(self._lineage(path, outside))):
            self._own(owner, node, members)
        others = sorted({each for each in outside if each == _RECORDS or self._is_elsewhere(each)})
        if len(others) < len(set(outside)):
            members["?"] = "?"
        if others:
            members["<"] = " ".join(others)
        self.found["members"][path] = members

    def _is_elsewhere(self, path: str) -> bool:
        """A class of another LiveKit package."""
        return path.startswith("livekit.") and path.rpartition(".")[0] not in self.modules.modules

    def _lineage(self, path: str, outside: list[str]) -> Iterator[tuple[str, ast.ClassDef]]:
        """The class and its bases, depth first; bases of other packages go to ``outside``."""
        definition = self.modules.class_at(path)
        if definition is None:
            return
        module, node = definition
        yield path, node
        for base in node.bases:
            name = dotted(base.value if isinstance(base, ast.Subscript) else base)
            target = self.modules.resolve(self.modules.meaning(module, name)) if name else "?"
            if self.modules.definition(target) is not None:
                yield from self._lineage(target, outside)
            elif target.rpartition(".")[2] not in _HARMLESS:
                outside.append(target)

    def _own(self, path: str, node: ast.ClassDef, members: dict[str, str]) -> None:
        """What one class adds to its bases' members."""
        is_message = any(dotted(base).endswith("_message.Message") for base in node.bases)
        if not is_message:
            for statement in statements(node.body):
                self._member(path, statement, members)
            if node not in self._kept:
                self._kept[node] = frozenset(_stored(node))
            for name in self._kept[node]:
                members.setdefault(name, "a")
        constructor = _constructor(node)
        if constructor is not None:
            members["()"] = constructor
        elif _is_dataclass(node):
            members["()"] = _fields(node, members.get("()", "()"))
        members.pop("__post_init__", None)

    def _member(self, path: str, statement: ast.stmt, members: dict[str, str]) -> None:
        match statement:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                if name in _ASKED_FOR:
                    members["?"] = "?"
                elif not name.startswith("_"):
                    setter = any(dotted(each).endswith(".setter") for each in statement.decorator_list)
                    promised = self._types.said(path, statement.returns)
                    is_known = setter and name in members
                    members[name] = (
                        f"w{members[name][1:]}" if is_known else _callable(statement, is_method=True) + promised
                    )
                    self._deprecated(statement, path, name)
                elif name == "__init__":
                    self._deprecated(statement, path, "")
            case ast.ClassDef(name=name) if not name.startswith("_"):
                members[name] = "a"
            case ast.Assign(targets=targets):
                for target in targets:
                    if isinstance(target, ast.Name) and not target.id.startswith("_"):
                        members[target.id] = "a"
            case ast.AnnAssign(target=ast.Name(id=name), annotation=kind) if not name.startswith("_"):
                members[name] = "a" + self._types.said(path, kind)
            case _:
                pass

    # What is deprecated

    def _deprecated(self, node: ast.FunctionDef | ast.AsyncFunctionDef, owner: str, name: str) -> None:
        path = f"{owner}.{name}" if name else owner
        for decorator in node.decorator_list:
            if not isinstance(decorator, ast.Call) or not decorator.args:
                continue
            word, given = dotted(decorator.func).rpartition(".")[2], decorator.args[0]
            if word == "deprecate_params" and isinstance(given, ast.Dict):
                for key, value in zip(given.keys, given.values, strict=True):
                    if isinstance(key, ast.Constant) and isinstance(value, ast.Constant):
                        self.found["deprecated"].setdefault(path, {})[str(key.value)] = str(value.value)
            elif word == "deprecated" and isinstance(given, ast.Constant):
                self.found["deprecated"].setdefault(path, {})[""] = str(given.value)
        warned = _warning(node)
        if warned:
            self.found["deprecated"].setdefault(path, {}).setdefault("", warned)


def _callable(node: Definition, *, is_method: bool = False) -> str:
    assert not isinstance(node, ast.ClassDef)
    words = {
        dotted(each.func if isinstance(each, ast.Call) else each).rpartition(".")[2] for each in node.decorator_list
    }
    if words & {"property", "cached_property"}:
        return "p"
    given = _parameters(node.args, skip=is_method and "staticmethod" not in words)
    if words & {"asynccontextmanager", "contextmanager"} or not isinstance(node, ast.AsyncFunctionDef):
        return f"m{given}"
    yields = any(isinstance(each, (ast.Yield, ast.YieldFrom)) for each in _own_nodes(node))
    return f"{'g' if yields else 'c'}{given}"


def _made_up(node: ast.FunctionDef) -> Iterator[str]:
    """The names that a module's ``__getattr__`` knows; ``?`` if it may know others."""
    if not isinstance(node.body[-1], ast.Raise):
        yield "?"
    for each in ast.walk(node):
        match each:
            case ast.Compare(left=ast.Name(), ops=[ast.Eq()], comparators=[ast.Constant(value=str(name))]):
                yield name
            case ast.Compare(
                left=ast.Name(), ops=[ast.In()], comparators=[ast.Tuple() | ast.List() | ast.Set() as known]
            ):
                yield from (
                    part.value for part in known.elts if isinstance(part, ast.Constant) and isinstance(part.value, str)
                )
            case ast.Compare(ops=[ast.In()]):
                yield "?"
            case _:
                pass


def _own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function, without those of functions in it."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            yield child
            yield from _own_nodes(child)


def _parameters(args: ast.arguments, *, skip: bool) -> str:
    """``(agent, *, room=, **)``: ``=`` marks a default, a slash what is positional only."""
    positional = [*args.posonlyargs, *args.args]
    without = len(positional) - len(args.defaults)
    words = [f"{each.arg}{'=' if index >= without else ''}" for index, each in enumerate(positional)]
    if args.posonlyargs:
        words.insert(len(args.posonlyargs), "/")
    if skip and words:
        del words[0]
        if words[:1] == ["/"]:
            del words[0]
    if args.vararg is not None:
        words.append("*args")
    elif args.kwonlyargs:
        words.append("*")
    for each, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        words.append(f"{each.arg}{'' if default is None else '='}")
    if args.kwarg is not None:
        words.append("**")
    return f"({', '.join(words)})"


def _constructor(node: ast.ClassDef) -> str | None:
    """The parameters of the class's own ``__init__``; with overloads of a stub, ``(*args, **)``."""
    found = [
        each
        for each in statements(node.body)
        if isinstance(each, ast.FunctionDef) and each.name in _CONSTRUCTORS and not _is_overload(each)
    ]
    return _parameters(found[-1].args, skip=True) if found else None


def _is_overload(node: ast.FunctionDef) -> bool:
    return any(dotted(each).rpartition(".")[2] == "overload" for each in node.decorator_list)


def _is_dataclass(node: ast.ClassDef) -> bool:
    words = (dotted(each.func if isinstance(each, ast.Call) else each) for each in node.decorator_list)
    return any(word.rpartition(".")[2] == "dataclass" for word in words)


def _fields(node: ast.ClassDef, inherited: str) -> str:
    """The parameters of a dataclass: those of its bases, then its own fields."""
    words = [each for each in inherited[1:-1].split(", ") if each]
    keyword_only = any(
        isinstance(each, ast.Call)
        and any(
            key.arg == "kw_only" and isinstance(key.value, ast.Constant) and key.value.value for key in each.keywords
        )
        for each in node.decorator_list
    )
    if keyword_only and "*" not in words:
        words.append("*")
    for statement in statements(node.body):
        if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
            continue
        kind = dotted(
            statement.annotation.value if isinstance(statement.annotation, ast.Subscript) else statement.annotation
        )
        word = kind.rpartition(".")[2]
        if word == "KW_ONLY":
            words.append("*")
        elif word != "ClassVar" and not _is_left_out(statement.value):
            name, default = statement.target.id, _has_default(statement.value)
            words = [each for each in words if each.rstrip("=") != name] + [f"{name}{'=' if default else ''}"]
    return f"({', '.join(words)})"


def _is_left_out(value: ast.expr | None) -> bool:
    """``field(init=False)``"""
    return isinstance(value, ast.Call) and any(
        each.arg == "init" and isinstance(each.value, ast.Constant) and not each.value.value for each in value.keywords
    )


def _has_default(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Call) and dotted(value.func).rpartition(".")[2] == "field":
        return any(each.arg in ("default", "default_factory") for each in value.keywords)
    return value is not None


def _stored(node: ast.ClassDef) -> Iterator[str]:
    """Attributes that some method stores on its first parameter."""
    for each in ast.walk(node):
        targets = (
            each.targets if isinstance(each, ast.Assign) else [each.target] if isinstance(each, ast.AnnAssign) else []
        )
        for target in targets:
            for part in target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]:
                if isinstance(part, ast.Attribute) and dotted(part.value) == "self" and not part.attr.startswith("_"):
                    yield part.attr


def _warning(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """What a function that begins by saying so says of its deprecation."""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    match body[:1]:
        case [ast.Expr(value=ast.Call(func=function, args=[ast.Constant(value=str(text)), *_]))]:
            word = dotted(function).rpartition(".")[2]
            return text if word in ("warn", "warning") and "deprecated" in text else ""
        case _:
            return ""

"""Which events a Python class emits, and with how many arguments."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tools.sdk_tables.python_modules import Module, Modules, dotted

_EMITTER = "EventEmitter"


def emitted(modules: Modules) -> dict[str, str]:
    """The most arguments that each event is emitted with anywhere in the package; ``?`` where they are spread."""
    found: dict[str, str] = {}
    for module in modules.modules.values():
        for node in module.definitions.values() if module.emits else ():
            for call in ast.walk(node):
                match call:
                    case ast.Call(func=ast.Attribute(attr="emit"), args=[ast.Constant(value=str(event)), *given]):
                        spread = any(isinstance(each, ast.Starred) for each in given)
                        before = found.get(event, "0")
                        found[event] = "?" if spread or before == "?" else str(max(int(before), len(given)))
                    case _:
                        pass
    return found


def of_class(modules: Modules, path: str, counts: dict[str, str]) -> dict[str, str]:
    """The events of a class that is an emitter, or of its bases; empty for every other class."""
    found: dict[str, str] = {}
    pending, seen = [path], {path}
    while pending:
        definition = modules.class_at(pending.pop())
        if definition is None:
            continue
        module, node = definition
        for base in node.bases:
            name = dotted(base.value if isinstance(base, ast.Subscript) else base)
            if name.rpartition(".")[2] == _EMITTER and isinstance(base, ast.Subscript):
                for event in _literals(modules, module, base.slice):
                    found[event] = "?" if event == "?" else counts.get(event, "?")
            elif name:
                target = modules.resolve(modules.meaning(module, name))
                if target not in seen:
                    seen.add(target)
                    pending.append(target)
        if found and module.emits:
            found.update({event: counts.get(event, "?") for event in _emits(node)})
    return found


def _emits(node: ast.ClassDef) -> Iterator[str]:
    """Events that the class emits itself, in its declaration or not."""
    for call in ast.walk(node):
        match call:
            case ast.Call(func=ast.Attribute(value=receiver, attr="emit"), args=[ast.Constant(value=str(event)), *_]):
                if dotted(receiver) == "self":
                    yield event
            case _:
                pass


def _literals(modules: Modules, module: Module, node: ast.expr, depth: int = 0) -> Iterator[str]:
    """The strings of a ``Literal`` type, through unions and aliases; ``?`` for what is not one."""
    match node:
        case ast.Subscript(value=base, slice=inner) if dotted(base).rpartition(".")[2] == "Literal":
            for each in inner.elts if isinstance(inner, ast.Tuple) else [inner]:
                yield each.value if isinstance(each, ast.Constant) and isinstance(each.value, str) else "?"
        case ast.Subscript(value=base, slice=ast.Tuple(elts=parts)) if dotted(base).rpartition(".")[2] == "Union":
            for part in parts:
                yield from _literals(modules, module, part, depth)
        case ast.BinOp(left=left, right=right):
            yield from _literals(modules, module, left, depth)
            yield from _literals(modules, module, right, depth)
        case ast.Name() | ast.Attribute() if depth < 10:
            path = modules.resolve(modules.meaning(module, dotted(node)))
            parent, _, name = path.rpartition(".")
            home = modules.modules.get(parent)
            value = None if home is None else home.values.get(name)
            if home is None or value is None:
                yield "?"
            else:
                yield from _literals(modules, home, value, depth + 1)
        case _:
            yield "?"

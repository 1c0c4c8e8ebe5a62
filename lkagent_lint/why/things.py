"""Things and expressions in words."""

from __future__ import annotations

from collections.abc import Callable

from lkagent_lint.project.agent_names import AgentName, FromEnv, Known, OneOf, Usually
from lkagent_lint.project.things import (
    Box,
    ClassOf,
    Closure,
    Foreign,
    FromVariable,
    Instance,
    Library,
    ModuleOf,
    Nothing,
    Partial,
    Plain,
    Record,
    Sdk,
    SdkMethod,
    SdkObject,
    String,
    Super,
    Thing,
    Things,
    in_order,
)
from lkagent_lint.questions.wording import quoted


def in_words(things: Things, show: Callable[[str], str]) -> str:
    """Everything that a value can be; ``show`` turns absolute paths into those that are shown."""
    if not things:
        return "nothing that is assigned anywhere"
    return " or ".join(dict.fromkeys(thing_in_words(each, show) for each in in_order(things)))


def thing_in_words(thing: Thing, show: Callable[[str], str]) -> str:
    match thing:
        case String(value):
            return quoted(value)
        case FromVariable(variable, default):
            return f"the environment variable {variable}" + ("" if default is None else f", or {quoted(default)}")
        case Sdk(name):
            return f"{name} of the SDK"
        case SdkObject(kind):
            return f"the SDK's {kind}"
        case SdkMethod(kind, name):
            return f"{kind}.{name} of the SDK"
        case Library(name, made):
            plain = name.removeprefix("builtins.").removeprefix("ecmascript.")
            return f"something made by {plain}" if made else f"{plain} of the language's own library"
        case Foreign(name):
            return f"{name} of another package"
        case ModuleOf(path):
            return f"the module {show(path)}"
        case ClassOf(path, name):
            return f"the project's class {name} ({show(path)})"
        case Instance(path, name):
            return f"an object of the project's class {name} ({show(path)})"
        case Closure(path, flow):
            return f"the project's function {flow} ({show(path)})"
        case Partial(function):
            return f"a partial of {thing_in_words(function, show)}"
        case Super(path, name):
            return f"what {name} ({show(path)}) inherits"
        case Box():
            return "a container"
        case Record():
            return "an object literal"
        case Nothing():
            return "None"
        case Plain():
            return "a plain value"
        case _:
            return "not known"


def name_in_words(name: AgentName) -> str:
    """An agent's name as link knows it."""
    match name:
        case Known(value):
            return quoted(value) if value else "empty"
        case OneOf(values):
            return " or ".join(map(quoted, values))
        case Usually(values):
            return f"not known, {' or '.join(map(quoted, values))} where nothing else is given"
        case FromEnv(variable, default):
            return f"the value of {variable}" + ("" if default is None else f", or {quoted(default)}")
        case _:
            return "not known"

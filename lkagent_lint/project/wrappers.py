"""The functions that ``[tool.lkagent-lint.names]`` speaks of, found among what is called."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection

from lkagent_lint.config.names import Argument, Names
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Call, Flow
from lkagent_lint.facts.following import argument as given_for
from lkagent_lint.languages import SCRIPTS
from lkagent_lint.project.modules import Modules
from lkagent_lint.project.things import ClassOf, Closure, Foreign, Instance, Thing

NONE = Names()


class Wrappers:
    """Answers for one root; ``names`` gives the names that hold for a file, by its absolute path."""

    def __init__(self, root: str, modules: Modules, names: Callable[[str], Names]) -> None:
        self._root = root
        self._modules = modules
        self._find = names
        self._found: dict[str, Names] = {}

    def joins(self, thing: Thing, path: str) -> bool:
        """Calling a thing in a file joins the room."""
        return self._is_one(thing, path, self._names(path).joins_room)

    def starts(self, thing: Thing, path: str) -> bool:
        """Calling it starts a session."""
        return self._is_one(thing, path, self._names(path).starts_session)

    def emits(self, thing: Thing, path: str) -> bool:
        """It is an object of a class of emitters."""
        return self._is_one(thing, path, self._names(path).emitters)

    def blocks(self, thing: Thing, path: str) -> tuple[str, str] | None:
        """The name of a function that holds up the event loop, and what does the same without; None for all others."""
        for name, instead in self._names(path).blocks.items():
            if self._is_one(thing, path, (name,)):
                return name, instead
        return None

    def any_blocks(self, path: str) -> bool:
        """Whether any function is known to hold up the event loop for the calls in a file."""
        return bool(self._names(path).blocks)

    def hooks(self, thing: Thing, path: str) -> tuple[str, ...] | None:
        """The methods that a base class calls; None for a class of which nothing is said."""
        for name, methods in self._names(path).hooks.items():
            if self._is_one(thing, path, (name,)):
                return methods
        return None

    def dispatches(self, path: str) -> bool:
        """Whether any function is known to dispatch for the calls in a file."""
        return bool(self._names(path).dispatches)

    def asked_by(self, thing: Thing, path: str) -> Argument | None:
        """Which argument of a call of a thing names the agent that it dispatches; None if it dispatches none."""
        for name, argument in self._names(path).dispatches.items():
            if self._is_one(thing, path, (name,)):
                return argument
        return None

    def _names(self, path: str) -> Names:
        # Asked for every call of every job.
        found = self._found.get(path)
        if found is None:
            found = self._found[path] = self._find(path)
        return found

    def _is_one(self, thing: Thing, path: str, names: Collection[str]) -> bool:
        match thing if names else None:
            case Foreign(dotted):
                return dotted in names
            case Closure(home, name) | ClassOf(home, name) | Instance(home, name):
                return any(self._means(each, home, name, path) for each in names)
            case _:
                return False

    def _means(self, dotted: str, home: str, name: str, path: str) -> bool:
        """A dotted name means a function or class of the project: its module, as Python finds it from the calling
        file, or in Node its path from the root without the ending; then its name in that file.
        """
        if not dotted.endswith(f".{name}"):
            return False
        module = dotted[: -len(name) - 1]
        if home.endswith(SCRIPTS):
            stem = os.path.splitext(os.path.relpath(home, self._root))[0]
            return stem.replace(os.sep, "/") == module
        return self._modules.find(path, module) == home


def no_wrappers(modules: Modules) -> Wrappers:
    """Those of a project that names none."""
    return Wrappers("", modules, lambda path: NONE)


def argument_of(call: Call, argument: Argument, function: Flow | None) -> v.Expr | None:
    """The expression that a call gives for an argument; None where it gives none, Opaque where that is not followed.

    ``function`` is the callee where the project has it: its parameters say which position a keyword has.
    """
    position, keyword = (argument, "") if isinstance(argument, int) else (None, argument)
    parameters = [] if function is None else [each.name for each in function.parameters if each.kind == "positional"]
    if parameters and function is not None and function.owner and function.binding != "static":
        del parameters[0]
    if position is None and keyword in parameters:
        position = parameters.index(keyword)
    elif position is not None and position < len(parameters):
        keyword = parameters[position]
    given = given_for(call, position, keyword)
    if given is not None:
        return given
    for each in call.args:  # Node: send({ room, agentName })
        if isinstance(each, v.Mapping) and keyword in dict(each.entries):
            return dict(each.entries)[keyword]
    return v.OPAQUE if call.args and position is None else None

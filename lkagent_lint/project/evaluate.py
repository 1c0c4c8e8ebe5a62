"""Evaluating symbolic expressions over the whole project, without running anything.

Variables are joined over all their assignments in a function (no order), which is enough to know what kind of thing
a receiver is; the order of events is the solver's business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import islice, product
from typing import ClassVar

from lkagent_lint.facts import following
from lkagent_lint.facts import values as v
from lkagent_lint.facts.file import FileFacts
from lkagent_lint.facts.flows import MODULE, Flow
from lkagent_lint.facts.following import last_name
from lkagent_lint.facts.scopes import owner_of
from lkagent_lint.project import limits, node_sdk, options
from lkagent_lint.project.activations import Activations
from lkagent_lint.project.answers import Answers
from lkagent_lint.project.calls import CallResults
from lkagent_lint.project.classes import Classes
from lkagent_lint.project.decorators import Decorators
from lkagent_lint.project.modules import Modules, is_library
from lkagent_lint.project.running import Running
from lkagent_lint.project.scripts import Scripts
from lkagent_lint.project.things import (
    ANYTHING,
    NEVER,
    NOTHING,
    PLAIN,
    UNKNOWN,
    Activation,
    Bindings,
    Box,
    ClassOf,
    Closure,
    Foreign,
    Formatted,
    FromVariable,
    Instance,
    Library,
    ModuleOf,
    Nothing,
    Plain,
    Record,
    Sdk,
    SdkMethod,
    SdkObject,
    String,
    Super,
    Thing,
    Things,
    Unknown,
    box,
    box_of,
    dict_of,
    in_order,
    only,
)
from lkagent_lint.project.types import Types
from lkagent_lint.project.wrappers import Wrappers, no_wrappers
from lkagent_lint.sources.sdk import vocabulary


class Evaluator:
    """Answers what expressions can be, and remembers the answers."""

    def __init__(self, files: Mapping[str, FileFacts], modules: Modules, wrappers: Wrappers | None = None) -> None:
        self.files = files
        self.modules = modules
        self.wrappers = wrappers or no_wrappers(modules)
        self.classes = Classes(self)
        self.results = CallResults(self)
        self.scripts = Scripts(self)
        self.decorators = Decorators(self)
        self.running = Running(self)
        self._types = Types(self)
        self.activations = Activations(self, files)
        self.answers = Answers(self._find, self.activations.flatten)
        self.followed = 0
        """How many blocks were run in all, with a state each, by who follows what is known here."""

    # Activations

    def intern(self, path: str, flow: str, bindings: Bindings = (), parent: Activation | None = None) -> Activation:
        """The activation of a flow with these bindings; the same arguments give the same object.

        For the evaluator's own parts: who follows a call asks ``results.enter``.
        """
        return self.activations.intern(path, flow, bindings, parent)

    def module(self, path: str) -> Activation:
        return self.activations.intern(path, MODULE, (), None)

    def usual(self, path: str, flow: Flow) -> Activation:
        """The activation of a flow of which no call is known: ``self`` is an instance, the rest is annotations."""
        return self.activations.usual(path, flow)

    # Expressions

    def value(self, expression: v.Expr, activation: Activation) -> Things:
        """Everything that an expression can be in an activation; empty while that is still being found out."""
        found = activation.answers.get(expression)
        if found is not None:
            return found
        plain = self._PLAIN.get(type(expression))
        if plain is None:
            return self.answers.ask(expression, activation)
        return self.answers.give(expression, activation, plain(self, expression, activation))

    def unless_waiting(self, mark: int) -> Things:
        """What is not known: anything, or nothing yet where something read since then may come to have values."""
        return NEVER if self.answers.waits(mark) else ANYTHING

    def _find(self, expression: v.Expr, activation: Activation) -> Things:
        return self._EXPRESSIONS[type(expression)](self, expression, activation)

    def union(self, expressions: Iterable[v.Expr], activation: Activation) -> Things:
        found: set[Thing] = set()
        for expression in expressions:
            found |= self.value(expression, activation)
        return frozenset(found)

    def _text(self, node: v.Text, activation: Activation) -> Things:
        return only(String(node.value))

    def _constant(self, node: v.Constant, activation: Activation) -> Things:
        return only(NOTHING if node.value == "None" else PLAIN)

    def _name(self, node: v.Name, activation: Activation) -> Things:
        home = owner_of(activation.facts, activation.flow, node.name)
        if home is None:
            return self._outside(node.name, activation)
        here = activation.around(home)
        found = set(self.union(home.variables.get(node.name, ()), here))
        for parameter in home.parameters:
            if parameter.name == node.name:
                found |= self._parameter(home, parameter.name, parameter.annotation, here)
        return frozenset(found)

    def _parameter(self, flow: Flow, name: str, annotation: v.Expr | None, here: Activation) -> Things:
        bound = next((values for each, values in here.bindings if each == name), None)
        if bound is not None and UNKNOWN not in bound:
            return bound
        texts = frozenset(each for each in bound or () if isinstance(each, (String, FromVariable)))
        if annotation is None:
            return ANYTHING | texts
        mark = self.answers.mark()
        found = self.typed(annotation, here) or self.unless_waiting(mark)
        return found | texts if UNKNOWN in found else found

    def _outside(self, name: str, activation: Activation) -> Things:
        """A name that no scope of the file binds: a star import's, an inert definition, or a builtin."""
        facts = activation.facts
        if facts.language != "python":
            return self.scripts.outside(name)
        for star in facts.stars:
            found = self.imported(activation.path, f"{star}{'' if star.endswith('.') else '.'}{name}")
            if not any(isinstance(each, (Unknown, Foreign, Library)) for each in found):
                return found
        if name in facts.inert or name in ("__name__", "__file__"):
            return only(PLAIN)
        return only(Library(f"builtins.{name}"))

    def imported(self, path: str, dotted: str) -> Things:
        """What an import in a file means."""
        if dotted == "livekit" or dotted.startswith("livekit."):
            return only(Sdk(dotted))
        module = self.modules.find(path, dotted)
        if module is not None:
            return only(ModuleOf(module))
        relative = dotted[: len(dotted) - len(dotted.lstrip("."))]
        parent, _, name = dotted[len(relative) :].rpartition(".")
        module = self.modules.find(path, relative + parent) if parent or relative else None
        if module is not None:
            return self.member(module, name)
        return only(Library(dotted) if is_library(dotted) else Foreign(dotted))

    def member(self, path: str, name: str) -> Things:
        """A module's attribute: what its body binds, or a submodule."""
        facts = self.files.get(path)
        if facts is None or facts.problems:
            return ANYTHING
        submodule = self.modules.find(path, f".{name}") if path.endswith(("__init__.py", "__init__.pyi")) else None
        if submodule is not None and name not in facts.flows[MODULE].variables:
            return only(ModuleOf(submodule))
        found = self.value(v.Name(name), self.module(path))
        missing = all(isinstance(each, Library) and each.name == f"builtins.{name}" for each in found)
        return ANYTHING if missing and found else found

    def _imported(self, node: v.Import, activation: Activation) -> Things:
        return self.imported(activation.path, node.name)

    def _class(self, node: v.ClassName, activation: Activation) -> Things:
        return only(ClassOf(activation.path, node.name))

    def _function(self, node: v.Function, activation: Activation) -> Things:
        home = None if activation.name == MODULE else activation
        return only(Closure(activation.path, node.flow, home))

    def _attribute(self, node: v.Attribute, activation: Activation) -> Things:
        if activation.is_node:
            entry = self.scripts.entry(node, activation)
            if entry is not None:
                return entry
        of_each = [self.attribute(base, node.name, activation) for base in in_order(self.value(node.base, activation))]
        found = frozenset[Thing]().union(*of_each)
        if found == ANYTHING and last_name(node.base) == "env" and node.name.isupper() and activation.is_node:
            return only(FromVariable(node.name, None))  # the bindings of a worker: env.NAME, context.env.NAME
        return found

    def attribute(self, base: Thing, name: str, activation: Activation) -> Things:
        """What ``base.name`` can be, read in an activation."""
        match base:
            case Nothing():
                return NEVER
            case Plain():
                return only(PLAIN)
            case Sdk(dotted):
                return only(Sdk(f"{dotted}.{node_sdk.exported(name) if activation.is_node else name}"))
            case SdkObject(kind):
                name = vocabulary.member(kind, name, in_node=activation.is_node)
                term = vocabulary.term(kind, name)
                held = "" if term is None or term.is_called else term.gives
                return only(SdkObject(held) if held else SdkMethod(kind, name))
            case Library(node_sdk.ENVIRONMENT):
                return only(FromVariable(name, None))
            case Library(dotted) if dotted in options.NAMESPACES:
                return options.default_of(name, activation) or only(Library(f"{dotted}.{name}", base.made))
            case Library(dotted):
                return only(Library(f"{dotted}.{name}", base.made))
            case Foreign(dotted):
                module = self.modules.find(activation.path, f"{dotted}.{name}")
                return only(Foreign(f"{dotted}.{name}") if module is None else ModuleOf(module))
            case ModuleOf(path):
                return self.scripts.export(path, name) if self.scripts.covers(path) else self.member(path, name)
            case Record():
                return self.scripts.held(base, name)
            case ClassOf() | Instance() | Super():
                return self.classes.attribute(base, name)
            case String():
                # A text has no value of its own, so it is a member of an enumeration.
                return only(base if name == "value" else Library(f"builtins.str.{name}", made=True))
            case Box(items):
                return ANYTHING if items else only(PLAIN)
            case _:
                return ANYTHING

    def _subscript(self, node: v.Subscript, activation: Activation) -> Things:
        found: set[Thing] = set()
        for base in in_order(self.value(node.base, activation)):
            match base:
                case Sdk() | ClassOf() | Plain() | Foreign():
                    found.add(base)
                case Library("os.environ") | Library(node_sdk.ENVIRONMENT):
                    found |= self.results.variable(self.value(node.key, activation), NEVER)
                case Box(items):
                    found |= self._entry(base, node.key, activation) or items or ANYTHING
                case Record():
                    found |= self.scripts.chosen(base, self.value(node.key, activation))
                case Library():
                    found.add(base)
                case _:
                    found.add(UNKNOWN)
        return frozenset(found)

    def _entry(self, held: Box, key: v.Expr, activation: Activation) -> Things:
        """What stands in a container at a position, or under a key, that is known; nothing where that is not."""
        if not held.keys:
            return _at(held.parts or (), key)
        names = self.value(key, activation)
        found = NEVER.union(*(held.under(each.value) for each in names if isinstance(each, String)))
        # What is no text may have been put there later.
        is_text = bool(found) and all(isinstance(each, (String, FromVariable, Formatted)) for each in found)
        return found if is_text and all(isinstance(each, String) for each in names) else NEVER

    def _result(self, node: v.Result, activation: Activation) -> Things:
        call = activation.flow.calls[node.call]
        return self.results.of(call, activation)

    def _typed(self, node: v.Typed, activation: Activation) -> Things:
        mark = self.answers.mark()
        typed = self.typed(node.annotation, activation)
        if typed or node.value is None:
            return typed or self.unless_waiting(mark)
        return self.value(node.value, activation)

    def typed(self, annotation: v.Expr, activation: Activation) -> Things:
        """The objects that an annotation promises; empty where it promises nothing that is known."""
        return self._types.promised(annotation, activation)

    def _join(self, node: v.Join, activation: Activation) -> Things:
        mark = self.answers.mark()
        parts = [self.value(part, activation) for part in node.parts]
        if self.answers.waits(mark):
            return NEVER
        if not all(isinstance(each, String) for part in parts for each in part):
            return formatted(parts)
        texts = [sorted(each.value for each in part if isinstance(each, String)) for part in parts]
        if sum(max(map(len, each), default=0) for each in texts) > limits.MAX_TEXT:
            return ANYTHING
        joined = islice(product(*texts), limits.MAX_VALUES + 1)
        return frozenset(String("".join(each)) for each in joined)

    def _either(self, node: v.Either, activation: Activation) -> Things:
        return self.union(node.options, activation)

    def _or(self, node: v.Or, activation: Activation) -> Things:
        """``variable or "default"`` is that variable with a default; an empty first option never wins."""
        found: set[Thing] = set()
        for index, option in enumerate(node.options):
            values = self.value(option, activation)
            last = index == len(node.options) - 1
            found |= (
                values if last else {each for each in values if not isinstance(each, Nothing) and each != String("")}
            )
        variables = [each for each in found if isinstance(each, FromVariable)]
        texts = [each for each in found if isinstance(each, String)]
        if len(variables) == 1 and len(texts) == 1 and len(found) == 2 and not variables[0].default:
            return only(FromVariable(variables[0].variable, texts[0].value))
        return frozenset(found)

    def _items(self, node: v.Items, activation: Activation) -> Things:
        mark = self.answers.mark()
        if any(isinstance(item, v.Spread) for item in node.items):
            made = box(self.union(node.items, activation))
        else:
            made = box_of([self.value(item, activation) for item in node.items])
        return NEVER if self.answers.waits(mark) else only(made)

    def _mapping(self, node: v.Mapping, activation: Activation) -> Things:
        mark = self.answers.mark()
        if activation.is_node:
            made: Thing = self.scripts.record(node, activation)
        else:
            held = [(key, self.value(value, activation)) for key, value in node.entries]
            is_plain = all(key not in ("", "**") for key, _ in held)
            made = dict_of(held) if is_plain else box(NEVER.union(*(values for _, values in held)))
        return NEVER if self.answers.waits(mark) else only(made)

    def _spread(self, node: v.Spread, activation: Activation) -> Things:
        found: set[Thing] = set()
        for each in self.value(node.value, activation):
            found |= each.items if isinstance(each, Box) else ANYTHING
        return frozenset(found)

    def _env(self, node: v.Env, activation: Activation) -> Things:
        mark = self.answers.mark()
        default = None if node.default is None else self.value(node.default, activation)
        if self.answers.waits(mark):
            return NEVER
        texts = [each.value for each in default or () if isinstance(each, String)]
        return only(FromVariable(node.variable, texts[0] if len(texts) == 1 else None))

    def _external(self, node: v.External, activation: Activation) -> Things:
        return self.scripts.external(node, activation)

    def _elsewhere(self, node: v.Elsewhere, activation: Activation) -> Things:
        return self.value(node.value, self.activations.within(activation, activation.facts.flows[node.flow]))

    def _made(self, node: v.Made, activation: Activation) -> Things:
        """``text.strip()`` and ``names.get("desk", default)``; anything for all else that is made of values."""
        match node:
            case v.Made((text,), "strip" | "lstrip" | "rstrip"):
                return self._stripped(text, activation)
            case v.Made((held, v.Text(key)), following.BY_NAME):
                return self._given_by_name(held, key, activation)
            case v.Made((held,), following.EACH):
                return self._each(held, activation)
            case v.Made((held, v.Text() as key, *default), "get") if len(default) < 2:
                found = self.value(v.Subscript(held, key), activation)
                is_text = found and all(isinstance(each, (String, FromVariable)) for each in found)
                return found | self.union(default, activation) if is_text else ANYTHING
            case _:
                return ANYTHING

    def _each(self, iterated: v.Expr, activation: Activation) -> Things:
        """The texts that a loop runs through: the items of a container, the keys of a dict, or its ``values()``."""
        match iterated:
            case v.Made((inner,), "values" | "keys" as part):
                held, of_values = self.value(inner, activation), part == "values"
            case _:
                held, of_values = self.value(iterated, activation), False
        found: set[Thing] = set()
        for each in held:
            if not isinstance(each, Box):
                return ANYTHING
            found |= {String(key) for key in each.keys} if each.keys and not of_values else each.items
        return _texts(found)

    def _given_by_name(self, held: v.Expr, key: str, activation: Activation) -> Things:
        """The text that ``**held`` gives for a keyword."""
        values = self.value(held, activation)
        found = [each.under(key) if isinstance(each, Box) and each.keys else NEVER for each in values]
        return _texts(NEVER.union(*found)) if found and all(found) else ANYTHING

    def _stripped(self, text: v.Expr, activation: Activation) -> Things:
        found: set[Thing] = set()
        for each in self.value(text, activation):
            if isinstance(each, String):
                found.add(String(each.value.strip()))
            else:
                found.add(each if isinstance(each, FromVariable) else UNKNOWN)
        return frozenset(found)

    def _opaque(self, node: v.Opaque, activation: Activation) -> Things:
        return ANYTHING

    _PLAIN: ClassVar[dict[type[v.Expr], Callable[..., Things]]] = {
        v.Text: _text,
        v.Constant: _constant,
        v.ClassName: _class,
        v.Function: _function,
        v.Opaque: _opaque,
    }
    """Those that ask nothing else."""
    _EXPRESSIONS: ClassVar[dict[type[v.Expr], Callable[..., Things]]] = {
        v.Name: _name,
        v.Import: _imported,
        v.Attribute: _attribute,
        v.Result: _result,
        v.Subscript: _subscript,
        v.Typed: _typed,
        v.Join: _join,
        v.Either: _either,
        v.Or: _or,
        v.Items: _items,
        v.Mapping: _mapping,
        v.Spread: _spread,
        v.Env: _env,
        v.External: _external,
        v.Made: _made,
        v.Elsewhere: _elsewhere,
    }


def formatted(parts: Iterable[Things]) -> Things:
    """A text that is joined of these; anything where no part of it is known."""
    known: list[str | None] = []
    variables: list[str | None] = []
    for each in parts:
        texts = [one.value for one in each if isinstance(one, String)]
        known.append(texts[0] if len(texts) == len(each) == 1 else None)
        if known[-1] is None:
            read = [one.variable for one in each if isinstance(one, FromVariable)]
            variables.append(read[0] if len(read) == len(each) == 1 else None)
    if not any(known) or sum(len(each or "") for each in known) > limits.MAX_TEXT:
        return ANYTHING
    named = tuple(each for each in variables if each is not None)
    return only(Formatted(tuple(known), named if len(named) == len(variables) else ()))


def _at(parts: tuple[Things, ...], key: v.Expr) -> Things:
    """What stands at a position that is written out; nothing where it is not."""
    index = int(key.value) if isinstance(key, v.Constant) and key.value.isdecimal() else len(parts)
    return parts[index] if index < len(parts) else NEVER


def _texts(found: Iterable[Thing]) -> Things:
    """What was found in a container where it is all text; what is none may have been put there later."""
    held = frozenset(found)
    return held if held and all(isinstance(each, (String, FromVariable)) for each in held) else ANYTHING

"""What calls return, and how arguments become a callee's bindings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Call, Flow
from lkagent_lint.facts.following import given_to, last_name
from lkagent_lint.project import schemas
from lkagent_lint.project.decorators import GIVES_THE_SAME
from lkagent_lint.project.things import (
    ANYTHING,
    NEVER,
    PLAIN,
    UNKNOWN,
    Activation,
    Bindings,
    Box,
    ClassOf,
    Closure,
    Foreign,
    FromVariable,
    Instance,
    Library,
    Partial,
    Plain,
    Sdk,
    SdkMethod,
    SdkObject,
    String,
    Super,
    Thing,
    Things,
    box,
    box_of,
    dict_of,
    in_order,
    only,
    partial_of,
    record_of,
)
from lkagent_lint.sources.scheduling import WAIT_FOR_ONE
from lkagent_lint.sources.sdk import vocabulary
from lkagent_lint.sources.sdk.vocabulary import class_name

if TYPE_CHECKING:
    from lkagent_lint.project.evaluate import Evaluator

Args = tuple[Things, ...]
Keywords = tuple[tuple[str, Things], ...]

_PASS_THROUGH = WAIT_FOR_ONE | {"copy.copy"}
_ENTERS = ("__aenter__", "__enter__")


class CallResults:
    """Follows calls to their results."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator

    def arguments(self, call: Call, activation: Activation) -> tuple[Args, Keywords]:
        """A call's argument values. After ``*spread`` of what is not known by position the others are unknown too."""
        evaluator = self._evaluator
        args: list[Things] = []
        for arg in call.args:
            if isinstance(arg, v.Spread):
                parts = _parts(evaluator.value(arg.value, activation))
                if parts is None:
                    break
                args += parts
            else:
                args.append(evaluator.value(arg, activation))
        keywords = tuple((name, evaluator.value(value, activation)) for name, value in call.keywords)
        return tuple(args), keywords

    def everything(self, call: Call, activation: Activation) -> Things:
        """All values that a call passes on, spread ones included."""
        return self._evaluator.union(given_to(call), activation)

    def of(self, call: Call, activation: Activation) -> Things:
        """What a call returns (for a coroutine function: what awaiting it gives)."""
        target = call.target
        if isinstance(target, v.Attribute) and target.name in _ENTERS:
            return self._entered(target, activation)
        if target == v.Name("super"):
            return self._super(call, activation)
        if activation.is_node and last_name(target) in schemas.WORDS:
            parsed = schemas.parsed(call, activation, self._evaluator)
            if parsed is not None:
                return parsed
        found: set[Thing] = set()
        known: list[Thing] = []
        for thing in activation.targets(call):
            if (
                isinstance(thing, (Library, ClassOf, Closure, Partial, Instance))
                or _is_field(thing)
                or (isinstance(thing, Plain) and last_name(target)[:1].isupper())
            ):
                known.append(thing)
            else:
                found |= self.called(thing, (), ())
        if not known:  # what is not known gives the same, whatever it is called with
            return self._read(call, activation) or frozenset(found)
        mark = self._evaluator.answers.mark()
        args, keywords = self.arguments(call, activation)
        if self._evaluator.answers.waits(mark):
            return frozenset(found)
        for thing in in_order(frozenset(known)):
            if isinstance(thing, Plain):
                found |= _kept(thing, args, keywords)
            elif isinstance(thing, Foreign) and thing.name in _STAND_INS:
                found |= args[0] if args else ANYTHING
            elif _is_field(thing):
                found |= self._default_of(args, keywords) or only(thing)
            elif isinstance(thing, Library):
                found |= self._library(thing, call, args, keywords, activation)
            else:
                found |= self.called(thing, args, keywords)
        return frozenset(found)

    def called(self, thing: Thing, args: Args, keywords: Keywords) -> Things:
        """What calling one thing gives."""
        match thing:
            case Sdk(dotted):
                function = vocabulary.function(dotted)
                made = class_name(dotted) if function is None else function.gives
                return only(SdkObject(made or dotted))
            case SdkMethod(kind, name):
                term = vocabulary.term(kind, name)
                return only(SdkObject(term.gives)) if term is not None and term.gives else ANYTHING
            case ClassOf():
                return only(self.construct(thing, args, keywords))
            case Closure():
                return self._returned(thing, args, keywords)
            case Instance():
                called = self._evaluator.classes.attribute(thing, "__call__")
                own = [each for each in called if isinstance(each, Closure)]
                return NEVER.union(*(self._returned(each, args, keywords) for each in own)) if own else ANYTHING
            case Partial(function, held, named):
                return self.called(function, held + args, named + keywords)
            case Foreign():
                return only(thing)
            case Plain():
                return only(thing)
            case _:
                return ANYTHING

    def _read(self, call: Call, activation: Activation) -> Things:
        """The variable of the environment that a package's reader is asked for by its name; nothing for other calls."""
        given = call.args[0] if call.args else None
        if not isinstance(given, v.Text) or not given.value.isupper() or not self._is_reader(call, activation):
            return NEVER
        named = dict(call.keywords).get("default")
        default = call.args[1] if len(call.args) > 1 else named
        return self.variable(only(String(given.value)), NEVER if default is None else activation.value(default))

    def _is_reader(self, call: Call, activation: Activation) -> bool:
        """``config("NAME")`` of decouple, ``env.str("NAME")`` of environs, ``this.config.get("NAME")`` of Nest."""
        if activation.is_node:
            match call.target:
                case v.Attribute(base, "get" | "getOrThrow"):
                    return "config" in last_name(base).lower()
                case _:
                    return False
        return all(isinstance(each, Foreign) and each.name in _READERS for each in activation.targets(call))

    def _entered(self, target: v.Attribute, activation: Activation) -> Things:
        """``with value as name`` gives the value itself, unless the project's own class says otherwise."""
        found: set[Thing] = set()
        for base in in_order(self._evaluator.value(target.base, activation)):
            enters = NEVER
            if isinstance(base, Instance):
                enters = self._evaluator.classes.attribute(base, target.name)
            own = [each for each in enters if isinstance(each, Closure)]
            found |= NEVER.union(*(self.called(each, (), ()) for each in own)) if own else only(base)
        return frozenset(found)

    def _super(self, call: Call, activation: Activation) -> Things:
        """``super()``, or ``super(Class, self)``."""
        flow = activation.flow
        if len(call.args) == 2:
            owners, receivers = (self._evaluator.value(each, activation) for each in call.args)
            if not all(isinstance(each, ClassOf) for each in owners):
                return ANYTHING
            own = [each for each in owners if isinstance(each, ClassOf)]
            return frozenset(Super(one.path, one.name, each) for one in own for each in receivers)
        if not flow.owner or not flow.parameters:
            return ANYTHING
        receivers = self._evaluator.value(v.Name(flow.parameters[0].name), activation)
        return frozenset(Super(activation.path, flow.owner, each) for each in receivers)

    # The project's own

    def construct(self, owner: ClassOf, args: Args, keywords: Keywords) -> Instance:
        """An object of a class of the project, with the activation of its ``__init__`` or its fields."""
        evaluator = self._evaluator
        initialiser = self.initialiser(owner)
        if initialiser is not None:
            receiver = Instance(owner.path, owner.name, None)
            made = self.enter(initialiser.on(receiver), args, keywords)
            return Instance(owner.path, owner.name, made)
        record = evaluator.classes.record(owner)
        if record is None or evaluator.scripts.covers(owner.path):
            return Instance(owner.path, owner.name, None)
        fields = tuple(zip(record.annotations, args, strict=False)) + keywords
        return Instance(owner.path, owner.name, evaluator.intern(owner.path, record.scope, fields))

    def initialiser(self, owner: ClassOf) -> Closure | None:
        """The ``__init__`` that making an object runs; None where no class of the project defines one."""
        evaluator = self._evaluator
        for base in evaluator.classes.lineage(owner):
            if isinstance(base, ClassOf) and (record := evaluator.classes.record(base)) is not None:
                for value in record.attributes.get("__init__", ()):
                    if isinstance(value, v.Function):
                        return Closure(base.path, value.flow, None)
        return None

    def enter(self, function: Closure, args: Args, keywords: Keywords) -> Activation:
        """The activation that calling a function with these arguments enters."""
        evaluator = self._evaluator
        flow = evaluator.files[function.path].flows[function.flow]
        if function.bound is not None:
            args = (only(function.bound), *args)
        return evaluator.intern(function.path, function.flow, self._bind(function, flow, args, keywords), function.home)

    def _bind(self, function: Closure, flow: Flow, args: Args, keywords: Keywords) -> Bindings:
        named = dict(keywords)
        scope = function.home or self._evaluator.module(function.path)
        positional = [each for each in flow.parameters if each.kind == "positional"]
        bindings: list[tuple[str, Things]] = []
        for index, parameter in enumerate(positional):
            if index < len(args):
                bindings.append((parameter.name, args[index]))
        bound = {name for name, _ in bindings}
        for parameter in flow.parameters:
            if parameter.name in bound:
                continue
            if parameter.kind == "*":
                bindings.append((parameter.name, only(box_of(args[len(positional) :]))))
            elif parameter.kind == "**":
                bindings.append((parameter.name, only(box(_spare(flow, keywords)))))
            elif parameter.name in named:
                bindings.append((parameter.name, named[parameter.name]))
            elif parameter.default is not None and "**" not in named:
                bindings.append((parameter.name, self._evaluator.value(parameter.default, scope)))
        return tuple(bindings)

    def _returned(self, function: Closure, args: Args, keywords: Keywords) -> Things:
        evaluator = self._evaluator
        mark = evaluator.answers.mark()
        made = evaluator.decorators.made(function, GIVES_THE_SAME)
        if made is None:
            return evaluator.unless_waiting(mark)
        if not isinstance(made, Closure):
            return self.called(made, args, keywords)
        flow = evaluator.files[made.path].flows[made.flow]
        if flow.is_generator:
            return ANYTHING
        mark = evaluator.answers.mark()
        activation = self.enter(made, args, keywords)
        if evaluator.answers.waits(mark):  # for the default of a parameter
            return NEVER
        found = evaluator.union(flow.returns, activation)
        if UNKNOWN in found and flow.annotation is not None:
            mark = evaluator.answers.mark()
            promised = evaluator.typed(flow.annotation, activation)
            found = (found - ANYTHING) | (promised or evaluator.unless_waiting(mark))
        return found if flow.returns else only(PLAIN)

    def _default_of(self, args: Args, keywords: Keywords) -> Things:
        """What a field holds that nobody gives a value; empty where that is not said."""
        named = dict(keywords)
        if "default_factory" in named or "factory" in named:
            made = named.get("default_factory") or named.get("factory") or NEVER
            return NEVER.union(*(self.called(each, (), ()) for each in in_order(made)))
        return named.get("default") or (args[0] if args else NEVER)

    # The standard library

    def _library(self, thing: Library, call: Call, args: Args, keywords: Keywords, activation: Activation) -> Things:
        match thing.name:
            case "os.getenv" | "os.environ.get":
                default = args[1] if len(args) > 1 else dict(keywords).get("default", NEVER)
                return self.variable(args[0] if args else ANYTHING, default)
            case "builtins.dict" if keywords and not args and all(name != "**" for name, _ in keywords):
                return only(dict_of(keywords))
            case "types.SimpleNamespace" if not args and all(name != "**" for name, _ in keywords):
                return only(record_of(activation.path, keywords, open_ended=True))
            case "functools.partial":
                functions = args[0] if args else NEVER
                return frozenset(partial_of(each, args[1:], keywords) for each in functions)
            case "functools.wraps":  # it holds a function, and what it is put on is that one's stand-in
                return only(Library(thing.name, made=True))
            case "typing.cast" | "typing_extensions.cast":
                return args[1] if len(args) > 1 else ANYTHING
            case name if name in _PASS_THROUGH and args:
                return args[0]
            case "asyncio.gather" if not any(isinstance(arg, v.Spread) for arg in call.args):
                return only(box_of(args))
            case "builtins.getattr" | "builtins.next" | "builtins.vars" | "builtins.globals" | "builtins.eval":
                return ANYTHING
            case "importlib.import_module" | "builtins.__import__" | "pkgutil.resolve_name" | "runpy.run_path":
                return ANYTHING
            case _:
                if thing.made and thing.name.startswith("builtins.str."):
                    return ANYTHING
                held = frozenset(
                    each for each in self.everything(call, activation) if not isinstance(each, (Plain, String, Library))
                )
                return only(box(held)) if held else only(Library(thing.name, made=True))

    def variable(self, names: Things, default: Things) -> Things:
        """The value of an environment variable whose name is one of these."""
        found: set[Thing] = set()
        for name in names:
            if not isinstance(name, String):
                return ANYTHING
            texts = sorted(each.value for each in default if isinstance(each, String))
            others = [each for each in default if not isinstance(each, String) and each.__class__.__name__ != "Nothing"]
            if others or len(texts) > 1:
                return ANYTHING
            found.add(FromVariable(name.value, texts[0] if texts else None))
        return frozenset(found)


_READERS = frozenset(
    {
        *("decouple.config", "environs.Env", "environs.Env.str", "environs.env", "environs.env.str", "environ.Env"),
        *("environ.Env.str", "starlette.config.Config", "prettyconf.config"),
    }
)
"""Functions and objects of packages that give a variable of the environment by its name, with a default."""
_FIELDS = frozenset(
    {
        *("pydantic.Field", "pydantic.v1.Field", "sqlmodel.Field", "attr.ib", "attr.field", "attrs.field"),
        *("fastapi.Query", "fastapi.Form", "fastapi.Body", "fastapi.Header", "typer.Option", "typer.Argument"),
    }
)
"""What says of a field, or of a parameter, what it holds where nobody gives a value: first, or as ``default``."""


_STAND_INS = frozenset({"react.cache", "react.memo", "react.forwardRef", "react.useCallback", "lodash.memoize"})
"""Functions of packages that give the function that they are given, or what does the same."""


def _is_field(thing: Thing) -> bool:
    """What it is called with says what it gives."""
    match thing:
        case Foreign(name):
            return name in _FIELDS or name in _STAND_INS
        case Library("dataclasses.field"):
            return True
        case _:
            return False


def _parts(values: Things) -> tuple[Things, ...] | None:
    """What a container holds, by position; None where that is not known."""
    found = {each.parts if isinstance(each, Box) and not each.keys else None for each in values}
    return found.pop() if len(found) == 1 else None


def _kept(thing: Plain, args: Args, keywords: Keywords) -> Things:
    """What a class makes of which nothing is known: it holds the objects of the SDK that it is given."""
    given = NEVER.union(*args, *(values for _, values in keywords))
    held = frozenset(each for each in given if isinstance(each, SdkObject))
    return only(box(held)) if held else only(thing)


def _spare(flow: Flow, keywords: Keywords) -> Things:
    """What ``**`` of a function collects. What is passed on by ``**`` in turn is what that holds, not a container of
    it: or a function that hands its keywords to itself would never see the same ones twice.
    """
    found: set[Thing] = set()
    for name, values in keywords:
        if name == "**":
            for each in values:
                found |= each.items if isinstance(each, Box) else ANYTHING
        elif not any(name == each.name for each in flow.parameters):
            found |= values
    return frozenset(found)

"""How a value was resolved, step by step, and where that ended.

Each step says what one expression is; the steps that it rests on follow, one level deeper. What a step says comes from
the same evaluator that link and the rules ask.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import MODULE, Flow
from lkagent_lint.facts.scopes import owner_of
from lkagent_lint.facts.spelling import spelt
from lkagent_lint.project import limits
from lkagent_lint.project.answers import Unanswered
from lkagent_lint.project.decorators import GIVES_THE_SAME
from lkagent_lint.project.evaluate import Evaluator
from lkagent_lint.project.things import (
    ANYTHING,
    Activation,
    ClassOf,
    Foreign,
    Instance,
    ModuleOf,
    Sdk,
    in_order,
)
from lkagent_lint.questions.wording import quoted
from lkagent_lint.why.records import TraceStep
from lkagent_lint.why.things import in_words

MAX_DEPTH = 8
MAX_STEPS = 40

_MADE_OF: dict[type[v.Expr], str] = {
    v.Join: "a concatenation of",
    v.Made: "something that is made of",
    v.Either: "one of",
    v.Or: "the first that is true of",
    v.Items: "made of",
}


class Tracer:
    """Traces values of one project. ``text`` gives a file's text, empty where there is none."""

    def __init__(self, evaluator: Evaluator, show: Callable[[str], str], text: Callable[[str], str]) -> None:
        self._evaluator = evaluator
        self._show = show
        self._text = text
        self._is_told = False
        """It has been said that a question met its budget."""

    def steps(self, expression: v.Expr, activation: Activation) -> tuple[TraceStep, ...]:
        """How an expression was resolved in an activation."""
        found: list[TraceStep] = []
        for step in self._trace(expression, activation, 0, frozenset()):
            found.append(step)
            if len(found) == MAX_STEPS:
                found.append(TraceStep(0, "…"))
                break
        return tuple(found)

    def _trace(
        self, node: v.Expr, activation: Activation, depth: int, seen: frozenset[tuple[v.Expr, Activation]]
    ) -> Iterator[TraceStep]:
        key = (node, activation)
        if depth > MAX_DEPTH or key in seen:
            return
        seen |= {key}
        yield from self._budget(node, activation, depth)
        match node:
            case v.Text(value):
                yield TraceStep(depth, f"{quoted(value)}, as it is written here")
            case v.Constant(value):
                yield TraceStep(depth, f"{value}, as it is written here")
            case v.Env(variable, default):
                yield TraceStep(depth, f"the environment variable {variable}, whose value is not in the code")
                if default is not None:
                    yield TraceStep(depth + 1, "where it is not set:")
                    yield from self._trace(default, activation, depth + 2, seen)
            case v.Name(name):
                yield from self._name(name, activation, depth, seen)
            case v.Import(dotted):
                yield from self._import(dotted, activation, depth, seen)
            case v.External(module, name):
                yield from self._external(node, module, name, activation, depth, seen)
            case v.Attribute(base, name):
                yield from self._attribute(node, base, name, activation, depth, seen)
            case v.Result(number):
                yield from self._result(number, node, activation, depth, seen)
            case v.Elsewhere(function, value):
                yield TraceStep(depth, f"assigned in {function}:")
                inside = self._evaluator.activations.within(activation, activation.facts.flows[function])
                yield from self._trace(value, inside, depth + 1, seen)
            case v.Typed(_, value) if value is not None:
                yield from self._trace(value, activation, depth, seen)
            case v.Join(parts) | v.Either(parts) | v.Or(parts) | v.Items(parts) | v.Made(parts) if parts:
                yield TraceStep(depth, f"{_MADE_OF[type(node)]} {len(parts)} values:")
                for part in parts:
                    yield from self._trace(part, activation, depth + 1, seen)
            case v.Opaque() | v.Made():
                yield TraceStep(depth, "an expression that is not followed: knowledge ends here")
            case _:
                yield TraceStep(depth, f"{spelt(node)}: {self._value(node, activation)}")

    def _budget(self, node: v.Expr, activation: Activation, depth: int) -> Iterator[TraceStep]:
        """That the question of what an expression is met its budget, once."""
        asked = Unanswered(activation.path, activation.name, node)
        if not self._is_told and asked in self._evaluator.answers.unanswered:
            self._is_told = True
            yield TraceStep(depth, f"what {spelt(node)} is takes more than {limits.MAX_STEPS} steps to find: unknown")

    def _value(self, node: v.Expr, activation: Activation) -> str:
        return in_words(activation.value(node), self._show)

    def _name(
        self, name: str, activation: Activation, depth: int, seen: frozenset[tuple[v.Expr, Activation]]
    ) -> Iterator[TraceStep]:
        facts, flow = activation.facts, activation.flow
        home = owner_of(facts, flow, name)
        if home is None:
            yield TraceStep(depth, f"{name} is bound by no scope of the file: {self._value(v.Name(name), activation)}")
            return
        where = self._home(activation.path, home)
        here = activation.around(home)
        if any(each.name == name for each in home.parameters):
            given = self._value(v.Name(name), activation)
            yield TraceStep(depth, f"{name} is a parameter of {where}: {given}")
        values = home.variables.get(name, ())
        if values:
            count = "once" if len(values) == 1 else f"{len(values)} times"
            yield TraceStep(
                depth, f"{name} is a variable of {where}, assigned {count}{self._line(here.path, name, values)}"
            )
            for value in values:
                yield from self._trace(value, here, depth + 1, seen)

    def _home(self, path: str, flow: Flow) -> str:
        return f"the module {self._show(path)}" if flow.name == MODULE else f"{flow.name} in {self._show(path)}"

    def _line(self, path: str, name: str, values: tuple[v.Expr, ...]) -> str:
        """Where a variable is assigned, if its text leaves no doubt; facts hold no lines of assignments."""
        if len(values) != 1 or isinstance(values[0], (v.Import, v.External, v.Function, v.ClassName)):
            return ""
        declared = r"(?m)^[ \t]*(?:(?:export|const|let|var)\s+)*"
        assigned = re.compile(rf"{declared}{re.escape(name)}\s*(?::[^=\n]+)?=(?!=)")
        text = self._text(path)
        found = list(assigned.finditer(text))
        return f", at line {text.count(chr(10), 0, found[0].start()) + 1}" if len(found) == 1 else ""

    def _import(
        self, dotted: str, activation: Activation, depth: int, seen: frozenset[tuple[v.Expr, Activation]]
    ) -> Iterator[TraceStep]:
        evaluator = self._evaluator
        things = evaluator.imported(activation.path, dotted)
        found = evaluator.modules.find(activation.path, dotted)
        relative = dotted[: len(dotted) - len(dotted.lstrip("."))]
        parent, _, name = dotted[len(relative) :].rpartition(".")
        holder = evaluator.modules.find(activation.path, relative + parent) if parent or relative else None
        if found is None and holder is not None:
            yield from self._member(holder, name, f"imported as {dotted}", depth, seen)
            return
        yield TraceStep(depth, f"imported as {dotted}: {self._ended(in_words(things, self._show), things == ANYTHING)}")

    def _member(
        self, path: str, name: str, how: str, depth: int, seen: frozenset[tuple[v.Expr, Activation]]
    ) -> Iterator[TraceStep]:
        """A name of another module of the project."""
        facts = self._evaluator.files.get(path)
        if facts is None or facts.problems:
            yield TraceStep(depth, f"{how} from {self._show(path)}, which was not analysed: knowledge ends here")
            return
        yield TraceStep(depth, f"{how} from {self._show(path)}")
        yield from self._trace(v.Name(name), self._evaluator.module(path), depth + 1, seen)

    def _external(
        self,
        node: v.External,
        module: str,
        name: str,
        activation: Activation,
        depth: int,
        seen: frozenset[tuple[v.Expr, Activation]],
    ) -> Iterator[TraceStep]:
        path = self._evaluator.modules.find_script(activation.path, module)
        if path is None:
            things = activation.value(node)
            yield TraceStep(
                depth, f"imported from {module}: {self._ended(in_words(things, self._show), _is_foreign(things))}"
            )
        elif name == "*":
            yield TraceStep(depth, f"everything of {self._show(path)}")
        else:
            yield from self._member(path, name, f"{name} is imported", depth, seen)

    def _attribute(
        self,
        node: v.Attribute,
        base: v.Expr,
        name: str,
        activation: Activation,
        depth: int,
        seen: frozenset[tuple[v.Expr, Activation]],
    ) -> Iterator[TraceStep]:
        evaluator = self._evaluator
        bases = activation.value(base)
        if len(bases) == 1:
            (only,) = bases
            if isinstance(only, ModuleOf):
                yield from self._member(only.path, name, f"{spelt(node)} is a name", depth, seen)
                return
            if isinstance(only, Sdk):
                yield TraceStep(depth, f"{spelt(node)}: {self._value(node, activation)}")
                return
        things = activation.value(node)
        said = self._ended(in_words(things, self._show), things == ANYTHING)
        yield TraceStep(depth, f"{spelt(node)} is an attribute of {in_words(bases, self._show)}: {said}")
        for each in in_order(bases):
            if isinstance(each, (Instance, ClassOf)):
                record = evaluator.classes.record(each)
                values = () if record is None else record.attributes.get(name, ())
                scope = None if record is None else evaluator.files[each.path].flows[record.scope]
                for value in values if scope is not None else ():
                    assert scope is not None
                    yield TraceStep(depth + 1, f"{name} in the class {each.name} ({self._show(each.path)}):")
                    yield from self._trace(value, evaluator.usual(each.path, scope), depth + 2, seen)
        yield from self._trace(base, activation, depth + 1, seen)

    def _result(
        self,
        number: int,
        node: v.Result,
        activation: Activation,
        depth: int,
        seen: frozenset[tuple[v.Expr, Activation]],
    ) -> Iterator[TraceStep]:
        evaluator = self._evaluator
        call = activation.flow.calls[number]
        things = activation.value(node)
        given = ", ".join([*map(spelt, call.args), *(f"{key}={spelt(value)}" for key, value in call.keywords)])
        said = self._ended(in_words(things, self._show), things == ANYTHING)
        yield TraceStep(depth, f"{spelt(call.target)}({given}) returns {said}")
        for target in in_order(activation.targets(call)):
            runs = () if isinstance(target, ClassOf) else evaluator.running.of(target, call, activation, GIVES_THE_SAME)
            for run in runs:
                inner = run.activation or run.inside
                yield TraceStep(depth + 1, f"it calls {inner.name} in {self._show(inner.path)}, which returns")
                if run.activation is None:
                    yield TraceStep(depth + 2, "what a decorator makes of it that is not followed: knowledge ends here")
                for value in inner.flow.returns if run.activation is not None else ():
                    yield from self._trace(value, inner, depth + 2, seen)
            if not runs and things == ANYTHING:
                yield TraceStep(depth + 1, f"what is called is {in_words(frozenset({target}), self._show)}")

    @staticmethod
    def _ended(said: str, ends: bool) -> str:
        return f"{said}: knowledge ends here" if ends else said


def _is_foreign(things: frozenset[object]) -> bool:
    return any(isinstance(each, Foreign) for each in things)

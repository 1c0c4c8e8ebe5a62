"""What a call of the project's own runs: the one place that knows it, for solver, loop and rules."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, NamedTuple

from lkagent_lint.facts.flows import Call
from lkagent_lint.project.decorators import DOES_THE_SAME, Decoration
from lkagent_lint.project.things import Activation, ClassOf, Closure, Instance, Partial, Thing, Things, in_order

if TYPE_CHECKING:
    from lkagent_lint.project.evaluate import Evaluator

_MAX_STEPS = 8
"""Objects that are called through objects, and partials of partials, are followed so far."""


class Run(NamedTuple):
    """A function of the project that a call runs."""

    function: Closure
    """As the caller has it."""
    inside: Activation
    """The function itself with these arguments, whatever stands on it."""
    activation: Activation | None
    """What runs first, with its arguments: the function itself, or what decorators made of it. None where that is not
    known, so that anything may happen before the function runs and behind it.
    """


class Running:
    """Answers for one evaluator. ``through`` are the kinds of decorators that change nothing for those who ask."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator

    def of(
        self, thing: Thing, call: Call, activation: Activation, through: Collection[Decoration] = DOES_THE_SAME
    ) -> tuple[Run, ...]:
        """What a call in an activation runs where its target is this thing; nothing where it is not the project's.

        Generators are among it: calling one runs nothing yet.
        """
        if not isinstance(thing, (Closure, ClassOf, Partial, Instance)):
            return ()
        args, keywords = self._evaluator.results.arguments(call, activation)
        return self.given(thing, args, keywords, through)

    def given(
        self,
        thing: Thing,
        args: tuple[Things, ...] = (),
        keywords: tuple[tuple[str, Things], ...] = (),
        through: Collection[Decoration] = DOES_THE_SAME,
    ) -> tuple[Run, ...]:
        """The same for a call with these arguments."""
        return tuple(self._runs(thing, args, keywords, through, _MAX_STEPS))

    def _runs(
        self,
        thing: Thing,
        args: tuple[Things, ...],
        keywords: tuple[tuple[str, Things], ...],
        through: Collection[Decoration],
        steps: int,
    ) -> Iterator[Run]:
        while isinstance(thing, Partial):
            args, keywords, thing = thing.args + args, thing.keywords + keywords, thing.function
        enter = self._evaluator.results.enter
        for function in self._functions(thing):
            inside = enter(function, args, keywords)
            made = self._evaluator.decorators.made(function, through)
            if made is None or made is function:
                yield Run(function, inside, inside if made is function else None)
            elif isinstance(made, Closure):
                yield Run(function, inside, enter(made, args, keywords))
            else:
                inner = list(self._runs(made, args, keywords, through, steps - 1)) if steps else []
                yield from (Run(function, inside, each.activation) for each in inner)
                if not inner:
                    yield Run(function, inside, None)

    def _functions(self, thing: Thing) -> list[Closure]:
        """The functions that calling a thing calls: itself, its class's constructor, its ``__call__``."""
        match thing:
            case Closure():
                known = thing.flow in self._evaluator.files[thing.path].flows
                return [thing] if known else []
            case ClassOf(path, name):
                initialiser = self._evaluator.results.initialiser(thing)
                return [] if initialiser is None else [initialiser.on(Instance(path, name, None))]
            case Instance():
                called = in_order(self._evaluator.classes.attribute(thing, "__call__"))
                return [each for each in called if isinstance(each, Closure)]
            case _:
                return []

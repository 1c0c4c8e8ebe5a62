"""With what a function is called: the activations that the project's own calls of it make.

Names of agents are handed on as arguments: ``dispatch(room, name)``, ``new Caller({ agentName })``. What a function
asks for by a parameter is what its callers give.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.facts.flows import MODULE, Flow
from lkagent_lint.facts.following import argument
from lkagent_lint.facts.values import Expr
from lkagent_lint.project.activations import receiver_of
from lkagent_lint.project.call_words import CallWords, word_of
from lkagent_lint.project.decorators import WHATEVER
from lkagent_lint.project.evaluate import Evaluator
from lkagent_lint.project.things import Activation, ClassOf, Closure, Instance, Thing, in_order

_MAX_DEPTH = 4
"""Callers of callers are asked so far up: what hands a name further is not followed."""
_MAX_ACTIVATIONS = 40
"""For one function; of more nobody could read what they ask for."""
_MAKERS = frozenset({"__init__"})


class Callers:
    """Answers for one project."""

    def __init__(self, evaluator: Evaluator, words: CallWords) -> None:
        self._evaluator = evaluator
        self._words = words
        self._known: dict[tuple[str, str], tuple[Activation, ...]] = {}
        self._open: set[tuple[str, str]] = set()

    def of(self, path: str, flow: Flow) -> tuple[Activation, ...]:
        """Every activation that a call of the project makes of a flow, or of one that encloses it, in the order of the
        calls; the usual one where no call is known.
        """
        key = path, flow.name
        found = self._known.get(key)
        if found is None:
            if key in self._open or len(self._open) >= _MAX_DEPTH:
                return (self._evaluator.usual(path, flow),)
            self._open.add(key)
            try:
                found = self._found(path, flow)
            finally:
                self._open.discard(key)
            if not self._open:  # an answer on the way to another one may have been cut short
                self._known[key] = found
        return found

    def uncalled(self, path: str, flow: Flow) -> Activation:
        """A flow as whoever gives it nothing enters it: its parameters hold their defaults."""
        function = Closure(path, flow.name, None)
        if flow.owner and flow.binding != "static" and flow.parameters:
            maker = self._evaluator.files[path].flows.get(f"{flow.owner}.__init__")
            if maker is None or maker is flow:
                function = function.on(receiver_of(path, flow))
            else:
                function = self._method(path, flow, self.uncalled(path, maker))
        return self._evaluator.results.enter(function, (), ())

    def given(self, path: str, flow: Flow, parameter: str) -> Iterator[tuple[str, Flow, Expr | None]]:
        """What every call of the project gives for a flow's parameter, with the file and the function of the call; None
        where it gives nothing.
        """
        position = next(number for number, each in enumerate(flow.parameters) if each.name == parameter)
        if flow.owner and flow.binding != "static":
            position -= 1
        for caller_path, caller in self._words.callers(_words_of(flow)):
            usual = self._evaluator.usual(caller_path, caller)
            for call in caller.calls:
                if word_of(call) in _words_of(flow):
                    if any(_leads_to(thing, path, flow) for thing in usual.targets(call)):
                        yield caller_path, caller, argument(call, position, parameter)

    def _found(self, path: str, flow: Flow) -> tuple[Activation, ...]:
        found = dict.fromkeys(self._entered(path, flow))
        if not found:
            found = dict.fromkeys(self._enclosed(path, flow))
        usual = self._evaluator.usual(path, flow)
        return tuple(each for each, _ in zip(found, range(_MAX_ACTIVATIONS), strict=False)) or (usual,)

    def _entered(self, path: str, flow: Flow) -> Iterator[Activation]:
        if flow.name == MODULE:
            return
        for caller_path, caller in self._words.callers(_words_of(flow)):
            for call in caller.calls:
                if word_of(call) not in _words_of(flow):
                    continue
                for activation in self.of(caller_path, caller):
                    for thing in in_order(activation.targets(call)):
                        for run in self._evaluator.running.of(thing, call, activation, WHATEVER):
                            if run.inside.path == path and run.inside.flow is flow:
                                yield run.inside

    def _enclosed(self, path: str, flow: Flow) -> Iterator[Activation]:
        """The flow in each activation of the function that defines it, or of the class that it is a method of."""
        facts = self._evaluator.files[path]
        if flow.parent:
            for outer in self.of(path, facts.flows[flow.parent]):
                usual = self._evaluator.usual(path, flow)
                yield self._evaluator.intern(path, flow.name, usual.bindings, outer)
        elif flow.owner and flow.binding == "" and flow.parameters:
            maker = facts.flows.get(f"{flow.owner}.__init__")
            if maker is not None and maker is not flow:
                known = self.of(path, maker)
                for made in known if known != (self._evaluator.usual(path, maker),) else ():
                    yield self._evaluator.results.enter(self._method(path, flow, made), (), ())

    def _method(self, path: str, flow: Flow, made: Activation) -> Closure:
        return Closure(path, flow.name, None, Instance(path, flow.owner, made))


def _leads_to(thing: Thing, path: str, flow: Flow) -> bool:
    """Whether what is called is a function, or the class whose constructor it is."""
    match thing:
        case Closure():
            return (thing.path, thing.flow) == (path, flow.name)
        case ClassOf():
            return (thing.path, f"{thing.name}.__init__") == (path, flow.name)
        case _:
            return False


def _words_of(flow: Flow) -> frozenset[str]:
    """The words by which a flow may be called: its own name, or its class's."""
    last = flow.name.rpartition(".")[2]
    return frozenset({flow.owner.rpartition(".")[2]}) if last in _MAKERS and flow.owner else frozenset({last})

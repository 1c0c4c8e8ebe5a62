"""Calls in the whole project: by the words that are written, and by the SDK's methods that they surely reach."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from lkagent_lint.diagnostics import Place
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Call, Flow, Read, Use
from lkagent_lint.project.call_words import word_of
from lkagent_lint.project.records import Project
from lkagent_lint.project.things import JOB_REQUEST, Activation, Sdk, SdkMethod, SdkObject, Thing, Things, only
from lkagent_lint.sources.sdk import vocabulary
from lkagent_lint.sources.sdk.vocabulary import CALLED_ON, TERMS, Term
from lkagent_lint.typestate.solver import Solved

_SID = TERMS["Room", "sid"]


class WrittenCall(NamedTuple):
    """A call as it stands in a function, and an activation of that function."""

    activation: Activation
    number: int
    """In ``flow.calls``."""
    call: Call

    @property
    def place(self) -> Place:
        return self.activation.place(self.call.span)

    @property
    def is_meant(self) -> bool:
        """A word that is common elsewhere stands on what it has to be called on, if it is to be the SDK's."""
        needed = CALLED_ON.get(word_of(self.call))
        match self.call.target:
            case v.Attribute(v.Attribute(name=base) | v.Name(base)):
                return needed is None or base in needed
            case _:
                return needed is None

    @property
    def targets(self) -> Things:
        """What it may call."""
        return self.activation.targets(self.call)


class MethodCall(NamedTuple):
    """A call of something that the vocabulary knows."""

    place: Place
    term: Term
    """What is called."""
    function: str
    """The function that holds the call, qualified in its file."""

    @property
    def method(self) -> str:
        """``JobContext.connect``, or ``utils.wait_for_participant`` for a function."""
        return f"{self.term.owner.rpartition('.')[2]}.{self.term.name}"


def class_called(targets: Things) -> str:
    """The class of the SDK whose method a call of these targets surely is; empty for every other call."""
    kinds = {each.kind if isinstance(each, SdkMethod) else "" for each in targets}
    return kinds.pop() if len(kinds) == 1 else ""


class Methods:
    """The calls of one project. The same place may come several times, once for each activation.

    Files that are written for livekit-agents 0.x are left out.
    """

    def __init__(self, project: Project, solved: Sequence[Solved]) -> None:
        self._project = project
        self._solved = solved

    def of(self, kind: str, name: str) -> Iterator[WrittenCall]:
        """Every call that is surely one of this method of the SDK (in Python's spelling), of its class and no other."""
        method = only(SdkMethod(kind, name))
        words = vocabulary.written(lambda term: (term.owner, term.name) == (kind, name))
        yield from (each for each in self.written(words) if each.targets == method)

    def used(self, wanted: Callable[[Term], object], use: Use) -> Iterator[MethodCall]:
        """Every call of a method or a function of the SDK that is wanted and whose result is used so.

        A call counts where its target can be nothing else.
        """
        for each in self.written(vocabulary.written(wanted)):
            if each.call.use is not use or not each.is_meant:
                continue
            found = {_term(target) for target in each.targets}
            if len(found) == 1 and (term := found.pop()) is not None and wanted(term):
                yield MethodCall(each.place, term, each.activation.name)

    def forgotten(self) -> Iterator[MethodCall]:
        """Every coroutine of the lifecycle that is made and thrown away."""
        yield from self.used(lambda term: term.dropped, Use.DROPPED)
        for activation in self.activations(lambda flow: any(_sids(flow))):
            for step in _sids(activation.flow):
                if step.span is not None and _base(step.value, activation) == only(SdkObject("Room")):
                    yield MethodCall(activation.place(step.span), _SID, activation.name)

    # Where to look

    def written(self, words: Collection[str]) -> Iterator[WrittenCall]:
        """Every call by one of these words, in every activation that is known of its function."""
        yield from self._calls(self.callers(words), words)

    def best_known(self, words: Collection[str]) -> Iterator[WrittenCall]:
        """The same in the activations that jobs enter; only where none does, as a function stands, by its annotations.

        What a registration gives a function counts, whatever its parameter is annotated with.
        """
        yield from self._calls(self.best(self.callers(words)), words)

    def best(self, found: Iterable[Activation]) -> Iterator[Activation]:
        """Of each function's activations those that jobs enter; only where none does, as it stands."""
        for activation in found:
            entered = self._entered.get((activation.path, activation.name))
            if entered is None or activation in entered:
                yield activation

    def callers(self, words: Collection[str]) -> Iterator[Activation]:
        """The functions that call something by one of these words, in every activation that is known."""
        for path, flow in self._project.words.callers(words):
            if not self._project.files[path].legacy:
                yield from self._activations(path, flow)

    def activations(self, wanted: Callable[[Flow], bool]) -> Iterator[Activation]:
        """The wanted functions: as they stand, as request handlers, and as jobs enter them."""
        for path, facts in self._project.files.items():
            for flow in () if facts.legacy else facts.flows.values():
                if wanted(flow):
                    yield from self._activations(path, flow)

    def _calls(self, found: Iterable[Activation], words: Collection[str]) -> Iterator[WrittenCall]:
        for activation in found:
            for number in self._project.words.calls(activation.path, activation.flow, words):
                call = activation.flow.calls[number]
                if call.span is not None:
                    yield WrittenCall(activation, number, call)

    def _activations(self, path: str, flow: Flow) -> Iterator[Activation]:
        yield self._project.evaluator.usual(path, flow)
        yield from self._entered.get((path, flow.name), ())

    @cached_property
    def _entered(self) -> dict[tuple[str, str], dict[Activation, None]]:
        """The activations that request handlers and jobs enter, by file and flow."""
        found: dict[tuple[str, str], dict[Activation, None]] = {}
        requests = (
            self._project.evaluator.results.enter(request, (only(JOB_REQUEST),), ())
            for worker in self._project.here.workers
            for request in worker.requests
        )
        for activation in chain(requests, chain.from_iterable(each.entered for each in self._solved)):
            found.setdefault((activation.path, activation.name), {})[activation] = None
        return found


def _term(thing: Thing) -> Term | None:
    match thing:
        case SdkMethod(kind, name):
            return vocabulary.term(kind, name)
        case Sdk(dotted):
            return vocabulary.function(dotted)
        case _:
            return None


def _sids(flow: Flow) -> Iterator[Read]:
    """Reads of ``.sid`` that are not awaited."""
    for step in flow.steps:
        if isinstance(step, Read) and step.use in (Use.VALUE, Use.DROPPED) and _is_sid(step.value):
            yield step


def _is_sid(value: v.Expr) -> bool:
    return isinstance(value, v.Attribute) and value.name == _SID.name


def _base(value: v.Expr, activation: Activation) -> Things:
    return activation.value(value.base) if isinstance(value, v.Attribute) else frozenset()

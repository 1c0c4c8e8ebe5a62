"""Calls of the SDK's methods, wherever in the project they stand."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import chain
from typing import NamedTuple
from weakref import WeakKeyDictionary

from lkagent_lint.diagnostics import Place
from lkagent_lint.facts.flows import Flow, Use
from lkagent_lint.project.call_words import word_of
from lkagent_lint.project.records import Project
from lkagent_lint.project.things import JOB_REQUEST, Activation, Sdk, SdkMethod, Thing, only
from lkagent_lint.sources.sdk import vocabulary
from lkagent_lint.sources.sdk.vocabulary import Term
from lkagent_lint.typestate.solver import Solved


class MethodCall(NamedTuple):
    place: Place
    term: Term
    """What is called."""
    function: str
    """The function that holds the call, qualified in its file."""

    @property
    def method(self) -> str:
        """``JobContext.connect``, or ``utils.wait_for_participant`` for a function."""
        return f"{self.term.owner.rpartition('.')[2]}.{self.term.name}"


def calls(
    project: Project, solved: Sequence[Solved], wanted: Callable[[Term], object], use: Use
) -> Iterator[MethodCall]:
    """Every call of a method or a function of the SDK that is wanted and whose result is used so.

    A call counts where its target can be nothing else. The same place may come several times.
    """
    words = vocabulary.written(wanted)
    for flow, activation in callers(project, solved, words):
        for call in flow.calls:
            if call.use is not use or call.span is None or word_of(call) not in words:
                continue
            targets = activation.targets(call)
            found = {_term(each) for each in targets}
            if len(found) == 1 and (term := found.pop()) is not None and wanted(term):
                yield MethodCall(activation.place(call.span), term, flow.name)


def activations(
    project: Project, solved: Sequence[Solved], wanted: Callable[[Flow], bool]
) -> Iterator[tuple[Flow, Activation]]:
    """The wanted functions of 1.x files: as they stand, as request handlers, and as jobs enter them."""
    for path, facts in project.files.items():
        for flow in () if facts.legacy else facts.flows.values():
            if wanted(flow):
                yield from _activations(project, solved, path, flow)


def callers(project: Project, solved: Sequence[Solved], words: Collection[str]) -> Iterator[tuple[Flow, Activation]]:
    """The same for the functions that call something by one of these words."""
    for path, flow in project.words.callers(words):
        if not project.files[path].legacy:
            yield from _activations(project, solved, path, flow)


def _activations(
    project: Project, solved: Sequence[Solved], path: str, flow: Flow
) -> Iterator[tuple[Flow, Activation]]:
    yield flow, project.evaluator.usual(path, flow)
    for activation in _entered(project, solved).get((path, flow.name), ()):
        yield flow, activation


_Entered = dict[tuple[str, str], dict[Activation, None]]
_known: WeakKeyDictionary[Project, tuple[Sequence[Solved], _Entered]] = WeakKeyDictionary()


def _entered(project: Project, solved: Sequence[Solved]) -> _Entered:
    """The activations that request handlers and jobs enter, by file and flow; made once for a project's jobs."""
    known = _known.get(project)
    if known is not None and known[0] is solved:
        return known[1]
    found: _Entered = {}
    requests = (
        project.evaluator.results.enter(request, (only(JOB_REQUEST),), ())
        for worker in project.workers
        for request in worker.requests
    )
    for activation in chain(requests, chain.from_iterable(each.entered for each in solved)):
        found.setdefault((activation.path, activation.name), {})[activation] = None
    _known[project] = solved, found
    return found


def _term(thing: Thing) -> Term | None:
    match thing:
        case SdkMethod(kind, name):
            return vocabulary.term(kind, name)
        case Sdk(dotted):
            return vocabulary.function(dotted)
        case _:
            return None

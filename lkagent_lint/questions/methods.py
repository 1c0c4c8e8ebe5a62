"""Calls of the SDK's methods, wherever in the project they stand."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import chain
from typing import NamedTuple
from weakref import WeakKeyDictionary

from lkagent_lint.diagnostics import Place
from lkagent_lint.facts.flows import Flow, Use
from lkagent_lint.project.node_sdk import snake
from lkagent_lint.project.records import Project
from lkagent_lint.project.things import JOB_REQUEST, Activation, Sdk, SdkMethod, SdkObject, Thing, only
from lkagent_lint.project.words import word_of
from lkagent_lint.typestate.solver import Solved

Methods = frozenset[tuple[str, str]]
"""Classes and their methods: ``("JobContext", "connect")``."""


class MethodCall(NamedTuple):
    place: Place
    method: str
    """``JobContext.connect``, or ``utils.wait_for_participant`` for a function."""
    function: str
    """The function that holds the call, qualified in its file."""


def calls(
    project: Project, solved: Sequence[Solved], methods: Methods, functions: frozenset[str], use: Use
) -> Iterator[MethodCall]:
    """Every call of one of these methods, or functions of ``livekit.agents.utils``, whose result is used so.

    A call counts where its target can be nothing else. The same place may come several times.
    """
    names = frozenset(name for _, name in methods) | functions
    words = frozenset(each for each in project.words if _could_be(each, names))
    for flow, activation in callers(project, solved, words):
        for call in flow.calls:
            if call.use is not use or call.span is None or word_of(call) not in words:
                continue
            targets = project.evaluator.targets(call, activation)
            found = {_method(project, each, methods, functions) for each in targets}
            if len(found) == 1 and (method := found.pop()):
                yield MethodCall(Place(activation.path, call.span), method, flow.name)


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


def _could_be(word: str, words: frozenset[str]) -> bool:
    """Whether a word, in the spelling of either language, can be one of these."""
    return word in words or snake(word) in words or (word == "close" and "aclose" in words)


_Entered = dict[tuple[str, str], dict[Activation, None]]
_known: WeakKeyDictionary[Project, tuple[Sequence[Solved], _Entered]] = WeakKeyDictionary()


def _entered(project: Project, solved: Sequence[Solved]) -> _Entered:
    """The activations that request handlers and jobs enter, by file and flow; made once for a project's jobs."""
    known = _known.get(project)
    if known is not None and known[0] is solved:
        return known[1]
    found: _Entered = {}
    requests = (
        project.evaluator.results.activation(request, (only(JOB_REQUEST),), ())
        for worker in project.workers
        for request in worker.requests
    )
    for activation in chain(requests, chain.from_iterable(each.entered for each in solved)):
        found.setdefault((activation.path, activation.flow), {})[activation] = None
    _known[project] = solved, found
    return found


def _method(project: Project, thing: Thing, methods: Methods, functions: frozenset[str]) -> str:
    match thing:
        case SdkMethod(kind, name):
            for each in sorted(project.evaluator.classes.kinds(SdkObject(kind))):
                if (each, name) in methods:
                    return f"{each}.{name}"
            return ""
        case Sdk(dotted):
            module, _, name = dotted.rpartition(".")
            return f"utils.{name}" if module == "livekit.agents.utils" and name in functions else ""
        case _:
            return ""

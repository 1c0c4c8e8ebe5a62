"""Where a job's metadata is parsed whatever it is, and who is sent none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lkagent_lint.diagnostics import Place
from lkagent_lint.facts import values as v
from lkagent_lint.facts.file import DispatchKind
from lkagent_lint.facts.flows import ENTRY_BLOCK, EXIT_BLOCK, RAISE_BLOCK, Call, Do, Flow, Use
from lkagent_lint.facts.scopes import owner_of
from lkagent_lint.project.agent_names import UNNAMED, Known
from lkagent_lint.project.call_words import word_of
from lkagent_lint.project.node_sdk import BUILTINS
from lkagent_lint.project.records import Dispatch, Job, Project, Worker
from lkagent_lint.project.things import Activation, Foreign, Library, SdkObject, in_order, only
from lkagent_lint.questions.dispatches import may_be_named
from lkagent_lint.questions.reach import is_dispatched_elsewhere

_DEPTH = 3
"""Helpers of an entry are followed so far."""
_PARSERS = frozenset({"json.loads", "orjson.loads", "ujson.loads", "simplejson.loads", f"{BUILTINS}JSON.parse"})
_WORDS = frozenset({"loads", "parse"})
_ASKING = frozenset({DispatchKind.API, DispatchKind.TOKEN, DispatchKind.ROOM, DispatchKind.SIP})


class ParsedMetadata(NamedTuple):
    """A place where a job's metadata is parsed on every path, and nothing catches what that raises."""

    place: Place
    function: str
    parser: str
    """``json.loads``, ``JSON.parse``."""


def parsed(project: Project, job: Job) -> Iterator[ParsedMetadata]:
    """Every such place of a job."""
    yield from _in(project, project.evaluator.results.enter(job.entry, job.bindings, ()), _DEPTH)


def _in(project: Project, here: Activation, depth: int) -> Iterator[ParsedMetadata]:
    for number, call in enumerate(here.flow.calls):
        if call.span is None or not _always_runs(here.flow, number):
            continue
        things = in_order(here.targets(call))
        if word_of(call) in _WORDS and _gives_metadata(call, here):
            for thing in things:
                if isinstance(thing, (Library, Foreign)) and thing.name in _PARSERS:
                    yield ParsedMetadata(here.place(call.span), here.name, thing.name.removeprefix(BUILTINS))
        elif depth and len(things) == 1 and call.use in (Use.AWAITED, Use.VALUE, Use.DROPPED, Use.KEPT):
            for run in project.evaluator.running.of(things[0], call, here):
                is_run = call.use is Use.AWAITED or not run.inside.flow.is_async
                if run.activation is run.inside and is_run and not run.inside.flow.is_generator:
                    yield from _in(project, run.inside, depth - 1)


def _gives_metadata(call: Call, here: Activation) -> bool:
    """The one thing that is parsed is the job's metadata, as it is."""
    value = call.args[0] if call.args else None
    if isinstance(value, v.Name):
        home = owner_of(here.facts, here.flow, value.name)
        held = here.flow.variables.get(value.name, ()) if home is here.flow else ()
        value = held[0] if len(held) == 1 else None
    return (
        isinstance(value, v.Attribute) and value.name == "metadata" and here.value(value.base) == only(SdkObject("Job"))
    )


def _always_runs(flow: Flow, call: int) -> bool:
    """No path goes around a call, nothing ends before it, and what it raises is caught nowhere."""
    homes = {number for number, block in enumerate(flow.blocks) if Do(call) in block.steps}
    if not homes or any(RAISE_BLOCK not in flow.blocks[each].raises for each in homes):
        return False
    seen: set[int] = set()
    stack = [ENTRY_BLOCK]
    while stack:
        here = stack.pop()
        if here in seen or here in homes:
            continue
        if here == EXIT_BLOCK or not flow.blocks[here].next:
            return False
        seen.add(here)
        stack.extend(flow.blocks[here].next)
    return True


# Who is sent none


def without_metadata(project: Project, job: Job) -> tuple[Worker, tuple[Dispatch, ...]] | None:
    """The worker of a job that surely brings no metadata, with the dispatches of it, none where it gets its jobs
    automatically; None where some may bring it.
    """
    runs = [each for each in project.workers if job.entry in each.entries or each.agent_file == job.entry.path]
    workers = [each for each in runs if not each.in_tests]
    if len(workers) != 1 or project.has_gaps:
        return None
    worker = workers[0]
    asked = [each for each in project.dispatches if not each.in_tests]
    if any(not isinstance(each.name, Known) for each in asked):
        return None
    if worker.name == UNNAMED:
        is_asked = any(each.name == Known("") for each in asked)
        is_open = is_asked or may_be_named(project, worker) or is_dispatched_elsewhere(project, worker, "")
        return None if is_open else (worker, ())
    if not isinstance(worker.name, Known) or is_dispatched_elsewhere(project, worker, worker.name.value):
        return None
    reaching = tuple(each for each in asked if each.name == worker.name)
    return (worker, reaching) if reaching and all(_brings_none(project, each) for each in reaching) else None


def _brings_none(project: Project, dispatch: Dispatch) -> bool:
    """Python: the message that asks is made in one call, which gives no metadata, and nothing is stored in it."""
    facts = project.files.get(dispatch.place.path)
    if dispatch.presence or dispatch.kind not in _ASKING or facts is None or facts.language != "python":
        return False
    for flow in facts.flows.values():
        for number, call in enumerate(flow.calls):
            if call.span == dispatch.place.span and word_of(call) in (
                "CreateAgentDispatchRequest",
                "RoomAgentDispatch",
            ):
                holders = {name for name, values in flow.variables.items() if v.Result(number) in values}
                stored = [each for each in flow.stores if isinstance(each.base, v.Name) and each.base.name in holders]
                return not stored and not {"metadata", "**"} & {name for name, _ in call.keywords}
    return False

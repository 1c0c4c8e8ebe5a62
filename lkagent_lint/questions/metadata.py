"""Where a job's metadata is parsed whatever it is, and who is sent none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lkagent_lint.diagnostics import Place
from lkagent_lint.facts import values as v
from lkagent_lint.facts.file import DispatchKind
from lkagent_lint.facts.flows import RAISE_BLOCK, Call, Do, Flow, Use
from lkagent_lint.facts.paths import calls_on_every_way
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
    level = [project.evaluator.results.enter(job.entry, job.bindings, ())]
    seen = set(level)
    for _ in range(_DEPTH + 1):
        below: list[Activation] = []
        for here in level:
            for call in _that_always_run(here.flow):
                yield from _parsing(call, here)
                below += [each for each in _run_by(project, call, here) if each not in seen]
                seen.update(below)
        level = list(dict.fromkeys(below))


def _parsing(call: Call, here: Activation) -> Iterator[ParsedMetadata]:
    if call.span is not None and word_of(call) in _WORDS and _gives_metadata(call, here):
        for thing in in_order(here.targets(call)):
            if isinstance(thing, (Library, Foreign)) and thing.name in _PARSERS:
                yield ParsedMetadata(here.place(call.span), here.name, thing.name.removeprefix(BUILTINS))


def _run_by(project: Project, call: Call, here: Activation) -> Iterator[Activation]:
    """The helpers that a call runs here and now."""
    if call.span is None or call.use not in (Use.AWAITED, Use.VALUE, Use.DROPPED, Use.KEPT):
        return
    things = in_order(here.targets(call))
    for run in project.evaluator.running.of(things[0], call, here) if len(things) == 1 else ():
        is_run = call.use is Use.AWAITED or not run.inside.flow.is_async
        if run.activation is run.inside and is_run and not run.inside.flow.is_generator:
            yield run.inside


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


def _that_always_run(flow: Flow) -> Iterator[Call]:
    """The calls that no path goes around, before which nothing ends, and of which nothing that they raise is caught."""
    caught = {
        step.call
        for block in flow.blocks
        if RAISE_BLOCK not in block.raises
        for step in block.steps
        if isinstance(step, Do)
    }
    for number in sorted(calls_on_every_way(flow) - caught):
        yield flow.calls[number]


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

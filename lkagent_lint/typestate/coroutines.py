"""Coroutines of the SDK that are made and thrown away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from lkagent_lint.diagnostics import Place
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Call, Flow, Read, Use
from lkagent_lint.project.python_sdk import UNAWAITED
from lkagent_lint.project.records import Project
from lkagent_lint.project.things import JOB_REQUEST, Environment, Sdk, SdkMethod, SdkObject, Thing, only
from lkagent_lint.typestate.solver import Solved

_WORDS = frozenset({name for _, name in UNAWAITED} | {"wait_for_participant"})


class Forgotten(NamedTuple):
    place: Place
    method: str
    """``JobContext.connect``"""
    function: str


def forgotten(project: Project, solved: Sequence[Solved]) -> Iterator[Forgotten]:
    """Every dropped coroutine: in every function as it stands, as a request handler, and as jobs enter it.

    The same place may come several times.
    """
    for path, facts in project.files.items():
        if facts.legacy:
            continue
        for flow in facts.flows.values():
            if _may_forget(flow):
                for environment in _environments(project, path, flow, solved):
                    yield from _in(project, flow, environment)


def _may_forget(flow: Flow) -> bool:
    return any(_word(call) in _WORDS and call.use is Use.DROPPED for call in flow.calls) or any(
        isinstance(step, Read) for block in flow.blocks for step in block.steps
    )


def _word(call: Call) -> str:
    return call.target.name if isinstance(call.target, (v.Attribute, v.Name)) else ""


def _environments(project: Project, path: str, flow: Flow, solved: Sequence[Solved]) -> Iterator[Environment]:
    evaluator = project.evaluator
    yield evaluator.usual(path, flow)
    for worker in project.workers:
        for request in worker.requests:
            if (request.path, request.flow) == (path, flow.name):
                yield evaluator.results.activation(request, (only(JOB_REQUEST),), ())
    for each in solved:
        for environment in each.entered:
            if (environment.path, environment.flow) == (path, flow.name):
                yield environment


def _in(project: Project, flow: Flow, environment: Environment) -> Iterator[Forgotten]:
    evaluator = project.evaluator
    for call in flow.calls:
        if call.use is Use.DROPPED and call.span is not None and _word(call) in _WORDS:
            methods = {_method(project, each) for each in evaluator.targets(call, environment)}
            if len(methods) == 1 and (method := methods.pop()):
                yield Forgotten(Place(environment.path, call.span), method, flow.name)
    for block in flow.blocks:
        for step in block.steps:
            if isinstance(step, Read) and step.span is not None and step.use in (Use.VALUE, Use.DROPPED):
                if _is_sid(step.value) and _base(project, step.value, environment) == only(SdkObject("Room")):
                    yield Forgotten(Place(environment.path, step.span), "Room.sid", flow.name)


def _is_sid(value: v.Expr) -> bool:
    return isinstance(value, v.Attribute) and value.name == "sid"


def _base(project: Project, value: v.Expr, environment: Environment) -> frozenset[Thing]:
    return project.evaluator.value(value.base, environment) if isinstance(value, v.Attribute) else frozenset()


def _method(project: Project, thing: Thing) -> str:
    """``JobContext.connect`` for a coroutine of the SDK; empty for everything else."""
    match thing:
        case SdkMethod(kind, name):
            for each in sorted(project.evaluator.classes.kinds(SdkObject(kind))):
                if (each, name) in UNAWAITED:
                    return f"{each}.{name}"
            return ""
        case Sdk("livekit.agents.utils.wait_for_participant"):
            return "utils.wait_for_participant"
        case _:
            return ""

"""Coroutines of the SDK that are made and thrown away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Flow, Read, Use
from lkagent_lint.project.records import Project
from lkagent_lint.project.things import Activation, SdkObject, Thing, only
from lkagent_lint.questions.methods import MethodCall, activations, calls
from lkagent_lint.sources.sdk.vocabulary import TERMS
from lkagent_lint.typestate.solver import Solved

_SID = TERMS["Room", "sid"]


def forgotten(project: Project, solved: Sequence[Solved]) -> Iterator[MethodCall]:
    """Every dropped coroutine of the lifecycle. The same place may come several times."""
    yield from calls(project, solved, lambda term: term.dropped, Use.DROPPED)
    for flow, activation in activations(project, solved, lambda flow: any(_sids(flow))):
        for step in _sids(flow):
            if step.span is not None and _base(step.value, activation) == only(SdkObject("Room")):
                yield MethodCall(activation.place(step.span), _SID, flow.name)


def _sids(flow: Flow) -> Iterator[Read]:
    """Reads of ``.sid`` that are not awaited."""
    for block in flow.blocks:
        for step in block.steps:
            if isinstance(step, Read) and step.use in (Use.VALUE, Use.DROPPED) and _is_sid(step.value):
                yield step


def _is_sid(value: v.Expr) -> bool:
    return isinstance(value, v.Attribute) and value.name == _SID.name


def _base(value: v.Expr, activation: Activation) -> frozenset[Thing]:
    return activation.value(value.base) if isinstance(value, v.Attribute) else frozenset()

"""An activation answers what is asked about the code that runs in it."""

from __future__ import annotations

from lkagent_lint.facts import values as v
from lkagent_lint.project.things import NOTHING, Activation, Closure, String, only
from tests.typestate.solving import ROOT, project_of

PATH = f"{ROOT}/agent.py"
TEXT = """\
from livekit.agents import JobContext
def outer(name):
    def inner(ctx: JobContext):
        ctx.connect(name)
        return name
    return inner
first = outer("one")
second = outer("two")
third = outer("one")
"""
EVALUATOR = project_of({"agent.py": TEXT}).evaluator


def entered(name: str) -> Activation:
    """The activation that calling what a variable of the module holds enters."""
    (function,) = EVALUATOR.module(PATH).value(v.Name(name))
    assert isinstance(function, Closure)
    return EVALUATOR.results.enter(function, (only(NOTHING),), ())


def test_a_value_is_that_of_the_activation_around_it() -> None:
    assert entered("first").value(v.Name("name")) == only(String("one"))
    assert entered("second").value(v.Name("name")) == only(String("two"))


def test_equal_ones_are_one_object() -> None:
    assert entered("first") is entered("third")
    assert entered("first") is not entered("second")


def test_it_knows_its_code() -> None:
    inner = entered("first")
    assert inner.facts is EVALUATOR.files[PATH]
    assert inner.flow is inner.facts.flows[inner.name]
    assert not inner.is_node
    (call,) = inner.flow.calls
    assert call.span is not None
    assert inner.place(call.span).span.line == 4
    assert inner.place(None).span == inner.flow.span


def test_it_says_what_a_call_may_call() -> None:
    module = EVALUATOR.module(PATH)
    assert module.targets(module.flow.calls[0]) == module.value(v.Name("outer"))

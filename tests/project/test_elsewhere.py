"""Variables that other functions of the file assign."""

from __future__ import annotations

import textwrap

import pytest

from lkagent_lint.facts import values as v
from lkagent_lint.project.things import NOTHING, SdkObject, Things
from tests.typestate.solving import ROOT, project_of

CONTEXT = SdkObject("JobContext")


def shown(name: str, text: str) -> Things:
    """What ``show(wanted)`` is given."""
    path = f"{ROOT}/{name}"
    project = project_of({name: textwrap.dedent(text)})
    ((flow, call),) = (
        (flow, call)
        for flow in project.files[path].flows.values()
        for call in flow.calls
        if call.target == v.Name("show")
    )
    return project.evaluator.usual(path, flow).value(call.args[0])


@pytest.mark.parametrize(
    "text",
    [
        """
        def entry(ctx: JobContext):
            held = None
            def keep():
                nonlocal held
                held = ctx
            show(held)
        """,
        """
        def entry(ctx: JobContext):
            def keep():
                def inner():
                    nonlocal held
                    held = ctx
                inner()
            show(held)
            held = None
        """,
        """
        def entry(held=None):
            held = None
            def keep(other: JobContext):
                nonlocal held
                held = other
            def other():
                held = "of its own"
            def look():
                show(held)
        """,
        """
        held = None
        def keep(ctx: JobContext):
            global held
            held = ctx
        show(held)
        """,
        """
        held = None
        class Keeper:
            def __init__(self, ctx: JobContext):
                self.ctx = ctx
            def keep(self):
                global held
                held = self.ctx
        show(held)
        """,
        """
        def keep(ctx: JobContext):
            held = "of its own"
            def inner():
                global held
                held = ctx
        held = None
        show(held)
        """,
    ],
)
def test_a_variable_holds_what_other_functions_assign(text: str) -> None:
    found = shown("agent.py", "from livekit.agents import JobContext\n" + textwrap.dedent(text))
    assert {CONTEXT, NOTHING} <= found | {NOTHING}
    assert not any(getattr(each, "value", "") == "of its own" for each in found)


def test_what_is_assigned_is_known_by_the_caller_s_arguments() -> None:
    """An inner function sees the activation that encloses it, not just any."""
    text = """
    def outer(ctx):
        held = None
        def keep():
            nonlocal held
            held = ctx
        return held
    show(outer("one"))
    """
    assert {getattr(each, "value", None) for each in shown("agent.py", text)} == {"one", None}


@pytest.mark.parametrize(
    "text",
    [
        """
        export const entry = (ctx: JobContext) => {
          let held;
          const keep = () => { held = ctx; };
          keep();
          show(held);
        };
        """,
        """
        let held;
        class Keeper {
          constructor(private ctx: JobContext) {}
          keep() { held = this.ctx; }
        }
        show(held);
        """,
    ],
)
def test_the_same_in_node(text: str) -> None:
    assert CONTEXT in shown("agent.ts", "import { type JobContext } from '@livekit/agents';\n" + textwrap.dedent(text))


def test_functions_that_assign_each_other_s_variables_end() -> None:
    text = """
    def first():
        global a
        a = b
    def second():
        global b
        b = a
    show(a)
    """
    assert shown("agent.py", text) == frozenset()

"""Which calls make a task of an agent, and whether the function awaits it."""

from __future__ import annotations

from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Await, Call, Use
from lkagent_lint.project.classes import Classes
from lkagent_lint.project.things import Activation, ClassOf, Instance, Sdk, Thing

_WORKFLOWS = ("livekit.agents.beta.workflows.", "livekit.agents.workflows.")


def task_of(called: Thing, classes: Classes) -> str:
    """The class of the task that a call of this makes, in Python; empty if it makes none."""
    match called:
        case ClassOf(path, name) if "AgentTask" in classes.kinds(Instance(path, name, None)):
            return name.rpartition(".")[2]
        case Sdk(name) if name.startswith(_WORKFLOWS) and name.endswith(("Task", ".TaskGroup")):
            return name.rpartition(".")[2]
        case _:
            return ""


def is_awaited(call: Call, inside: Activation) -> bool:
    """What a call makes is awaited in place, or by the variable that holds nothing else."""
    if call.use is Use.AWAITED:
        return True
    flow = inside.flow
    made = next(v.Result(number) for number, each in enumerate(flow.calls) if each is call)
    names = {name for name, values in flow.variables.items() if values == (made,)}
    awaited = (step.value for block in flow.blocks for step in block.steps if isinstance(step, Await))
    return any(value == made or (isinstance(value, v.Name) and value.name in names) for value in awaited)

"""Numbers that are written out: how long something waits."""

from __future__ import annotations

from lkagent_lint.facts import values as v
from lkagent_lint.facts.file import FileFacts
from lkagent_lint.facts.flows import Call, Flow
from lkagent_lint.facts.scopes import owner_of


def number_of(value: v.Expr | None, facts: FileFacts, flow: Flow) -> float | None:
    """A literal number, or a variable of the file that is assigned one and nothing else; None for all else."""
    if isinstance(value, v.Name):
        home = owner_of(facts, flow, value.name)
        values = home.variables.get(value.name, ()) if home is not None else ()
        if home is None or len(values) != 1 or any(each.name == value.name for each in home.parameters):
            return None
        value = values[0]
    if isinstance(value, v.Typed):
        value = value.value
    if not isinstance(value, v.Constant):
        return None
    try:
        return float(value.value.replace("_", ""))
    except ValueError:
        return None


def argument(call: Call, position: int, name: str) -> v.Expr | None:
    """What a call gives for a parameter, by its position or its name; None where it gives nothing or is spread."""
    if any(isinstance(each, v.Spread) for each in call.args[: position + 1]):
        return None
    if len(call.args) > position:
        return call.args[position]
    return next((value for keyword, value in call.keywords if keyword == name), None)

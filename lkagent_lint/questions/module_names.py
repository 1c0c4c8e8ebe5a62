"""Names of a module: where functions read them, and which functions write what they hold."""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Place
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import MODULE, Access, Flow
from lkagent_lint.facts.following import parts_of_call, walk
from lkagent_lint.facts.scopes import owner_of
from lkagent_lint.project.things import Activation

_CHANGES = frozenset({"add", "append", "appendleft", "clear", "discard", "extend", "insert", "pop", "remove", "update"})


def read_at(name: str, activation: Activation) -> Place | None:
    """Where a function reads a name of its module; None where it does not, or the name is another one there."""
    flow = activation.flow
    home = owner_of(activation.facts, flow, name)
    if home is None or home.name != MODULE:
        return None
    for call in flow.calls:
        if v.Name(name) in walk(*parts_of_call(call)) and call.span is not None:
            return activation.place(call.span)
    held = (
        *flow.returns,
        *(each.value for each in flow.stores),
        *(value for values in flow.variables.values() for value in values),
    )
    return activation.place(None) if v.Name(name) in walk(*held) else None


def written_in(activation: Activation) -> Iterator[str]:
    """The names of its module that a function assigns, or whose container it changes."""
    flow, module = activation.flow, activation.facts.flows[MODULE]
    for name in module.variables if flow.name != MODULE else ():
        if owner_of(activation.facts, flow, name) is module and _is_changed(name, flow):
            yield name


def _is_changed(name: str, flow: Flow) -> bool:
    held = v.Name(name)
    for call in flow.calls:
        if isinstance(call.target, v.Attribute) and call.target.base == held and call.target.name in _CHANGES:
            return True
    stored = (each.value for each in flow.looks if each.access is Access.STORED)
    return any(held == (each.base if isinstance(each, v.Subscript) else each) for each in stored)

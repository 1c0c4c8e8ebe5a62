"""What a name means in a flow, as far as one file can say."""

from __future__ import annotations

from lkagent_lint.facts.file import FileFacts
from lkagent_lint.facts.flows import MODULE, Flow
from lkagent_lint.facts.values import Attribute, Elsewhere, Expr, Import, Name


def owner_of(facts: FileFacts, flow: Flow, name: str) -> Flow | None:
    """The flow whose parameter or variable ``name`` is when read in ``flow``, by Python's rule; None if no flow's.

    A class body is no scope of the functions in it, so the search goes from function to enclosing function
    and then to the module.
    """
    here: Flow | None = flow
    while here is not None:
        if name in here.variables:
            return here
        for parameter in here.parameters:
            if parameter.name == name:
                return here
        if here.name == MODULE:
            return None
        here = facts.flows.get(here.parent or MODULE)
    return None


def assigned(facts: FileFacts, flow: Flow, name: str) -> tuple[tuple[Flow, Expr], ...] | None:
    """All that a name is ever assigned, with the flows in which that stands. None where it may hold something else
    too: it is a parameter, whose values are what callers give as well, or no scope of the file binds it.
    """
    home = owner_of(facts, flow, name)
    if home is None or any(each.name == name for each in home.parameters):
        return None
    return tuple(
        (facts.flows[each.flow], each.value) if isinstance(each, Elsewhere) else (home, each)
        for each in home.variables.get(name, ())
    )


def assigned_once(facts: FileFacts, flow: Flow, name: str) -> tuple[Flow, Expr] | None:
    """The one value that a name ever has, and the flow in which it stands; None where there may be others."""
    found = assigned(facts, flow, name) or ()
    return found[0] if len(found) == 1 else None


def spelled(expression: Expr) -> str:
    """The dotted name that an expression is written as; empty if it is no dotted name."""
    suffix: list[str] = []
    node = expression
    while isinstance(node, Attribute):
        suffix.append(node.name)
        node = node.base
    return ".".join([node.name, *reversed(suffix)]) if isinstance(node, Name) else ""


def qualified(facts: FileFacts, flow: Flow, expression: Expr) -> str:
    """The dotted name that an expression spells through this file's imports; empty if it spells none.

    ``agents.cli.run_app`` after ``from livekit import agents`` is ``livekit.agents.cli.run_app``. A name that is
    assigned anything but one import has no qualified name.
    """
    suffix: list[str] = []
    node = expression
    while isinstance(node, Attribute):
        suffix.append(node.name)
        node = node.base
    if isinstance(node, Name):
        found = assigned_once(facts, flow, node.name)
        if found is None:
            return ""
        node = found[1]
    return ".".join([node.name, *reversed(suffix)]) if isinstance(node, Import) else ""

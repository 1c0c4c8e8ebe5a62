"""What a name means in a flow, as far as one file can say."""

from __future__ import annotations

from lkagent_lint.facts.file import FileFacts
from lkagent_lint.facts.flows import MODULE, Flow
from lkagent_lint.facts.values import Attribute, Expr, Import, Name


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
        home = owner_of(facts, flow, node.name)
        values = home.variables.get(node.name, ()) if home is not None else ()
        if len(values) != 1:
            return ""
        node = values[0]
    return ".".join([node.name, *reversed(suffix)]) if isinstance(node, Import) else ""

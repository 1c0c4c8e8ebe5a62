"""How many arguments a function of Python has to be given, and how many it takes."""

from __future__ import annotations

from typing import NamedTuple

from lkagent_lint.project.decorators import AS_WRITTEN
from lkagent_lint.project.records import Project
from lkagent_lint.project.things import Closure, Partial, Thing


class Arity(NamedTuple):
    """What a call by position may look like. The receiver of a bound method counts as given."""

    needed: tuple[str, ...]
    """The parameters that it has to give."""
    most: int | None
    """So many arguments are taken; None where ``*`` takes any number."""
    by_name: tuple[str, ...]
    """Parameters that only a name can give, and that have no default: no call by position is enough."""

    def takes(self, count: int) -> bool:
        """Whether a call with so many arguments is taken."""
        return len(self.needed) <= count and (self.most is None or count <= self.most) and not self.by_name


def arity_of(project: Project, thing: Thing) -> Arity | None:
    """None where it is not known: no function of the project, or one that is not what it seems."""
    given = 0
    named: set[str] = set()
    while isinstance(thing, Partial):
        given += len(thing.args)
        named |= {name for name, _ in thing.keywords}
        thing = thing.function
    if not isinstance(thing, Closure):
        return None
    flow = project.files[thing.path].flows[thing.flow]
    if not project.evaluator.decorators.are_only(thing, AS_WRITTEN):
        return None
    positional = [each for each in flow.parameters if each.kind == "positional"]
    own = positional[given + (thing.bound is not None) :]
    return Arity(
        tuple(each.name for each in own if each.default is None and each.name not in named),
        None if any(each.kind == "*" for each in flow.parameters) else len(own),
        tuple(
            each.name
            for each in flow.parameters
            if each.kind == "keyword" and each.default is None and each.name not in named
        ),
    )

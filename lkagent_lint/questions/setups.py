"""Functions that prepare the processes of workers, before any job is there."""

from __future__ import annotations

from lkagent_lint.facts import values as v
from lkagent_lint.project.records import Project
from lkagent_lint.project.things import Closure, in_order
from lkagent_lint.questions.methods import Methods

_IN_NODE = "prewarm"


def setups(project: Project, methods: Methods) -> tuple[Closure, ...]:
    """Every function that is registered to prepare processes, in Python and Node."""
    found = dict.fromkeys(each for server in project.here.servers for each in server.setups)
    for each in methods.written(("defineAgent",)):
        for entry in (entry for given in each.call.args if isinstance(given, v.Mapping) for entry in given.entries):
            if entry[0] == _IN_NODE:
                known = (thing for thing in in_order(each.activation.value(entry[1])) if isinstance(thing, Closure))
                found.update(dict.fromkeys(known))
    return tuple(found)

"""What is not there, and whether everything that could be there is known: with the reason where it is not.

A finding of absence needs certainty. Who was given the job, its room, or a function that leads to them, and is not
followed, may have done what seems to be missing; a step that always raises, and a name that the SDK does not have, are
the cause themselves and reported as such.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from lkagent_lint.diagnostics import Place
from lkagent_lint.project.node_sdk import GLOBALS
from lkagent_lint.project.records import Project
from lkagent_lint.project.things import Activation, Foreign, SdkMethod, Unknown
from lkagent_lint.questions.offers import Offers
from lkagent_lint.questions.steps import Way
from lkagent_lint.sources.sdk.tables import Release
from lkagent_lint.sources.sdk.vocabulary import CLASSES
from lkagent_lint.typestate.events import carries
from lkagent_lint.typestate.solver import Solved

_LEADS = frozenset({"Room", *(each.name for each in CLASSES.values() if each.carries)})

EVERYWHERE = frozenset({"on", "once", "off", "emit", "append", "get", "items", "format", "join", "strip"})
"""Not worth a closer look: methods of emitters, and those that strings and containers have."""
_NODE_EMITTER = frozenset(
    {
        *("on", "once", "off", "emit", "addListener", "removeListener", "removeAllListeners", "prependListener"),
        *("prependOnceListener", "listeners", "rawListeners", "listenerCount", "eventNames", "setMaxListeners"),
        *("getMaxListeners", "toString", "valueOf", "hasOwnProperty", "constructor"),
    }
)
"""Of Node's own EventEmitter (https://nodejs.org/api/events.html) and of every object."""


class Doubt(NamedTuple):
    """Why something that seems to be missing may be there after all, or is missing for another reason."""

    place: Place
    why: str
    """Half a sentence for people, as ``Solved.ended`` has them."""


class Absence:
    """Answers for one project."""

    def __init__(self, project: Project, offers: Offers) -> None:
        self._project = project
        self._offers = offers

    def doubts(self, solved: Solved) -> tuple[Doubt, ...]:
        """Why it is not sure that nothing of a job does what none of its known steps does."""
        known = [Doubt(*each) for each in (*solved.ended, *solved.shared)]
        return tuple(known) or tuple(self._given_away(solved))

    def _given_away(self, solved: Solved) -> Iterator[Doubt]:
        """What is stored on objects of others, which the solver does not see."""
        for activation in solved.entered:
            for store in activation.flow.stores:
                bases = activation.value(store.base)
                if any(isinstance(each, (Foreign, Unknown)) for each in bases):
                    if carries(activation.value(store.value), _LEADS):
                        yield Doubt(activation.place(store.span), "an object that is not followed is given the job")

    def causes(self, solved: Solved) -> tuple[Doubt, ...]:
        """What else ends a job before it could do what is missing, where another rule speaks of it or nothing can be
        said: a name that the SDK does not have, and an entry that always raises.
        """
        found: list[Doubt] = []
        if not solved.returns and not any(each.flow.endless for each in solved.entered):
            found.append(Doubt(solved.job.place, "it always raises"))
        for path in sorted({each.path for each in solved.entered}):
            missing = self._offers.missing(path)
            found += [Doubt(Place(path, each.fact.span), f"{each.dotted} is not there") for each in missing]
        for activation in solved.entered:
            found += self._lacking(activation)
        return tuple(found)

    def _lacking(self, activation: Activation) -> Iterator[Doubt]:
        """Calls of methods that the SDK's class does not have: LKA406 speaks of them."""
        for call in activation.flow.calls:
            for target in activation.targets(call):
                if isinstance(target, SdkMethod) and target.kind in _LEADS and target.name not in EVERYWHERE:
                    release = self._offers.all_of_class(activation.path, target.kind)
                    if release is not None and lacks(release, target.kind, target.name):
                        yield Doubt(activation.place(call.span), f"{target.kind} has no {target.name}")


def lacks(release: Release, kind: str, name: str) -> bool:
    """A class of the SDK has no member of a name in a release; False where that is not sure."""
    if not release.has_class(kind) or release.is_open_class(kind):
        return False
    if release.table.package.startswith("@") and (name in _NODE_EMITTER or name in GLOBALS):
        return False
    return release.member(kind, name) is None


def always(ways: Sequence[Way], lacks: Callable[[Way], bool]) -> bool:
    """Every usual way to a step lacks something; where only exceptions lead there, every one of them.

    Of two ways that meet before the step it is not known which one goes on to it: a function that did what the other
    lacks may have said so by its value.
    """
    usual = [each for each in ways if each.is_ordinary]
    return all(map(lacks, usual or ways))

"""What functions do to a job that the SDK calls later: listeners, handlers and callbacks, run from a state."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import NamedTuple

from lkagent_lint.project.records import Project
from lkagent_lint.project.things import Activation, Closure, Instance, Thing, in_order
from lkagent_lint.questions.listeners import HANDLERS, Handed, Listeners
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.sources.sdk.vocabulary import Role
from lkagent_lint.typestate.automaton import Room, Session
from lkagent_lint.typestate.lifecycle import State
from lkagent_lint.typestate.solver import Course, Solved, follow

_CLOSED = State(room=Room.JOINED, session=Session.ENDED, sessions=1)
"""What listeners of a session's end find."""
_OVER = State(room=Room.JOINED, session=Session.ENDED, sessions=1, left=True, shut=True)
"""What the callbacks of a job's end find: its room has been left, and its session closed."""


class Handled(NamedTuple):
    """One function that a registration may name, and what it does."""

    handed: Handed
    thing: Thing
    course: Course | None
    """None where it is not known: the function is not the project's, or too large to follow."""


class Handlers:
    """What runs later in the jobs of one project."""

    def __init__(self, project: Project, listeners: Listeners) -> None:
        self._project = project
        self._listeners = listeners

    def run(self, start: State, wanted: Callable[[Handed], object], *roles: Role) -> Iterator[Handled]:
        """Run the wanted functions that are handed to the SDK for these roles, as if called in a state."""
        evaluator = self._project.evaluator
        for handed in self._listeners.handed(*roles):
            for thing in in_order(handed.things) if wanted(handed) else ():
                course = None
                if isinstance(thing, Closure) and thing.flow in self._project.files[thing.path].flows:
                    inside = evaluator.results.enter(_of_made(thing, handed.activation), (), ())
                    course = follow(inside, start, evaluator, self._project.sdk(thing.path))
                yield Handled(handed, thing, course)

    @cached_property
    def at_the_end(self) -> tuple[Handled, ...]:
        """What runs when all is over: shutdown callbacks, and listeners of a session's end. Before livekit-agents 1.3.1
        the session was closed beside them, and nothing is said of them.
        """

        def ordered(handed: Handed) -> bool:
            return bool(self._project.sdk(handed.place.path).has(Change.SESSION_CLOSED_BEFORE_CALLBACKS))

        def closing(handed: Handed) -> bool:
            return handed.hears_the_end and ordered(handed)

        return (*self.run(_OVER, ordered, Role.SHUTDOWN), *self.run(_CLOSED, closing, Role.LISTENER))

    def may_go_on(self, solved: Solved, state: State) -> bool:
        """Whether something that a job has handed to the SDK may start a session, or end the job, in a state."""
        entered = set(solved.entered)
        later = self.run(state, lambda handed: handed.activation in entered, *HANDLERS)
        return any(each.course is None or each.course.ended or _goes_on(each.course) for each in later)


def _of_made(method: Closure, registers: Activation) -> Closure:
    """A method of the object that is being made, where its constructor registers it: what that was given is known."""
    made = method.bound
    if not isinstance(made, Instance) or made.made is not None or registers.path != made.path:
        return method
    is_constructor = registers.flow.owner == made.name and registers.flow.own_name in ("__init__", "constructor")
    return method.on(Instance(made.path, made.name, registers)) if is_constructor else method


def _goes_on(course: Course) -> bool:
    rows = (reached.event.kind.does for reached in course.reached)
    return any(does.starts or does.shuts or does.leaves for does in rows)

"""What rules about registrations ask in common."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lkagent_lint.diagnostics import Place
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Flow
from lkagent_lint.project.records import Project, Worker
from lkagent_lint.project.things import Closure, Sdk, SdkMethod, only
from lkagent_lint.questions.wording import is_node

REGISTERS = {
    only(SdkMethod("AgentServer", "rtc_session")): "AgentServer",
    only(SdkMethod("AgentHandler", "rtc_session")): "AgentHandler",
    only(Sdk("livekit.agents.rtc_session")): "livekit.agents.worker",
    only(Sdk("livekit.agents.worker.rtc_session")): "livekit.agents.worker",
}
"""What registers an entry function in Python, and the class or the module that it belongs to."""


class Registered(NamedTuple):
    """A function of the project that a registration names."""

    flow: Flow
    path: str
    place: Place
    """Of its name in its definition; a lambda stands where it is registered."""
    registration: Place

    @property
    def title(self) -> str:
        """How a message begins."""
        return "this lambda" if self.flow.is_lambda else f"{self.flow.own_name}()"


def endpoint_of(project: Project, worker: Worker) -> str:
    """The ``endpoint=`` of a registration in livekit-agents 2.0, which names a door and no agent; empty where it is not
    known.
    """
    given = dict(project.call(worker.site).keywords) if worker.site is not None and not is_node(worker.place) else {}
    return next((each.value for name, each in given.items() if name == "endpoint" and isinstance(each, v.Text)), "")


class Entry(NamedTuple):
    """An entry function in Python and what registers it."""

    registered: Registered
    worker: Worker


class Registrations:
    """The functions that one project registers."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def registered(self, function: Closure, registration: Place) -> Registered:
        """A function that a registration names, as a message speaks of it."""
        flow = self._project.files[function.path].flows[function.flow]
        place = registration if flow.is_lambda else Place(function.path, flow.span)
        return Registered(flow, function.path, place, registration)

    def python_entries(self) -> Iterator[Entry]:
        """Every registration of an entry function in Python that is what it seems: no other decorator stands on it, its
        file is not written for livekit-agents 0.x, and it is not made in a test, which may never run it.
        """
        plain = {job.entry for job in self._project.jobs if not job.wrapped and not job.legacy}
        for worker in self._project.here.workers:
            if not worker.in_tests and not is_node(worker.place):
                for function in worker.entries:
                    if function in plain:
                        yield Entry(self.registered(function, worker.place), worker)


def jobs_run_in_processes(project: Project) -> bool:
    """Every worker of Python surely runs its jobs in processes of their own."""
    workers = [each for each in project.workers if not is_node(each.place) and not each.in_tests]
    return bool(workers) and all(each.server is not None and each.server.in_process for each in workers)

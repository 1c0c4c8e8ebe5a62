"""Would a worker ever get a job, and who speaks of it if not? The one answer of LKA201, ``graph`` and ``why``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from lkagent_lint.diagnostics import Place, Severity
from lkagent_lint.project.agent_names import UNNAMED, FromEnv, Known, OneOf
from lkagent_lint.project.records import Project, Worker
from lkagent_lint.questions.dispatches import DispatchedNames, Starved
from lkagent_lint.questions.reach import JobAnswer, JobReason, answer, possible_names
from lkagent_lint.questions.registrations import REGISTERS
from lkagent_lint.sources.sdk.changes import Change

_OTHERS = frozenset({"near-name", "malformed-dispatch", "rule-without-agents", "refused-name", "unknown-release"})
"""Reasons of which another rule speaks (LKA203, LKA209, LKA208, LKA307), or of which nothing can be said."""
_LISTS = JobReason("listed-rooms", "a room made here lists its agents, which turns automatic dispatch off in it")
_STARVED = JobReason(
    "starved", "it has no name, and every room of this project lists its agents, which turns automatic dispatch off"
)
_MALFORMED = JobReason("malformed-dispatch", "what is asked for here is dropped or refused: it may be meant for it")
_NO_AGENTS = JobReason("rule-without-agents", "a SIP dispatch rule brings no agent")
_REFUSED = JobReason("refused-name", "this release refuses a name that is given there")


class JobVerdicts:
    """Answers for one project."""

    def __init__(self, project: Project, starved: Sequence[Starved]) -> None:
        """``starved`` are the workers without a name that no room is left to."""
        self._project = project
        self._starved = {each.worker.place for each in starved}
        self._asked = DispatchedNames(project)
        self._dispatched: dict[Worker, JobAnswer] = {}
        self._known: dict[Worker, JobAnswer] = {}

    def of(self, worker: Worker) -> JobAnswer:
        """Whether a worker would get a job, and every reason that is known."""
        found = self._known.get(worker)
        if found is None:
            found = self._known[worker] = self._found(worker)
        return found

    def level(self, worker: Worker) -> Severity | None:
        """How LKA201 speaks of a worker: a warning where surely nothing dispatches it, an info where that is not known,
        and not at all where it gets jobs, another rule speaks of the cause, or its name is not known.
        """
        if worker.in_tests or worker.name == UNNAMED:
            return None
        found = self.of(worker)
        if found.gets_jobs == "yes" or any(each.kind in _OTHERS for each in found.reasons):
            return None
        if found.gets_jobs == "no":
            return Severity.WARNING
        match worker.name:
            case Known() | OneOf():
                return Severity.INFO
            case FromEnv() if not found.doubts and possible_names(self._project, worker.name):
                return Severity.INFO
            case _:
                return None

    @cached_property
    def waiting(self) -> tuple[tuple[Worker, str], ...]:
        """Every worker outside of tests, with its name, that surely nothing in the project dispatches."""
        workers = (each for each in self._project.workers if not each.in_tests and isinstance(each.name, Known))
        return tuple(
            (each, each.name.value) for each in workers if isinstance(each.name, Known) and self._is_waiting(each)
        )

    def _is_waiting(self, worker: Worker) -> bool:
        if worker.name == UNNAMED or self._malformed or self._is_unknown(worker):
            return False
        found = self._by_dispatches(worker)
        return found.gets_jobs == "no" and not any(each.kind in _OTHERS for each in found.reasons)

    @cached_property
    def rules_without_agents(self) -> tuple[Place, ...]:
        """SIP rules without agents, where every worker has a name and is among those that wait in vain."""
        project = self._project
        rules = tuple(
            Place(path, rule.span)
            for path, facts in project.files.items()
            for rule in facts.sip_rules
            if not rule.has_agents and not project.in_tests(path)
        )
        workers = [worker for worker in project.workers if not worker.in_tests]
        return rules if rules and workers and len(self.waiting) == len(workers) else ()

    # Parts of an answer

    def _found(self, worker: Worker) -> JobAnswer:
        found = self._by_dispatches(worker)
        if worker.place in self._starved:
            return JobAnswer("no", (_STARVED, *self._listing))
        if worker.name == UNNAMED:
            return found._replace(reasons=(*found.reasons, *self._listing))
        if self._is_unknown(worker):
            sdk = self._project.sdk(worker.place.path)
            message = f"how {sdk.package} {sdk.declared} takes its name is not known"
            return JobAnswer("unknown", (JobReason("unknown-release", message), *found.reasons))
        if found.gets_jobs == "yes":
            return found
        return found._replace(reasons=(*found.reasons, *self._causes(worker, found)))

    def _by_dispatches(self, worker: Worker) -> JobAnswer:
        found = self._dispatched.get(worker)
        if found is None:
            found = self._dispatched[worker] = answer(self._project, worker, self._asked)
        return found

    def _causes(self, worker: Worker, found: JobAnswer) -> Iterator[JobReason]:
        """What other rules speak of, where a worker does not surely get jobs."""
        yield from self._malformed
        if found.gets_jobs == "no" and not worker.in_tests:
            yield from (_NO_AGENTS._replace(place=each) for each in self.rules_without_agents)
        if self._is_refused(worker):
            yield _REFUSED._replace(place=worker.place)

    def _is_unknown(self, worker: Worker) -> bool:
        """What a name means in the release is not known."""
        return self._project.sdk(worker.place.path).has_another_major

    def _is_refused(self, worker: Worker) -> bool:
        """livekit-agents 2.0 refuses the name where it is given, and so the registration (LKA307)."""
        project = self._project
        if worker.site is None or not project.sdk(worker.place.path).has(Change.NAME_ON_SERVER):
            return False
        is_given = any(name == "agent_name" for name, _ in project.call(worker.site).keywords)
        return is_given and project.targets(worker.site) in REGISTERS

    @cached_property
    def _malformed(self) -> tuple[JobReason, ...]:
        """Dispatches that LKA209 speaks of: which agent was meant is not known."""
        return tuple(
            _MALFORMED._replace(place=Place(path, each.span))
            for path, facts in self._project.files.items()
            for each in facts.dropped
            if not self._project.in_tests(path)
        )

    @cached_property
    def _listing(self) -> tuple[JobReason, ...]:
        """The places that make rooms and list agents."""
        places: list[Place] = []
        for path, facts in self._project.files.items():
            places += [Place(path, each.span) for each in facts.room_sources if each.has_agents]
            places += [Place(path, each.span) for each in facts.sip_rules if each.has_agents]
        return tuple(_LISTS._replace(place=each) for each in sorted(places))

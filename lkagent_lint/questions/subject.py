"""The one object that rules are given and ask."""

from __future__ import annotations

from functools import cached_property

from lkagent_lint.project.records import Project, Worker
from lkagent_lint.questions.absence import Absence
from lkagent_lint.questions.afterwards import Afterwards
from lkagent_lint.questions.agents import Agents
from lkagent_lint.questions.api_requests import ApiRequests
from lkagent_lint.questions.attributes import Attributes
from lkagent_lint.questions.contexts import Contexts
from lkagent_lint.questions.deployment import Deployment
from lkagent_lint.questions.dispatches import Starved, registered_names, starved
from lkagent_lint.questions.doors import Doors
from lkagent_lint.questions.emitters import Emitters
from lkagent_lint.questions.handlers import Handlers
from lkagent_lint.questions.held import HeldObjects
from lkagent_lint.questions.listeners import Listeners
from lkagent_lint.questions.loop import Loop
from lkagent_lint.questions.methods import Methods
from lkagent_lint.questions.offers import Offers
from lkagent_lint.questions.registrations import Registrations
from lkagent_lint.questions.steps import StepOrder
from lkagent_lint.questions.text_runs import TextRuns
from lkagent_lint.questions.userdata import Userdata
from lkagent_lint.questions.verdicts import JobVerdicts
from lkagent_lint.questions.waiting import Waiting
from lkagent_lint.typestate.solver import Solved, solve


class Subject:
    """What rules judge: the linked project, and each job once it is solved."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.failures: list[tuple[str, Exception]] = []

    @cached_property
    def offers(self) -> Offers:
        """What the SDKs' releases offer to the project's files."""
        return Offers(self.project)

    @cached_property
    def methods(self) -> Methods:
        """Calls, by what is written and by what is called."""
        return Methods(self.project, self.solved)

    @cached_property
    def order(self) -> StepOrder:
        """Which steps of the lifecycle come too early or too late."""
        return StepOrder(self.project, self.solved, self.listeners)

    @cached_property
    def absence(self) -> Absence:
        """Whether what is missing is surely missing, and why that is not sure."""
        return Absence(self.project, self.offers, self.methods, self.verdicts, self.solved)

    @cached_property
    def listeners(self) -> Listeners:
        """What the SDK is handed to call later."""
        return Listeners(self.project, self.methods)

    @cached_property
    def held(self) -> HeldObjects:
        """Of which classes of the SDK objects are."""
        return HeldObjects(self.project, self.offers, self.listeners)

    @cached_property
    def attributes(self) -> Attributes:
        """Which attributes of the SDK's objects are used and are not there."""
        return Attributes(self.project, self.methods, self.offers, self.held)

    @cached_property
    def handlers(self) -> Handlers:
        """What the functions do that the SDK calls later."""
        return Handlers(self.project, self.listeners)

    @cached_property
    def afterwards(self) -> Afterwards:
        """What comes after the end of a session, or after the room was left."""
        return Afterwards(self.order, self.handlers)

    @cached_property
    def agents(self) -> Agents:
        """What agents are given after they are made."""
        return Agents(self.project, self.methods)

    @cached_property
    def text_runs(self) -> TextRuns:
        """Which agents run in text, and the tools of agents."""
        return TextRuns(self.project, self.methods, self.agents, self.loop)

    @cached_property
    def doors(self) -> Doors:
        """What servers serve."""
        return Doors(self.project)

    @cached_property
    def contexts(self) -> Contexts:
        """What runs outside of an agent's own context."""
        return Contexts(self.project, self.solved, self.handlers, self.methods)

    @cached_property
    def emitters(self) -> Emitters:
        """Which events are listened for."""
        return Emitters(self.project, self.offers, self.methods)

    @cached_property
    def loop(self) -> Loop:
        """What runs on the jobs' event loops."""
        return Loop(self.project, self.listeners)

    @cached_property
    def api_requests(self) -> ApiRequests:
        """What is wrong with requests of the server API."""
        return ApiRequests(self.project, self.methods, self.offers)

    @cached_property
    def waiting(self) -> Waiting:
        """How long functions wait."""
        return Waiting(self.project.evaluator)

    @cached_property
    def userdata(self) -> Userdata:
        """What is stored for jobs and sessions, and what they read."""
        return Userdata(self.project, self.methods)

    @cached_property
    def registered_names(self) -> dict[str, Worker] | None:
        """Every registered name with its first worker; None where some name is not known."""
        return registered_names(self.project)

    @cached_property
    def verdicts(self) -> JobVerdicts:
        """Whether the workers would get jobs."""
        return JobVerdicts(self.project, self.starved)

    @cached_property
    def starved(self) -> tuple[Starved, ...]:
        """Every worker without a name that gets no job, because every room of the project lists its agents."""
        return starved(self.project, self.registered_names)

    @cached_property
    def deployment(self) -> Deployment:
        """How the workers are started and stopped."""
        return Deployment(self.project)

    @cached_property
    def registrations(self) -> Registrations:
        """Which functions are registered."""
        return Registrations(self.project)

    @cached_property
    def solved(self) -> tuple[Solved, ...]:
        """Every job that follows the 1.x lifecycle, solved. A job on which the solver fails is in ``failures``."""
        found: list[Solved] = []
        for job in self.project.jobs:
            if not job.legacy:
                try:
                    found.append(solve(job, self.project.evaluator))
                except Exception as error:  # the linter's own fault: every other job is still judged
                    self.failures.append((job.entry.path, error))
        return tuple(found)

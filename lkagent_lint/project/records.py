"""The linked project, as rules read it."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import NamedTuple

from lkagent_lint.config import Settings
from lkagent_lint.diagnostics import Place
from lkagent_lint.facts.file import DispatchKind, FileFacts
from lkagent_lint.facts.flows import Call
from lkagent_lint.project.agent_names import AgentName, JobType
from lkagent_lint.project.call_words import CallWords
from lkagent_lint.project.evaluate import Evaluator
from lkagent_lint.project.things import Activation, Closure, Things
from lkagent_lint.sources.packages import is_test_file
from lkagent_lint.sources.sdk.releases import Package
from lkagent_lint.sources.sdk.versions import SdkVersion


class CallRef(NamedTuple):
    """A call of the project."""

    path: str
    flow: str
    call: int


class Executor(enum.Enum):
    """What runs the jobs of a server. Without one in code it is a process, on Windows a thread."""

    PROCESS = "process"
    THREAD = "thread"
    UNKNOWN = "unknown"


class Assigned(NamedTuple):
    """``server.name = value``."""

    place: Place
    name: str
    value: Things


class Server(NamedTuple):
    """Python: an object that workers are registered with, ``AgentServer(...)`` or worker options."""

    site: CallRef
    place: Place
    kind: str
    """``AgentServer`` or ``WorkerOptions``."""
    name: Things | None
    """What it is given as the agent's name (livekit-agents 2.0); None where it is given none."""
    executor: Executor
    setups: tuple[Closure, ...]
    """Functions that prepare its processes (``setup_fnc``, ``prewarm_fnc``)."""
    assigned: tuple[Assigned, ...]
    decorators: tuple[tuple[Place, str], ...]
    """Its attributes that stand as decorators, without a call, at the functions' names."""
    in_tests: bool

    @property
    def in_process(self) -> bool:
        """Its jobs surely run in processes of their own, which import the entry's module again."""
        return self.executor is Executor.PROCESS


class Worker(NamedTuple):
    """A registration of an agent."""

    place: Place
    name: AgentName
    """``UNNAMED`` where the registration gives none; the environment may still name it."""
    job_type: JobType
    entries: tuple[Closure, ...]
    requests: tuple[Closure, ...]
    """Functions that answer its job requests."""
    package: str
    in_tests: bool
    raw_type: str = ""
    """The job type as it is written, where it is not the SDK's own enumeration: ``JobType.JT_ROOM``, ``"room"``."""
    dropped_type: JobType | None = None
    """Node: the job type under ``workerType``, which newer releases drop."""
    agent_file: str | None = None
    """Node: the absolute path of the file whose default export is the agent, if it is known."""
    site: CallRef | None = None
    """The call that registers it."""
    server: Server | None = None
    """Python: what it is registered with, where that is one call of the project."""
    entry_text: str | None = None
    """A string that stands where the entry function should."""
    is_door: bool = False
    """Python: a door of its own registers it (``livekit.agents.rtc_session``), which some server is given."""


class Start(NamedTuple):
    """Python: a call of ``cli.run_app``."""

    site: CallRef
    place: Place
    server: Server | None
    in_tests: bool


class Dispatch(NamedTuple):
    """A place that asks for an agent."""

    place: Place
    kind: DispatchKind
    name: AgentName
    package: str
    in_tests: bool
    presence: bool = False
    """It is evidence, and no finding stands at it: its language is not parsed, or git ignores its file."""
    is_fresh: bool = False
    """A token for a room whose name is made anew, so that its first join creates the room."""
    file: str = ""
    """The program that connects by hand, as the command names it; empty where it names none."""
    spelled: str = ""
    """The name about as it is written, for messages."""
    by_manifest: bool = False
    """Another repository asks for it, as its manifest says; no finding of this project stands there."""


class Fleet(NamedTuple):
    """What manifests add to a project."""

    workers: tuple[Worker, ...] = ()
    dispatches: tuple[Dispatch, ...] = ()
    gaps: tuple[Place, ...] = ()
    """Manifests of repositories with files that could not be analysed."""


ALONE = Fleet()


class SetVariable(NamedTuple):
    """A variable of the environment that some file of the project sets."""

    place: Place
    value: str
    is_example: bool
    """The file shows what could be set, and nothing reads it when the program runs."""


class Job(NamedTuple):
    """An entry function; with everything it calls it is one job."""

    entry: Closure
    place: Place
    """Of the entry function's name in its definition."""
    bindings: tuple[Things, ...]
    """What the entry's first parameters hold: the job's context, after what a ``partial`` gave."""
    wrapped: bool
    """A decorator that is not the SDK's stands on the entry."""
    sdk: SdkVersion
    legacy: bool
    """The entry's file imports classes of livekit-agents 0.x, which has another lifecycle."""
    runs: Activation | None = None
    """What runs first: the entry, or what decorators of the project make of it; None where that is not known."""


class Texts(NamedTuple):
    """What the files that no front end reads say, asked only when a finding depends on it."""

    mentions: Callable[[str], tuple[str, ...]]
    """The files under the root that hold this name as a word of its own, but for those that dispatch or register it."""
    makes_rooms: Callable[[], bool]
    """Some file in a language that is not parsed makes rooms or lets people in."""
    configures: Callable[[str], bool]
    """Some configuration or script holds this name as a word of its own: it may deploy an agent of that name."""
    names_from_environment: Callable[[], bool]
    """``LIVEKIT_AGENT_NAME`` occurs in some file under the root."""
    unread_code_names: Callable[[str], bool]
    """Some file of Python that takes no part, because it never names an SDK, holds this name as a word of its own: what
    it does with what it imports is not seen."""


class RegisteredHere(NamedTuple):
    """What the files of a project register, serve, start and dispatch."""

    workers: tuple[Worker, ...]
    servers: tuple[Server, ...]
    starts: tuple[Start, ...]
    dispatches: tuple[Dispatch, ...]


class Project:
    """Everything below one root, joined, and what manifests say of other repositories."""

    def __init__(
        self,
        *,
        root: str,
        files: Mapping[str, FileFacts],
        evaluator: Evaluator,
        here: RegisteredHere,
        jobs: tuple[Job, ...],
        set_variables: Mapping[str, tuple[SetVariable, ...]],
        texts: Texts,
        settings: Callable[[str], Settings],
        sdk: Callable[[str], SdkVersion],
        pin: Callable[[str, Package], SdkVersion],
        fleet: Fleet = ALONE,
    ) -> None:
        self.root = root
        self.files = files
        self.evaluator = evaluator
        self.here = here
        """Without what manifests of other repositories add."""
        self._fleet = fleet
        self._dispatches = (*here.dispatches, *fleet.dispatches)
        self.jobs = jobs
        self.set_variables = set_variables
        """What files of the project set variables of the environment to, by the variable's name."""
        self.texts = texts
        self.settings = settings
        """The settings that hold for a file, by its absolute path."""
        self.sdk = sdk
        """The SDK version that holds for a file, by its absolute path."""
        self.pin = pin
        """The same for any package of the SDKs: livekit (rtc), livekit-api, @livekit/rtc-node, …"""

    @property
    def workers(self) -> tuple[Worker, ...]:
        """Every worker of the project."""
        return self.here.workers

    @property
    def servers(self) -> tuple[Server, ...]:
        """Every server of the project."""
        return self.here.servers

    @property
    def starts(self) -> tuple[Start, ...]:
        """Every call of ``cli.run_app`` in the project."""
        return self.here.starts

    @property
    def dispatches(self) -> tuple[Dispatch, ...]:
        """Every place that asks for an agent in the project, or by a manifest in another repository."""
        return self._dispatches

    @property
    def elsewhere(self) -> tuple[Worker, ...]:
        """Workers of other repositories, by their manifests: they have names, and nothing else of them is known."""
        return self._fleet.workers

    @property
    def gaps_elsewhere(self) -> tuple[Place, ...]:
        """Manifests of repositories of which not all is known."""
        return self._fleet.gaps

    def in_tests(self, path: str) -> bool:
        """The file is a test, or stands among tests: what is registered there may never run."""
        return is_test_file(path, self.root)

    def call(self, site: CallRef) -> Call:
        """The call that stands there."""
        return self.files[site.path].flows[site.flow].calls[site.call]

    def targets(self, site: CallRef) -> Things:
        """What that call may call, in the usual activation of its function."""
        flow = self.files[site.path].flows[site.flow]
        return self.evaluator.usual(site.path, flow).targets(flow.calls[site.call])

    def context_of(self, job: Job) -> str:
        """What an entry function calls the job's context; empty where it gives it no name of its own."""
        parameters = self.files[job.entry.path].flows[job.entry.flow].parameters
        position = len(job.bindings) - 1 + (job.entry.bound is not None)
        free = [each for each in parameters if each.kind == "positional"]
        name = free[position].name if 0 <= position < len(free) else ""
        return name if name.isidentifier() else ""

    @cached_property
    def words(self) -> CallWords:
        """The functions of every file by the words of their calls."""
        return CallWords(self.files)

    @cached_property
    def has_gaps(self) -> bool:
        """Some file that takes part could not be analysed: absence of anything is then uncertain."""
        return any(facts.problems for facts in self.files.values())

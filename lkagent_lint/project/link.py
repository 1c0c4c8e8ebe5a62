"""Link: the facts of all files become one project. Pure: the same facts give the same project."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

from lkagent_lint.config import Settings
from lkagent_lint.diagnostics import Place
from lkagent_lint.facts.file import DispatchFact, DispatchKind, FileFacts, WorkerFact
from lkagent_lint.facts.flows import Call, Flow
from lkagent_lint.facts.freshness import is_fresh
from lkagent_lint.facts.values import Attribute, Expr, Name, Result
from lkagent_lint.languages import SCRIPTS
from lkagent_lint.project.agent_names import (
    UNKNOWN_NAME,
    UNNAMED,
    AgentName,
    JobType,
    Pattern,
    UnknownName,
    Usually,
    job_type_of,
    name_of,
    plain_name,
    raw_type_of,
)
from lkagent_lint.project.call_words import CallWords
from lkagent_lint.project.callers import Callers
from lkagent_lint.project.decorators import AS_WRITTEN, Decoration
from lkagent_lint.project.evaluate import Evaluator
from lkagent_lint.project.generations import Generations
from lkagent_lint.project.modules import Modules
from lkagent_lint.project.records import (
    ALONE,
    CallRef,
    Dispatch,
    Fleet,
    Job,
    Project,
    RegisteredHere,
    Server,
    SetVariable,
    Texts,
    Worker,
)
from lkagent_lint.project.servers import Servers
from lkagent_lint.project.things import (
    JOB_CONTEXT,
    NEVER,
    NOTHING,
    Box,
    ClassOf,
    Closure,
    Instance,
    Library,
    Plain,
    String,
    Things,
    functions_among,
    in_order,
    only,
)
from lkagent_lint.project.wrappers import Wrappers, argument_of
from lkagent_lint.sources.packages import PackageFinder, is_test_file
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.sources.sdk.releases import Package
from lkagent_lint.sources.sdk.versions import SdkVersion


def link(
    *,
    root: str,
    files: Mapping[str, FileFacts],
    modules: Modules,
    texts: Texts,
    settings: Callable[[str], Settings],
    sdk: Callable[[str], SdkVersion],
    pin: Callable[[str, Package], SdkVersion] | None = None,
    fleet: Fleet = ALONE,
) -> Project:
    """Join facts by absolute path into a project. ``modules`` finds what they import, and ``fleet`` is what manifests
    of other repositories add.
    """
    evaluator = Evaluator(files, modules, Wrappers(root, modules, lambda path: settings(path).names))
    servers = Servers(root, evaluator)
    releases = Generations(files, sdk, pin or _newest)
    linker = _Linker(root, evaluator, servers, releases.sdk)
    paths = sorted(files)
    workers = tuple(worker for path in paths for worker in linker.workers(path))
    for path in paths:
        linker.agents(path)
    dispatches = tuple(dispatch for path in paths for dispatch in linker.dispatches(path))
    starts = tuple(start for path in paths for start in servers.starts(path))
    return Project(
        root=root,
        files=files,
        evaluator=evaluator,
        here=RegisteredHere(workers, tuple(servers.known.values()), starts, dispatches),
        jobs=tuple(linker.jobs()),
        set_variables=_set_variables(files),
        texts=texts,
        settings=settings,
        sdk=releases.sdk,
        pin=releases.pin,
        fleet=fleet,
    )


def _given(things: Things) -> Things:
    """Without what stands for no name, where there is another one: a dispatch is then guarded."""
    return things - {NOTHING} or things


def _spelled(name: Expr | None) -> str:
    """A name that is not known about as it is written."""
    from lkagent_lint.facts.spelling import spelt  # most names are known

    return "" if name is None else spelt(name)


def _set_variables(files: Mapping[str, FileFacts]) -> Mapping[str, tuple[SetVariable, ...]]:
    """What files set variables of the environment to, by the variable's name."""
    found: dict[str, list[SetVariable]] = {}
    for path, facts in files.items():
        for each in facts.set_variables:
            found.setdefault(each.variable, []).append(SetVariable(Place(path, each.span), each.value, each.is_example))
    return {variable: tuple(values) for variable, values in found.items()}


def _newest(path: str, package: Package) -> SdkVersion:
    return SdkVersion(package.newest, package=package.package)


_MAX_CALLERS = 3
"""How far up the callers are asked for a room's name."""


class _Linker:
    def __init__(self, root: str, evaluator: Evaluator, servers: Servers, sdk: Callable[[str], SdkVersion]) -> None:
        self.root = root
        self.sdk = sdk
        self.servers = servers
        self.evaluator = evaluator
        self.packages = PackageFinder(root)
        self.entries: dict[tuple[Closure, tuple[Things, ...]], None] = {}

    @cached_property
    def callers(self) -> Callers:
        """Who calls what: asked only where a name is not known otherwise."""
        return Callers(self.evaluator, CallWords(self.evaluator.files))

    @cached_property
    def _base_names(self) -> frozenset[str]:
        """Of the files that take part; on two of three systems the case of names does not count."""
        return frozenset(os.path.basename(path).lower() for path in self.evaluator.files)

    def _value(self, path: str, flow: str, expression: Expr) -> Things:
        evaluator = self.evaluator
        return evaluator.value(expression, evaluator.usual(path, evaluator.files[path].flows[flow]))

    def workers(self, path: str) -> Iterator[Worker]:
        for fact in self.evaluator.files[path].workers:
            if fact.receiver is None or self._is_server(path, fact):
                yield self._worker(path, fact)

    def _is_server(self, path: str, fact: WorkerFact) -> bool:
        """``rtc_session`` is the SDK's own word; only a receiver that is surely something else is refused."""
        receivers = self._value(path, fact.flow, fact.receiver) if fact.receiver is not None else NEVER
        others = (Instance, ClassOf, Closure, Library, String, Plain, Box)
        return not receivers or any(
            "AgentServer" in self.evaluator.classes.kinds(each) or not isinstance(each, others) for each in receivers
        )

    def _worker(self, path: str, fact: WorkerFact) -> Worker:
        def given(expression: Expr | None) -> Things | None:
            return None if expression is None else self._value(path, fact.flow, expression)

        name, kind = given(fact.name), given(fact.job_type)
        entry, request = given(fact.entry) or NEVER, given(fact.request) or NEVER
        if self._takes_request_alone(path, fact):  # accept() names the entrypoint, which is not followed
            entry, request = NEVER, entry | request
        entries = functions_among(entry)
        for closure, held in entries:
            self.entries.setdefault((closure, held))
        requests = functions_among(request)
        site = None if fact.call is None else CallRef(path, fact.flow, fact.call)
        server = self.servers.of_worker(fact, site)
        is_open = fact.open_ended
        if name is None and fact.receiver is not None and self._is_named_on_server(path, server):
            name, is_open = None if server is None else server.name, is_open or server is None
        missing_name = UNKNOWN_NAME if is_open else UNNAMED
        missing_kind = JobType.UNKNOWN if fact.open_ended else JobType.ROOM
        return Worker(
            place=Place(path, fact.span),
            name=self._named(path, fact, name, missing_name),
            job_type=missing_kind if kind is None else job_type_of(kind),
            entries=tuple(closure for closure, _ in entries),
            requests=tuple(closure for closure, _ in requests),
            package=self.packages.package_of(path),
            in_tests=is_test_file(path, self.root),
            raw_type="" if kind is None else raw_type_of(kind, in_node=path.endswith(SCRIPTS)),
            dropped_type=None if fact.dropped_type is None else job_type_of(given(fact.dropped_type) or NEVER),
            agent_file=self._agent_file(path, fact.agent_file),
            site=site,
            server=server,
            entry_text=_text_of(entry),
            is_door=fact.call is not None and fact.receiver == Result(fact.call),
        )

    def _takes_request_alone(self, path: str, fact: WorkerFact) -> bool:
        """The options are those of a release that takes no entry; a keyword that names one is of another release."""
        call = None if fact.call is None else self.evaluator.files[path].flows[fact.flow].calls[fact.call]
        is_named = call is not None and any(name == "entrypoint_fnc" for name, _ in call.keywords)
        return not is_named and self.sdk(path).has(Change.ENTRY_IN_OPTIONS) is False

    def _is_named_on_server(self, path: str, server: Server | None) -> bool:
        """The server gives the name. A release that nobody knows may have that already, where it is given one."""
        sdk = self.sdk(path)
        has_name = server is not None and server.name is not None
        return sdk.has(Change.NAME_ON_SERVER) is not False or (has_name and not sdk.knows_absence)

    def _named(self, path: str, fact: WorkerFact, given: Things | None, missing: AgentName) -> AgentName:
        """The name that a registration gives, or its server; ``missing`` where neither does."""
        if given is None:
            return missing
        return name_of(given) if fact.name is None else self._name(path, fact.flow, fact.name)

    def agents(self, path: str) -> None:
        """The entries of agents of Node: a file is what their workers name, so each of them is one."""
        for fact in self.evaluator.files[path].agents:
            for closure, held in functions_among(self._value(path, fact.flow, fact.entry)):
                self.entries.setdefault((closure, held))

    def _agent_file(self, path: str, given: str | None) -> str | None:
        """The project's file, made by ``defineAgent``, that a Node registration names."""
        found = path if given == "" else None if given is None else self.evaluator.modules.find_script(path, given)
        facts = None if found is None else self.evaluator.files.get(found)
        return found if facts is not None and facts.agents else None

    def dispatches(self, path: str) -> Iterator[Dispatch]:
        for fact in self.evaluator.files[path].dispatches:
            if fact.kind is DispatchKind.CONNECT or not (fact.file and self._is_read(fact.file)):
                yield from self._dispatches(path, fact)
        if self.evaluator.wrappers.dispatches(path):
            for flow in self.evaluator.files[path].flows.values():
                for call in flow.calls:
                    wrapped = self._wrapped(path, flow, call)
                    if wrapped is not None:
                        yield from self._dispatches(path, wrapped)

    def _is_read(self, file: str) -> bool:
        """A file that a command names is one of the project's, which says itself what it asks for."""
        return os.path.basename(file).lower() in self._base_names

    def _wrapped(self, path: str, flow: Flow, call: Call) -> DispatchFact | None:
        """The dispatch that a call of one of the project's own dispatchers is, by its settings."""
        evaluator = self.evaluator
        for thing in in_order(evaluator.usual(path, flow).targets(call)):
            argument = evaluator.wrappers.asked_by(thing, path)
            if argument is not None:
                callee = evaluator.files[thing.path].flows.get(thing.flow) if isinstance(thing, Closure) else None
                name = argument_of(call, argument, callee)
                span = call.span or flow.span
                return DispatchFact(
                    kind=DispatchKind.API, flow=flow.name, span=span, name=name, presence=call.span is None
                )
        return None

    def _dispatches(self, path: str, fact: DispatchFact) -> Iterator[Dispatch]:
        """What a place asks for: one dispatch for each name that the function's callers give."""
        for name in (UNNAMED,) if fact.name is None else self._names(path, fact.flow, fact.name):
            yield Dispatch(
                place=Place(path, fact.span),
                kind=fact.kind,
                name=name,
                package=self.packages.package_of(path),
                in_tests=is_test_file(path, self.root),
                presence=fact.presence,
                is_fresh=fact.granted is not None and self._is_fresh(path, fact.flow, fact.granted),
                file=fact.file,
                spelled=_spelled(fact.name) if isinstance(name, (UnknownName, Usually, Pattern)) else "",
            )

    def _is_fresh(self, path: str, flow: str, room: Expr, depth: int = _MAX_CALLERS) -> bool:
        """The room's name is made anew in the function, or by everyone who calls it."""
        facts = self.evaluator.files[path]
        home = facts.flows.get(flow)
        if home is None:
            return False
        match room:
            case Attribute(Name("self" | "this"), name) if f"{home.owner}.__init__" in facts.flows:
                home = facts.flows[f"{home.owner}.__init__"]
                stored = [each.value for each in home.stores if each.name == name]
                room = stored[0] if len(stored) == 1 else room
            case _:
                pass
        if is_fresh(room, home, facts):
            return True
        parameter = next((each.name for each in home.parameters if Name(each.name) == room), None)
        if parameter is None or depth == 0:
            return False
        given = list(self.callers.given(path, home, parameter))
        return bool(given) and all(
            value is not None and self._is_fresh(there, caller.name, value, depth - 1) for there, caller, value in given
        )

    def _names(self, path: str, flow: str, expression: Expr) -> tuple[AgentName, ...]:
        """A name in a file with flows is followed, to the function's callers too; in others it is what is written."""
        home = self.evaluator.files[path].flows.get(flow)
        if home is None:
            return (plain_name(expression),)
        usual = self.evaluator.usual(path, home)
        things = _given(usual.value(expression))
        name = name_of(things)
        if not isinstance(name, (UnknownName, Usually, Pattern)):
            return (name,)
        found = self.callers.of(path, home)
        if found == (usual,):  # what parameters hold where nobody gives them anything
            return (name_of(things | _given(self.callers.uncalled(path, home).value(expression))),)
        return tuple(dict.fromkeys(name_of(_given(each.value(expression))) for each in found))

    def _name(self, path: str, flow: str, expression: Expr) -> AgentName:
        """The name of a worker: what its function's callers give counts, if all give the same one."""
        name = name_of(self._value(path, flow, expression))
        if name != UNKNOWN_NAME:
            return name
        found = self._names(path, flow, expression)
        return found[0] if len(found) == 1 else UNKNOWN_NAME

    def jobs(self) -> Iterator[Job]:
        decorators = self.evaluator.decorators
        for closure, held in self.entries:
            facts = self.evaluator.files[closure.path]
            flow = facts.flows[closure.flow]
            bindings = (*held, only(JOB_CONTEXT))
            runs = self.evaluator.running.given(closure, bindings)
            yield Job(
                entry=closure,
                place=Place(closure.path, flow.span),
                bindings=bindings,
                wrapped=not decorators.are_only(closure, AS_WRITTEN | {Decoration.SDKS}),
                sdk=self.sdk(closure.path),
                legacy=facts.legacy is not None,
                runs=runs[0].activation if runs else None,
            )


def _text_of(things: Things) -> str | None:
    """The one string that a value is; None if it may be anything else."""
    match in_order(things):
        case [String(value)]:
            return value
        case _:
            return None

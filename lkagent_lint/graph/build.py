"""Builds the graph of a linked project. The same project gives the same graph, byte for byte."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

from lkagent_lint.diagnostics import Place
from lkagent_lint.facts.deployment import ProcessKind
from lkagent_lint.graph import records as r
from lkagent_lint.languages import SCRIPTS
from lkagent_lint.project.agent_names import AgentName, FromEnv, Known, OneOf, Pattern, Usually
from lkagent_lint.project.records import Dispatch, Project, Worker
from lkagent_lint.questions.dispatches import DispatchedNames, names_of
from lkagent_lint.questions.reach import JobAnswer, JobReason, agreement, effective_name
from lkagent_lint.questions.subject import Subject


def build(
    project: Project,
    *,
    wanted: Callable[[str], bool],
    show: Callable[[str], str],
    everything: bool = False,
    seen: Callable[[Place], Place] = lambda place: place,
) -> r.ProjectGraph:
    """The graph of the workers and dispatches in wanted files (by absolute path), with what they are joined to.

    ``show`` turns an absolute path into the one that is shown, ``seen`` a place into the one that is (of notebooks
    by cell). ``everything`` adds where names stand as words.
    """
    return _Builder(project, show, seen).graph(wanted, everything=everything)


class _Source(NamedTuple):
    place: Place
    kind: Literal["room-or-token", "sip-rule"]
    lists_agents: bool


class _Builder:
    def __init__(self, project: Project, show: Callable[[str], str], seen: Callable[[Place], Place]) -> None:
        self.seen = seen
        self.project = project
        self.subject = Subject(project)
        self.show = show
        workers = sorted(project.workers, key=lambda each: each.place)
        dispatches = sorted(project.dispatches, key=lambda each: (each.place, each.kind.value, repr(each.name)))
        self.workers = {f"w{number}": each for number, each in enumerate(workers, 1)}
        self.dispatches = {f"d{number}": each for number, each in enumerate(dispatches, 1)}
        self.keys = {each: key for key, each in self.dispatches.items()}
        self.names = {key: effective_name(project, each) for key, each in self.workers.items()}
        self.edges = tuple(self._edges())
        self.joined = {each.dispatch for each in self.edges}
        self.sure = {each.dispatch for each in self.edges if each.certain}
        self.sources = self._room_sources()

    def _edges(self) -> Iterable[r.Edge]:
        """What joins a worker and a dispatch, by the dispatches and then the workers."""
        asked = DispatchedNames(self.project)
        keys: dict[Dispatch, list[str]] = {}
        for key, each in self.dispatches.items():
            keys.setdefault(each, []).append(key)
        found: dict[str, list[r.Edge]] = {}
        for worker, registered in self.workers.items():
            for dispatch in dict.fromkeys((*asked.may_agree(self.names[worker]), *asked.connects)):
                agreed = agreement(self.project, registered, dispatch)
                if agreed is not None:
                    for key in keys[dispatch]:
                        edge = r.Edge(dispatch=key, worker=worker, by=agreed.by, certain=agreed.certain)
                        found.setdefault(key, []).append(edge)
        return [edge for key in self.dispatches for edge in found.get(key, ())]

    def graph(self, wanted: Callable[[str], bool], *, everything: bool) -> r.ProjectGraph:
        project = self.project
        inside = {key for key, each in (self.workers | self.dispatches).items() if wanted(each.place.path)}
        edges = tuple(each for each in self.edges if each.dispatch in inside or each.worker in inside)
        shown = inside.union(*({each.dispatch, each.worker} for each in edges))
        unnamed = any(key in shown and self.workers[key].name == Known("") for key in self.workers)
        verdicts = self.subject.verdicts
        return r.ProjectGraph(
            root=self.show(project.root),
            files=len(project.files),
            workers=tuple(
                self._worker(key, each, verdicts.of(each)) for key, each in self.workers.items() if key in shown
            ),
            dispatches=tuple(self._dispatch(key, each) for key, each in self.dispatches.items() if key in shown),
            edges=edges,
            sources=tuple(
                r.RoomSource(at=self._at(each.place), kind=each.kind, lists_agents=each.lists_agents)
                for each in self.sources
                if unnamed or wanted(each.place.path)
            ),
            variables=tuple(self._variables(shown)),
            gaps=tuple(
                r.Gap(path=self.show(path), message=problem.message)
                for path, facts in project.files.items()
                for problem in facts.problems
            ),
            mentions=tuple(self._mentions(shown)) if everything else (),
        )

    def _mentions(self, shown: set[str]) -> Iterable[r.Mention]:
        names = {self.names[key] for key in shown if key in self.workers}
        for name in sorted(each.value for each in names if isinstance(each, Known) and each.value):
            paths = self.project.texts.mentions(name)
            if paths:
                yield r.Mention(name=name, paths=tuple(map(self.show, paths)))

    def _worker(self, key: str, worker: Worker, found: JobAnswer) -> r.WorkerRecord:
        path = worker.place.path
        return r.WorkerRecord(
            id=key,
            at=self._at(worker.place),
            language="node" if path.endswith(SCRIPTS) else "python",
            sdk=self.project.sdk(path).label(self.project.root),
            name=name_record(self.names[key]),
            job_type=worker.job_type.value,
            runs=tuple(self._runs(worker)),
            package=self.show(worker.package),
            in_tests=worker.in_tests,
            gets_jobs=found.gets_jobs,
            because=tuple(map(self._reason, found.reasons)),
            started_by=tuple(self._starts(path)),
        )

    def _starts(self, worker: str) -> Iterable[r.StartRecord]:
        for each in sorted(self.subject.deployment.started, key=lambda started: started.place):
            kind = each.process.kind
            if each.worker == worker and kind is not ProcessKind.SCRIPT:
                yield r.StartRecord(at=self._at(each.place), kind=kind.value, name=each.process.name, command=each.mode)

    def _reason(self, reason: JobReason) -> r.Reason:
        return r.Reason(
            kind=reason.kind,
            message=reason.message,
            dispatch=None if reason.dispatch is None else self.keys[reason.dispatch],
            at=None if reason.place is None else self._at(reason.place),
        )

    def _runs(self, worker: Worker) -> Iterable[r.FunctionRecord]:
        for entry in worker.entries:
            flow = self.project.files[entry.path].flows[entry.flow]
            yield r.FunctionRecord(name=flow.name, at=self._at(Place(entry.path, flow.span)))
        if worker.agent_file is not None:
            agents = self.project.files[worker.agent_file].agents
            yield r.FunctionRecord(name="", at=self._at(Place(worker.agent_file, agents[0].span)))

    def _dispatch(self, key: str, dispatch: Dispatch) -> r.DispatchRecord:
        return r.DispatchRecord(
            id=key,
            at=self._at(dispatch.place),
            kind=dispatch.kind.value,
            name=name_record(dispatch.name),
            package=self.show(dispatch.package),
            in_tests=dispatch.in_tests,
            read_only=dispatch.presence,
            reaches=self._reaches(key, dispatch),
        )

    def _reaches(self, key: str, dispatch: Dispatch) -> r.Answer:
        names = {name for worker in self.project.elsewhere for name in names_of(worker) or ()}
        if key in self.sure or (isinstance(dispatch.name, Known) and dispatch.name.value in names):
            return "yes"
        deployed = isinstance(dispatch.name, Known) and self.project.texts.configures(dispatch.name.value)
        return "unknown" if key in self.joined or deployed or self.project.has_gaps else "no"

    def _room_sources(self) -> list[_Source]:
        found: list[_Source] = []
        for path, facts in self.project.files.items():
            found += [_Source(Place(path, each.span), "room-or-token", each.has_agents) for each in facts.room_sources]
            found += [_Source(Place(path, each.span), "sip-rule", each.has_agents) for each in facts.sip_rules]
        return sorted(found)

    def _variables(self, shown: set[str]) -> Iterable[r.Variable]:
        named = [*self.names.items(), *((key, each.name) for key, each in self.dispatches.items())]
        readers = [(key, name) for key, name in named if isinstance(name, FromEnv) and key in shown]
        for variable in sorted({name.variable for _, name in readers}):
            own = [(key, name.default) for key, name in readers if name.variable == variable]
            yield r.Variable(
                name=variable,
                defaults=tuple(sorted({default for _, default in own if default is not None})),
                workers=tuple(key for key, _ in own if key in self.workers),
                dispatches=tuple(key for key, _ in own if key in self.dispatches),
            )

    def _at(self, place: Place) -> r.Position:
        place = self.seen(place)
        return r.Position(path=self.show(place.path), line=place.span.line, column=place.span.column)


def name_record(name: AgentName) -> r.NameRecord:
    """An agent's name as plain data."""
    match name:
        case Known(""):
            return r.NameRecord(kind="unnamed")
        case Known(value):
            return r.NameRecord(kind="known", values=(value,))
        case OneOf(values):
            return r.NameRecord(kind="one-of", values=values)
        case FromEnv(variable, default):
            return r.NameRecord(kind="environment", variable=variable, default=default)
        case Usually(values, variable):
            return r.NameRecord(kind="unknown", values=values, variable=variable or None)
        case Pattern(parts):
            return r.NameRecord(kind="unknown", pattern="".join("*" if each is None else each for each in parts))
        case _:
            return r.NameRecord(kind="unknown")

"""What a server of livekit-agents 2.0 serves: doors and handlers that it is given, routes, and who may call them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from lkagent_lint.diagnostics import Place
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Call, Flow
from lkagent_lint.facts.following import given_to, walk
from lkagent_lint.project.origins import Origins
from lkagent_lint.project.records import CallRef, Project
from lkagent_lint.project.things import Sdk, Things

_HANDLER = "AgentHandler"
_DOORS = ("rtc_session", "a2a_session")
ADD_ROUTES = frozenset({"get", "post", "put", "patch", "delete", "route", "websocket", "mount", "add_route"})
"""Methods of ``server.http`` that add a route."""
_LEAVES = (v.Name, v.Result, v.Import, v.Function, v.Typed)
"""What one variable may be that stands for an object of another."""


class MemberCall(NamedTuple):
    """A method that is called on an object: ``("add",)``, ``("http", "get")``."""

    names: tuple[str, ...]
    path: str
    flow: Flow
    number: int

    @property
    def call(self) -> Call:
        return self.flow.calls[self.number]

    @property
    def place(self) -> Place:
        return Place(self.path, self.call.span or self.flow.span)

    @property
    def site(self) -> CallRef:
        return CallRef(self.path, self.flow.name, self.number)


class Served(NamedTuple):
    """A server, a handler or a door, by the call that makes it, and what is done to it."""

    site: CallRef
    place: Place
    kind: str
    """``AgentServer``, ``AgentHandler``, ``rtc_session`` or ``a2a_session``."""
    members: tuple[MemberCall, ...]
    """Every call of a method of it that is seen."""
    is_open: bool
    """It may be that something is done to it that is not seen: it is handed to something, or stored, or the name of its
    variable stands in a file that takes no part."""

    def called(self, *names: str) -> Iterator[MemberCall]:
        """The calls of one of its methods."""
        return (each for each in self.members if each.names == names)

    @property
    def routes(self) -> Iterator[MemberCall]:
        """The calls that add a route, or a whole application, to what it serves over HTTP."""
        for each in self.members:
            if each.names == ("mount",) or (each.names[0] == "http" and each.names[-1] in ADD_ROUTES):
                yield each


class Doors:
    """The servers of one project, with their doors."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._origins = Origins(project.evaluator)

    @cached_property
    def made(self) -> Mapping[CallRef, Served]:
        """Every server, handler and door of the project by the call that makes it. None of them is in a test."""
        kinds = dict(self._kinds())
        members: dict[CallRef, list[MemberCall]] = {site: [] for site in kinds}
        opened = _Uses(self._project, self._origins, members).opened() if kinds else set[CallRef]()
        return {
            site: Served(site, self._place(site), kind, tuple(members[site]), site in opened or self._is_unseen(site))
            for site, kind in kinds.items()
        }

    @cached_property
    def added(self) -> Mapping[CallRef, tuple[MemberCall, ...]] | None:
        """Which calls of ``server.add`` are given each door or handler; None where not all of them are seen."""
        found: dict[CallRef, tuple[MemberCall, ...]] = {}
        for server in self.servers():
            if server.is_open:
                return None
            for each in server.called("add"):
                for door in each.call.args:
                    site = self.door(each, door)
                    if site is None:
                        return None
                    found[site] = (*found.get(site, ()), each)
        return found

    @cached_property
    def registers_unseen(self) -> bool:
        """Somewhere a function becomes a door of something that is not known."""
        seen = {*self.made, *(each.site for made in self.made.values() for each in made.members)}
        return any(
            CallRef(path, flow.name, number) not in seen
            for path, flow in self._project.words.callers(_DOORS)
            if not self._project.in_tests(path)
            for number, call in enumerate(flow.calls)
            if _may_be_door(call)
        )

    def servers(self) -> Iterator[Served]:
        return (each for each in self.made.values() if each.kind == "AgentServer")

    def door(self, given: MemberCall, door: v.Expr) -> CallRef | None:
        """The call that makes what a server is given as a door or a handler; None where that is not known."""
        site = self._origins.of(given.path, given.flow, door)
        site = None if site is None else self._origins.door(site)
        return site if site in self.made else None

    def served(self, server: Served, kind: str) -> MemberCall | None:
        """The first call by which a server has a door of a kind, ``rtc_session`` or ``a2a_session``: its own, or one
        that is added to it by itself or with its handler. None where no such call is seen.
        """
        for each in server.members:
            if each.names == (kind,):
                return each
            for given in each.call.args if each.names == ("add",) else ():
                site = self.door(each, given)
                made = None if site is None else self.made[site]
                if made is not None and (made.kind == kind or any(made.called(kind))):
                    return each
        return None

    def values(self, given: MemberCall, value: v.Expr) -> Things:
        """What a value can be that a call is given."""
        return self._project.evaluator.usual(given.path, given.flow).value(value)

    def _place(self, site: CallRef) -> Place:
        flow = self._project.files[site.path].flows[site.flow]
        return Place(site.path, flow.calls[site.call].span or flow.span)

    def _kinds(self) -> Iterator[tuple[CallRef, str]]:
        for path, facts in self._project.files.items():
            if facts.language != "python" or facts.legacy or self._project.in_tests(path):
                continue
            for fact in facts.servers:
                if fact.kind in ("AgentServer", _HANDLER):
                    yield CallRef(path, fact.flow, fact.call), fact.kind
        for path, flow in self._project.words.callers(_DOORS):
            if not self._project.in_tests(path) and not self._project.files[path].legacy:
                activation = self._project.evaluator.usual(path, flow)
                for number, call in enumerate(flow.calls):
                    kind = _door_of(activation.targets(call)) if _may_be_door(call) else ""
                    if kind:
                        yield CallRef(path, flow.name, number), kind

    def _is_unseen(self, site: CallRef) -> bool:
        """A file that is not read, or one that imports all names of another, may do something to an object."""
        flows = self._project.files[site.path].flows
        wanted: set[v.Expr] = {v.Result(site.call)}
        wanted |= {v.Function(each.name) for each in flows.values() if v.Result(site.call) in each.decorators}
        calls = enumerate(flows[site.flow].calls)
        wanted |= {v.Result(number) for number, call in calls if call.target == v.Result(site.call)}
        names = (name for name, values in flows[site.flow].variables.items() if not wanted.isdisjoint(values))
        return self._has_stars or any(map(self._project.texts.unread_code_names, names))

    @cached_property
    def _has_stars(self) -> bool:
        """Some file imports all names of another one of the project: who uses what is not seen."""
        modules = self._project.evaluator.modules
        return any(modules.find(path, star) for path, facts in self._project.files.items() for star in facts.stars)


def _may_be_door(call: Call) -> bool:
    return isinstance(call.target, (v.Name, v.Attribute)) and call.target.name in _DOORS


def _door_of(targets: Things) -> str:
    names = {each.name if isinstance(each, Sdk) else "" for each in targets}
    name = names.pop() if len(names) == 1 else ""
    return name.rpartition(".")[2] if name.startswith("livekit.agents.") else ""


class _Uses:
    """Looks through a project for what is done to some objects. What it sees goes to ``members``."""

    def __init__(self, project: Project, origins: Origins, members: dict[CallRef, list[MemberCall]]) -> None:
        self._project = project
        self._origins = origins
        self._members = members
        self._starts = {each.site for each in project.here.starts}

    def opened(self) -> set[CallRef]:
        """The objects that are handed to something that is not followed."""
        found: set[CallRef] = set()
        for path, facts in self._project.files.items():
            if facts.language != "python":
                continue
            for flow in facts.flows.values():
                for number, call in enumerate(flow.calls):
                    given = self._of_call(path, flow, number, call)
                    found.update(self._named(path, flow, given))
                found.update(self._named(path, flow, _kept(flow)))
            for record in facts.classes.values():
                held = [each for values in record.attributes.values() for each in values]
                found.update(self._named(path, facts.flows[record.scope], held))
        return found

    def _of_call(self, path: str, flow: Flow, number: int, call: Call) -> list[v.Expr]:
        """Notes a method that is called; what is left is what the call hands to something that is not followed."""
        names: list[str] = []
        target, site = call.target, None
        while site is None and isinstance(target, v.Attribute):
            names.insert(0, target.name)
            target = target.base
            site = self._site(path, flow, target)
        if site is not None:
            self._members[site].append(MemberCall(tuple(names), path, flow, number))
        elif CallRef(path, flow.name, number) in self._starts:
            return []
        elif self._site(path, flow, v.Result(number)) is not None and isinstance(call.target, v.Result):
            return list(given_to(call))  # rtc_session(...)(entry)
        given = list(given_to(call)) if site is not None else [*given_to(call), call.target]
        if site is not None and names == ["add"]:
            given = [each for each in given if self._site(path, flow, each) is None]
        return given

    def _named(self, path: str, flow: Flow, values: list[v.Expr]) -> Iterator[CallRef]:
        for part in walk(*values):
            site = self._site(path, flow, part) if isinstance(part, (*_LEAVES, v.Attribute)) else None
            if site is not None:
                yield site

    def _site(self, path: str, flow: Flow, value: v.Expr) -> CallRef | None:
        """The object that a value is, if it is one of those that are looked for."""
        site = self._origins.of(path, flow, value)
        site = None if site is None else self._origins.door(site)
        return site if site in self._members else None


def _kept(flow: Flow) -> list[v.Expr]:
    """What a function stores, returns or holds, but for variables that only give another name."""
    found = [*flow.returns, *(each.value for each in flow.stores)]
    found += [each.default for each in flow.parameters if each.default is not None]
    for values in flow.variables.values():
        if len(values) != 1 or not isinstance(values[0], _LEAVES):
            found += values
    return found

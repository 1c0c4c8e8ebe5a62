"""What workers are registered with in Python: servers and worker options, each known by the one call that makes it."""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Place
from lkagent_lint.facts import values as v
from lkagent_lint.facts.file import ServerFact, WorkerFact
from lkagent_lint.facts.flows import MODULE, Call, Flow
from lkagent_lint.project.evaluate import Evaluator
from lkagent_lint.project.origins import Origins
from lkagent_lint.project.records import Assigned, CallRef, Executor, Server, Start
from lkagent_lint.project.things import ANYTHING, Sdk, Things, functions_among
from lkagent_lint.sources.packages import is_test_file

_SETUPS = ("setup_fnc", "prewarm_fnc")
_HANDLER = "AgentHandler"


class Servers:
    """Finds them. Pure: it holds nothing that does not follow from the facts."""

    def __init__(self, root: str, evaluator: Evaluator) -> None:
        self._root = root
        self._evaluator = evaluator
        self._origins = Origins(evaluator)
        facts = {
            CallRef(path, fact.flow, fact.call): fact
            for path in sorted(evaluator.files)
            for fact in evaluator.files[path].servers
        }
        made = {site: fact for site, fact in facts.items() if fact.kind != _HANDLER}
        self._assigned = self._assignments(frozenset(made))
        self._decorators = self._decorations(frozenset(made))
        self.known = {site: self._server(site, fact) for site, fact in made.items()}
        self._given = self._doors()
        """The servers that each door or handler is given to, by the call that makes it."""

    def of_worker(self, fact: WorkerFact, site: CallRef | None) -> Server | None:
        """What a worker is registered with: its own call makes it, or the receiver of ``rtc_session`` leads to it."""
        if site is None or fact.receiver is None:
            return None if site is None else self.known.get(site)
        return self._behind(self._origins.of(site.path, self._flow(site.path, fact.flow), fact.receiver))

    def _behind(self, site: CallRef | None) -> Server | None:
        """The server that a call makes, or the one to which what it makes is given."""
        if site is None or site in self.known:
            return None if site is None else self.known[site]
        servers = self._given.get(site, [])
        return servers[0] if len(servers) == 1 else None

    def _doors(self) -> dict[CallRef, list[Server]]:
        found: dict[CallRef, list[Server]] = {}
        for path in sorted(self._evaluator.files) if self.known else ():
            facts = self._evaluator.files[path]
            for flow in facts.flows.values() if facts.language == "python" else ():
                for call in flow.calls:
                    if isinstance(call.target, v.Attribute) and call.target.name == "add":
                        server = self._made_by(path, flow.name, call.target.base)
                        for door in call.args if server is not None else ():
                            site = self._origins.of(path, flow, door)
                            if site is not None and server is not None:
                                found.setdefault(self._origins.door(site), []).append(server)
        return found

    def _flow(self, path: str, name: str) -> Flow:
        return self._evaluator.files[path].flows[name]

    def starts(self, path: str) -> Iterator[Start]:
        for fact in self._evaluator.files[path].starts:
            server = None if fact.server is None else self._made_by(path, fact.flow, fact.server)
            yield Start(
                CallRef(path, fact.flow, fact.call), Place(path, fact.span), server, is_test_file(path, self._root)
            )

    def _made_by(self, path: str, flow: str, expression: v.Expr) -> Server | None:
        site = self._origins.of(path, self._flow(path, flow), expression)
        return None if site is None else self.known.get(site)

    # What a server is told

    def _assignments(self, servers: frozenset[CallRef]) -> dict[CallRef, list[Assigned]]:
        """What is stored on servers; nothing is looked at where there is none."""
        found: dict[CallRef, list[Assigned]] = {}
        if not servers:
            return found
        for path in sorted(self._evaluator.files):
            facts = self._evaluator.files[path]
            for flow in facts.flows.values() if facts.language == "python" else ():
                for store in flow.stores:
                    site = self._origins.of(path, flow, store.base)
                    if site in servers and site is not None and store.span is not None:
                        value = self._value(path, flow, store.value)
                        found.setdefault(site, []).append(Assigned(Place(path, store.span), store.name, value))
        return found

    def _decorations(self, servers: frozenset[CallRef]) -> dict[CallRef, list[tuple[Place, str]]]:
        found: dict[CallRef, list[tuple[Place, str]]] = {}
        for path in sorted({site.path for site in servers}):
            flows = self._evaluator.files[path].flows
            for flow in flows.values():
                for decorator in flow.decorators:
                    if isinstance(decorator, v.Attribute):
                        scope = flows[flow.parent or MODULE]
                        site = self._origins.of(path, scope, decorator.base)
                        if site in servers and site is not None:
                            found.setdefault(site, []).append((Place(path, flow.span), decorator.name))
        return found

    def _value(self, path: str, flow: Flow, expression: v.Expr) -> Things:
        return self._evaluator.value(expression, self._evaluator.usual(path, flow))

    def _server(self, site: CallRef, fact: ServerFact) -> Server:
        flow = self._evaluator.files[site.path].flows[site.flow]
        call = flow.calls[site.call]
        assigned = tuple(self._assigned.get(site, ()))
        setups = [self._value(site.path, flow, value) for name, value in call.keywords if name in _SETUPS]
        if fact.kind == "WorkerOptions" and len(call.args) > 2:
            setups.append(self._value(site.path, flow, call.args[2]))
        setups.extend(each.value for each in assigned if each.name in _SETUPS)
        given = dict(call.keywords)
        name = ANYTHING if "**" in given else None
        return Server(
            site=site,
            place=Place(site.path, fact.span),
            kind=fact.kind,
            name=self._value(site.path, flow, given["agent_name"]) if "agent_name" in given else name,
            executor=self._executor(site.path, flow, call, assigned),
            setups=tuple(closure for things in setups for closure, _ in functions_among(things)),
            assigned=assigned,
            decorators=tuple(self._decorators.get(site, ())),
            in_tests=is_test_file(site.path, self._root),
        )

    def _executor(self, path: str, flow: Flow, call: Call, assigned: tuple[Assigned, ...]) -> Executor:
        if any(isinstance(arg, v.Spread) for arg in call.args) or any(
            each.name.endswith("job_executor_type") for each in assigned
        ):
            return Executor.UNKNOWN
        for name, value in call.keywords:
            if name == "**":
                return Executor.UNKNOWN
            if name == "job_executor_type":
                return _executor_of(self._value(path, flow, value))
        return Executor.PROCESS


def _executor_of(things: Things) -> Executor:
    found = {
        Executor[member]
        if isinstance(each, Sdk) and (member := each.name.rpartition("JobExecutorType.")[2]) in Executor.__members__
        else Executor.UNKNOWN
        for each in things
    }
    return found.pop() if len(found) == 1 else Executor.UNKNOWN

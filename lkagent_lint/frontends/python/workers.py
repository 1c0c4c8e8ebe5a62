"""Registrations of agents, in every spelling of ``rtc_session`` and of worker options."""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.facts.file import FileFacts, ServerFact, StartFact, WorkerFact
from lkagent_lint.facts.flows import MODULE, Call, Flow
from lkagent_lint.facts.scopes import assigned, owner_of
from lkagent_lint.facts.values import (
    OPAQUE,
    Attribute,
    Either,
    Expr,
    Function,
    Mapping,
    Name,
    Result,
    Spread,
    Text,
    Typed,
    carried,
)
from lkagent_lint.frontends.python.targets import Targets
from lkagent_lint.frontends.python.words import REGISTERS
from lkagent_lint.text import Span

_OPTIONS = ("WorkerOptions", "ServerOptions")


def find_workers(facts: FileFacts, targets: Targets) -> Iterator[WorkerFact]:
    """Every registration in a file (livekit-agents 1.8.9, ``worker.py`` 180-275 and 480-533; 2.0.0b1, 318-394)."""
    for flow in facts.flows.values():
        for number, call in enumerate(flow.calls):
            if _is_options(targets, flow, call):
                yield _from_options(facts, flow, number, call)
            elif _names(targets, flow, call, REGISTERS):  # a door of its own, which some server is given
                yield _from_session(facts, flow, number, call, Result(number))
            elif isinstance(call.target, Attribute) and call.target.name == REGISTERS:
                yield _from_session(facts, flow, number, call, call.target.base)


def _is_options(targets: Targets, flow: Flow, call: Call) -> bool:
    name = targets.name(flow, call)
    if name:  # a project may re-export the class; then the keyword that it alone has tells
        given = any(keyword == "entrypoint_fnc" for keyword, _ in call.keywords)
        return name.endswith(_OPTIONS) and (name.startswith("livekit.") or given)
    target = call.target
    return isinstance(target, Name) and target.name in _OPTIONS and owner_of(targets.facts, flow, target.name) is None


def _keyword(call: Call, name: str) -> Expr | None:
    return next((value for keyword, value in call.keywords if keyword == name), None)


def _in_spread(facts: FileFacts, flow: Flow, call: Call, name: str) -> Expr | None:
    """What ``**options`` holds under a key, where the dictionary is written out in the file."""
    found: list[Expr] = []
    for value in (value for keyword, value in call.keywords if keyword == "**"):
        written = (assigned(facts, flow, value.name) or ()) if isinstance(value, Name) else ((flow, value),)
        for home, each in written:
            entries = (entry for key, entry in _entries(each, home) if key == name)
            found += [entry if home is flow else carried(entry, home.name) for entry in entries]
    return None if not found else found[0] if len(found) == 1 else Either(tuple(found))


def _entries(value: Expr, flow: Flow) -> tuple[tuple[str, Expr], ...]:
    if isinstance(value, Typed) and value.value is not None:
        return _entries(value.value, flow)
    if isinstance(value, Result) and flow.calls[value.call].target == Name("dict"):
        return flow.calls[value.call].keywords
    return value.entries if isinstance(value, Mapping) else ()


def _open_ended(call: Call) -> bool:
    return any(isinstance(arg, Spread) for arg in call.args) or any(name == "**" for name, _ in call.keywords)


def _assigned_later(facts: FileFacts, flow: Flow, number: int, attribute: str) -> Expr | None:
    """``options.agent_name = …`` on a variable that holds this call's result: the one value that is assigned in the
    same function, or one that is not known; None where nothing is assigned.
    """
    names = {name for name, values in flow.variables.items() if Result(number) in values}
    found = [
        (each, store.value)
        for each in facts.flows.values()
        for store in each.stores
        if store.name == attribute and isinstance(store.base, Name) and store.base.name in names
    ]
    if not found:
        return None
    return found[0][1] if len(found) == 1 and found[0][0] is flow else OPAQUE


def _span(flow: Flow, call: Call) -> Span:
    return call.span or flow.span


def _from_options(facts: FileFacts, flow: Flow, number: int, call: Call) -> WorkerFact:
    positional = [arg for arg in call.args if not isinstance(arg, Spread)]
    return WorkerFact(
        flow=flow.name,
        span=_span(flow, call),
        entry=_keyword(call, "entrypoint_fnc")
        or (positional[0] if positional else _in_spread(facts, flow, call, "entrypoint_fnc")),
        request=_keyword(call, "request_fnc")
        or (positional[1] if len(positional) > 1 else _in_spread(facts, flow, call, "request_fnc")),
        name=_option(facts, flow, number, call, "agent_name"),
        job_type=_option(facts, flow, number, call, "worker_type"),
        open_ended=_open_ended(call),
        call=number,
    )


def _option(facts: FileFacts, flow: Flow, number: int, call: Call, name: str) -> Expr | None:
    """What an option is given: by its keyword, or in the dictionary that ``**`` unpacks."""
    later = _assigned_later(facts, flow, number, name)
    given = _keyword(call, name) or _in_spread(facts, flow, call, name)
    return given if later is None else later if given is None else Either((given, later))


def _from_session(facts: FileFacts, flow: Flow, number: int, call: Call, server: Expr) -> WorkerFact:
    entry: Expr | None = call.args[0] if call.args else None
    if entry is None:
        entry = next(
            (
                Function(each.name)
                for each in facts.flows.values()
                if (each.parent or MODULE) == flow.name and Result(number) in each.decorators
            ),
            None,
        )
    if entry is None:  # server.rtc_session(agent_name="x")(entry)
        entry = next((each.args[0] for each in flow.calls if each.target == Result(number) and each.args), None)
    return WorkerFact(
        flow=flow.name,
        span=_span(flow, call),
        entry=entry,
        request=_keyword(call, "on_request"),
        name=_keyword(call, "agent_name") or _in_spread(facts, flow, call, "agent_name"),
        job_type=_keyword(call, "type") or _in_spread(facts, flow, call, "type"),
        open_ended=_open_ended(call) or isinstance(entry, Text),
        receiver=server,
        call=number,
    )


def find_servers(facts: FileFacts, targets: Targets) -> Iterator[ServerFact]:
    """Every object that workers are registered with."""
    for flow in facts.flows.values():
        for number, call in enumerate(flow.calls):
            if _is_options(targets, flow, call):
                yield ServerFact(flow=flow.name, call=number, span=_span(flow, call), kind="WorkerOptions")
            else:
                for kind in ("AgentServer", "AgentHandler"):
                    if _names(targets, flow, call, kind):
                        yield ServerFact(flow=flow.name, call=number, span=_span(flow, call), kind=kind)


def find_starts(facts: FileFacts, targets: Targets) -> Iterator[StartFact]:
    """Every call of ``cli.run_app``."""
    for flow in facts.flows.values():
        for number, call in enumerate(flow.calls):
            if _names(targets, flow, call, "run_app"):
                server = call.args[0] if call.args else _keyword(call, "server") or _keyword(call, "opts")
                yield StartFact(flow=flow.name, call=number, span=_span(flow, call), server=server)


def _names(targets: Targets, flow: Flow, call: Call, name: str) -> bool:
    """Whether a call's target is that name of the SDK, through this file's imports."""
    dotted = targets.name(flow, call)
    return dotted.startswith("livekit.") and dotted.rpartition(".")[2] == name

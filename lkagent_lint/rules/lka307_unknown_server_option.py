"""An option that servers and registrations do not have in this release.

## What it does

Reports keywords of `AgentServer(...)`, `rtc_session(...)` and `WorkerOptions(...)` that the project's release of
livekit-agents does not take, options assigned to a server on which nothing reads them (`server.prewarm_fnc = f`), and
`@server.setup_fnc` as a decorator; also positional arguments that a server does not take, and worker options without
an entry function. In Node: keys of `ServerOptions` that it does not have.

## Why it is bad

The options moved when `AgentServer` took the place of `WorkerOptions`: `prewarm_fnc` is `setup_fnc`, and the request
function, the agent's name and its type belong to `rtc_session`. In livekit-agents 2.0 the name moved on: it belongs to
the server, and `rtc_session(agent_name=)` raises. A keyword that is gone raises "TypeError:
AgentServer.__init__() got an unexpected keyword argument" while the module is imported. An attribute is worse: it is
created on the spot, nothing reads it, and nothing says so. Node drops keys that it does not know.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

For options that only a later release has: the project may well run that one. For names that are no option anywhere
and are merely kept on the server; for classes of the project's own; where LKA308 or LKA209 speaks of the same option;
in code that may be meant for 0.x; and in test files.

## Evidence

The tables of each release's signatures, read from the released packages; livekit-agents 1.8.9, run.
@livekit/agents 1.9.0, run: `new ServerOptions({ agent_name: 'x' })` has the `agentName` '' (LKA209 reports that key).

## Fix safety

The name of an agent that `rtc_session()` no longer takes, since livekit-agents 2.0, is given to the server, if it is a
text and the server is made in the same file without a name: safe. For all others there is no fix.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Severity
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Call
from lkagent_lint.intents import Fix, MoveArgument, safe
from lkagent_lint.project.records import Server, Worker
from lkagent_lint.questions.offers import Offers
from lkagent_lint.questions.registrations import REGISTERS
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import is_node, shortened
from lkagent_lint.rules._base import Meta
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.sources.sdk.releases import Basis
from lkagent_lint.sources.sdk.successors import OPTIONS
from lkagent_lint.sources.sdk.symbols import SymbolKind
from lkagent_lint.sources.sdk.tables import Release

META = Meta(
    "LKA307",
    "unknown-server-option",
    Severity.ERROR,
    "an option that servers and registrations do not have",
    basis=Basis.REFUSAL,
)

_TAKE_OPTIONS = (("AgentServer", ""), ("AgentServer", "rtc_session"), ("WorkerOptions", ""))
_NODE_OPTIONS = ("ServerOptions", "WorkerOptions")
_PYTHON, _NODE = "livekit-agents", "@livekit/agents"


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    offers = subject.offers
    for server in project.here.servers:
        path = server.site.path
        release = offers.complete(path, _PYTHON)
        is_judged = not server.in_tests and not project.files[path].legacy
        if is_judged and release is not None and release.has_class(server.kind):
            yield from _of_call(offers, project.call(server.site), server.place, server.kind, "", release)
            if server.kind == "AgentServer":
                yield from _of_attributes(offers, server, release)
    for worker in project.here.workers:
        if worker.in_tests or worker.entry_text is not None:  # of a string there LKA312 speaks
            continue
        if is_node(worker.place):
            yield from _of_node(subject, worker)
        elif worker.site is not None:
            owner = REGISTERS.get(project.targets(worker.site))
            release = offers.complete(worker.site.path, _PYTHON)
            if owner is not None and release is not None:
                yield from _of_call(
                    offers, project.call(worker.site), worker.place, owner, "rtc_session", release, worker.server
                )


def _of_call(
    offers: Offers,
    call: Call,
    place: Place,
    owner: str,
    method: str,
    release: Release,
    server: Server | None = None,
) -> Iterator[Diagnostic]:
    """What a constructor or a method refuses; one finding, for the first thing that Python stumbles upon."""
    parameters = release.parameters(owner, method)
    if parameters is None:
        return
    title, holder = method or owner, release.path(owner).rpartition(".")[2]
    is_function = "." in owner  # of a module, else of a class
    function = method if is_function or not holder else f"{holder}.{method or '__init__'}"
    given = [name for name, _ in call.keywords]
    lacked = {
        name: offers.lacked_keyword(place.path, _PYTHON, owner, method, name)
        for name in dict.fromkeys(given)
        if name != "**"
    }
    unknown = [name for name, lack in lacked.items() if lack is not None and not lack.comes]
    missing = [name for name in parameters.positional if name in parameters.required and name not in given]
    if unknown and not parameters.var_keyword:
        yield META.at(
            place,
            f"{title} does not take {_few(unknown)}",
            note=f"\"TypeError: {function}() got an unexpected keyword argument '{unknown[0]}'\"",
            help=_instead(title, unknown[0], release) or "take it away",
            label="not taken",
            culprit=unknown,
            key=unknown,
            fix=_fix(call, place, unknown, server),
        )
    elif call.args and not parameters.positional and not parameters.var_positional:
        yield META.at(
            place,
            f"{title} takes keywords only",
            note=f'"TypeError: {function}() takes {_so_many(len(call.args), is_function)}"',
            help="give each argument by its keyword",
            label="given without a keyword",
            key=("*",),
        )
    elif missing and not call.args and not {"**", "request_fnc"} & set(given):  # 0.7 took the request alone
        yield META.at(
            place,
            f"{title} needs {missing[0]}",
            note=f"\"TypeError: {function}() missing 1 required positional argument: '{missing[0]}'\"",
            help=f"give it {missing[0]}=",
            label=f"{missing[0]} is missing",
            key=(missing[0],),
        )


def _fix(call: Call, place: Place, unknown: list[str], server: Server | None) -> Fix | None:
    """The agent's name is the server's now; what it is has to be known where the server is made."""
    is_text = isinstance(dict(call.keywords).get("agent_name"), v.Text)
    if server is None or unknown != ["agent_name"] or not is_text or server.place.path != place.path:
        return None
    return safe("use AgentServer(agent_name=) instead", MoveArgument(place, "agent_name", server.place))


def _so_many(given: int, is_function: bool) -> str:
    """How Python counts the arguments, to which ``self`` belongs."""
    if is_function:
        return f"0 positional arguments but {given} {'was' if given == 1 else 'were'} given"
    return f"1 positional argument but {given + 1} were given"


def _of_attributes(offers: Offers, server: Server, release: Release) -> Iterator[Diagnostic]:
    options = frozenset[str]().union(*(offers.keywords(release, *each) for each in _TAKE_OPTIONS))
    for assigned in server.assigned:
        if assigned.name in options - offers.members(release, "AgentServer"):
            yield META.at(
                assigned.place,
                f"AgentServer has no attribute {shortened(assigned.name)}",
                note="it is created here, and nothing reads it",
                help=_instead("AgentServer", assigned.name, release)
                or "give it to the constructor, AgentServer(...), if that takes it",
                label="nothing reads this",
                culprit=(assigned.name,),
                key=(assigned.name,),
            )
    for place, name in server.decorators:
        member = release.member("AgentServer", name)
        if member is not None and member.kind in (SymbolKind.PROPERTY, SymbolKind.SETTABLE):
            yield META.at(
                place,
                f"{name} of a server is a property and no decorator",
                note="\"TypeError: 'NoneType' object is not callable\"",
                help="assign the function to it",
                label="no decorator",
                culprit=(name,),
                key=(name,),
            )


def _of_node(subject: Subject, worker: Worker) -> Iterator[Diagnostic]:
    offers = subject.offers
    release = offers.complete(worker.place.path, _NODE)
    call = None if worker.site is None else subject.project.call(worker.site)
    if release is None or call is None or not call.args or not isinstance(call.args[0], v.Mapping):
        return
    known = {*("", "**", "agent_name"), *(name for kind in _NODE_OPTIONS for name in offers.members(release, kind))}
    if subject.project.sdk(worker.place.path).has(Change.SERVER_TYPE):
        known.add("workerType")  # LKA308 speaks of it, and LKA209 of agent_name
    unknown = [key for key, _ in call.args[0].entries if key not in known]
    if unknown:
        yield META.at(
            worker.place,
            f"ServerOptions has no {' and no '.join(map(shortened, unknown[:2]))}",
            note="Node drops what it does not know, and nothing says so",
            help=_instead("ServerOptions", unknown[0], release) or "take it away",
            label="this is dropped",
            culprit=unknown,
            key=unknown,
        )


def _instead(owner: str, name: str, release: Release) -> str:
    moved = OPTIONS.get((owner, name))
    server = release.parameters("AgentServer")
    if name in ("name", "agent_name") and server is not None and server.accepts("agent_name"):
        moved = "AgentServer(agent_name=)"
    return f"use {moved} instead" if moved else ""


def _few(names: list[str]) -> str:
    more = f" and {len(names) - 2} more" if len(names) > 2 else ""
    return (" and " if not more else ", ").join(map(shortened, names[:2])) + more

"""A blocking call holds up the event loop that carries the audio.

## What it does

Reports calls that wait without letting anything else run, where they run on the event loop of a job: in entry
functions, tools, handlers, hooks of an agent (`on_enter`, `on_user_turn_completed`, `llm_node` ...), in functions that
answer job requests, and in coroutine functions that these call. In livekit-agents 2.0 also in functions that an agent
is given (`@agent.instructions`, which runs for every reply, `@agent.tool`), and in those of text doors (`a2a_session`)
and of http routes (`server.http`), which run in the worker's own process. Where a plain function of the project blocks,
the finding stands at the call that leads to it.

These are `time.sleep`, `os.system`, `subprocess.run` and its like, `urllib.request.urlopen`, connections of `smtplib`;
requests by `requests`, `urllib3`, `httpx.Client` and `httpx.get`; and what the plain clients of databases and services
send: `supabase`, `psycopg2`, `psycopg`, `pymysql`, `mysql.connector`, `pymongo`, `redis`, `boto3`, `openai`, `groq`,
`anthropic`, `googleapiclient`, `sendgrid`, `twilio`. In Node `execSync`, `execFileSync` and `spawnSync`.

## Why it is bad

One loop carries the audio, the room's events and the pings of the worker. While the call blocks, the agent neither
hears nor speaks, not even to be interrupted. livekit-agents logs "event loop blocked for 3983ms at ..." (since 1.8.1)
and "process is unresponsive"; after 60 seconds it kills the process. In a function that answers job requests the whole
worker stands still; after 10 seconds the server gives the job up. So it does in the functions of text doors and http
routes: meanwhile no job is answered, and no health check. @livekit/agents logs "event loop blocked; synchronous
work on the agent loop delays audio and turn handling" (1.9.0).

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

For functions that are only passed on, as to `asyncio.to_thread`, `run_in_executor` or a thread, and for coroutines that
are given to a thread. For setup functions, shutdown callbacks and whatever else is not reached from those functions:
ruff (ASYNC210, ASYNC221, ASYNC251) and flake8-async speak about coroutine functions in general. For coroutine functions
given to `.on`, `.once` or a stream: they do not run at all (LKA401). For `time.sleep(0)`, `SMTP()` without a host,
plain functions of http routes (Starlette runs them in threads), behind decorators that are not known, for clients whose
making is not seen, and in Node for reading files, which takes less time than waiting for it.

## Evidence

livekit-agents 1.8.9: `llm/tool_context.py` 430 (a plain tool is called on the loop), the monitor of stalls (run:
"event loop blocked for 3983ms"), `ipc/supervised_proc.py` 427-434 and 527-531, `ipc/proc_pool.py` 234-236;
livekit-server `pkg/agent/worker.go` 56 (10 seconds for an answer). livekit-agents 2.0.0b1: `http.py` 217, `worker.py`
1520-1531, `voice/agent.py` 447-580; run.

## Fix safety

Unsafe, in Python and in a coroutine function only: `time.sleep()` becomes `await asyncio.sleep()`, every other call
runs in `await asyncio.to_thread()`. Something else may run meanwhile, and what the call works with has to be fit for
threads. A call that only leads to the one that blocks is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lkagent_lint.diagnostics import Diagnostic, Place, Related, Severity
from lkagent_lint.facts import encode
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Call
from lkagent_lint.intents import AddImport, CallInstead, Fix, InThread, unsafe
from lkagent_lint.languages import PYTHON
from lkagent_lint.project.node_sdk import BUILTINS
from lkagent_lint.project.records import Project
from lkagent_lint.project.things import Activation, Foreign, Library, Thing
from lkagent_lint.questions.loop import OnLoop
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import shortened, where
from lkagent_lint.rules._base import Meta
from lkagent_lint.sources.blocking import (
    CALLS_OF_COMMON,
    COMMON,
    IN_NODE,
    MODULES,
    BlockingCall,
    blocks,
    blocks_in_node,
)
from lkagent_lint.sources.sdk.releases import Basis

META = Meta(
    "LKA405",
    "blocking-call",
    Severity.WARNING,
    "a blocking call on the event loop that carries the audio",
    basis=Basis.NOTHING,
)

_SAID = tuple(name.rpartition(".")[2].encode() for name in CALLS_OF_COMMON)
_IN_NODE = frozenset(each.module for each in IN_NODE)
_ROLES = {
    "entry": "an entry function",
    "request": "a function that answers job requests",
    "tool": "a tool",
    "handler": "a handler",
    "hook": "a hook of an agent",
    "text": "the handler of a text door",
    "route": "the handler of an http route",
}


_MOST = 9
"""Calls that are named beside the first one that leads to the same."""
_OF_WORKER = ("request", "text", "route")
"""They run in the worker's own process."""


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    if not _may_block(project):
        return
    wrappers = project.evaluator.wrappers
    said: dict[str, BlockingCall] = {}

    def judge(thing: Thing, call: Call, activation: Activation) -> str:
        named = wrappers.blocks(thing, activation.path)
        if named is None:
            return _blocks(thing, call, activation)
        said[named[0]] = BlockingCall(named[0], f"use {named[1]}" if named[1] else "run it in asyncio.to_thread()")
        return named[0]

    leading: dict[tuple[Place, str], list[OnLoop]] = {}
    for found in subject.loop.calls(judge):
        known = said.get(found.what) or _known(found.what)
        if found.through is None:
            yield _finding(found, known)
        else:
            leading.setdefault((found.through, found.what), []).append(found)
    # However many calls lead to it, it is one call that blocks.
    for ways in leading.values():
        first, *others = sorted(ways, key=lambda each: each.place)
        yield _finding(first, said.get(first.what) or _known(first.what), others)


def _may_block(project: Project) -> bool:
    """Some file imports a module that blocks, and says of a common one what blocks; else nothing needs to be walked."""
    for path, facts in project.files.items():
        if project.evaluator.wrappers.any_blocks(path):
            return True
        if facts.language == "python":
            imported = {module.partition(".")[0] for module in facts.modules} & MODULES
            if imported - COMMON or (imported and any(word in encode(facts) for word in _SAID)):
                return True
        elif any(module.removeprefix("node:") in _IN_NODE for module in facts.modules):
            return True
    return False


def _blocks(thing: Thing, call: Call, activation: Activation) -> str:
    """The full name of a call that blocks; empty for all others."""
    match thing:
        case Library("time.sleep") if call.args[:1] and _is_zero(call.args[0]):
            return ""
        case Library("smtplib.SMTP" | "smtplib.SMTP_SSL", made=False) if not (call.args or call.keywords):
            return ""
        case Library(name) | Foreign(name):
            return name if _known(name) is not None else ""
        case _:
            return ""


def _known(name: str) -> BlockingCall | None:
    if name.startswith(BUILTINS):
        module, _, exported = name.removeprefix(BUILTINS).partition(".")
        return blocks_in_node(module, exported.removeprefix("default.").removeprefix("*."))
    return blocks(name)


def _is_zero(value: v.Expr) -> bool:
    return isinstance(value, v.Constant) and value.value in ("0", "0.0")


def _fix(found: OnLoop) -> Fix | None:
    """What waits elsewhere lets others run meanwhile, which may change what this function works with."""
    if found.through is not None or not found.place.path.endswith(PYTHON):
        return None
    if found.what == "time.sleep":
        waits = CallInstead(found.place, "asyncio.sleep", awaited=True)
        return unsafe("await asyncio.sleep() instead", waits, AddImport(found.place.path, "asyncio"))
    return unsafe("run it in a thread, and wait for that", InThread(found.place))


def _finding(found: OnLoop, known: BlockingCall | None, others: Sequence[OnLoop] = ()) -> Diagnostic:
    assert known is not None
    related: list[Related] = []
    by_way = ""
    runs, title = f"{known.shown}()", f"{shortened(known.shown, 36)}()"
    if found.through is not None:
        by_way = f"this call leads to {runs} ({where(found.through, found.place)}); "
        related.append(Related(found.through, "it blocks here"))
    if found.root.role in _OF_WORKER:
        loop, effect = "the worker's event loop", "it answers nobody until it returns"
    else:
        loop, effect = "the event loop", "the agent neither hears nor speaks until it returns"
    start = found.root.activation.flow
    name = start.own_name
    by = f"{name}() is {_ROLES[found.root.role]}" if name.isidentifier() else f"in {_ROLES[found.root.role]}"
    if start.name != found.function:
        by = f"{name}(), {_ROLES[found.root.role]}, leads here"
    return META.at(
        found.place,
        f"{title} blocks {loop}",
        note=f"{by_way}{effect} ({by})",
        help=known.instead,
        label="it blocks here" if found.through is None else "this leads to it",
        related=[*related, *(Related(each.place, "this leads to it, too") for each in others[:_MOST])],
        subject=found.function,
        key=(known.shown,),
        fix=_fix(found),
    )

"""An event loop is started inside the one that runs the job.

## What it does

Reports `asyncio.run()` and `loop.run_until_complete()` where the job's event loop is running: in entry functions,
tools, handlers, hooks of an agent, functions that answer job requests, shutdown callbacks, and in coroutine functions
that these call. Where a plain function of the project does it, the finding stands at the call that leads to it.

## Why it is bad

It raises "RuntimeError: asyncio.run() cannot be called from a running event loop", or "This event loop is already
running", and for a new loop "Cannot run the event loop while another loop is running". The coroutine never runs.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

In functions that are only passed on, to a thread or an executor, where another loop may run. In functions that ask
whether a loop runs (`get_running_loop`, `is_running`) and in plain ones that start tasks otherwise, and in projects
that use `nest_asyncio`. In setup functions and scripts.

## Evidence

CPython's `asyncio/runners.py` and `asyncio/base_events.py`; run in an entry function of livekit-agents 1.8.9.

## Fix safety

There is no fix yet.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Related, Severity
from lkagent_lint.facts.flows import Call, Flow
from lkagent_lint.project.call_words import word_of
from lkagent_lint.project.records import Project
from lkagent_lint.project.things import Activation, Library, Thing
from lkagent_lint.questions.loop import OnLoop
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import shortened, where
from lkagent_lint.rules._base import IN_PYTHON, Meta
from lkagent_lint.sources.scheduling import TASK_MAKERS
from lkagent_lint.sources.sdk.releases import Basis

META = Meta(
    "LKA411",
    "nested-event-loop",
    Severity.ERROR,
    "an event loop is started inside the one that runs the job",
    basis=Basis.NOTHING,
    sdks=IN_PYTHON,
)

_ASKS = frozenset({"get_running_loop", "_get_running_loop", "is_running"})
_STARTS_TASKS = TASK_MAKERS | {"run_coroutine_threadsafe"}
_RUNNERS = frozenset({"run", "run_until_complete"})


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    if not _may_nest(project) or _allows_nesting(project):
        return

    def nests(thing: Thing, call: Call, activation: Activation) -> str:
        match thing:
            case Library("asyncio.run"):
                what = "asyncio.run()"
            case Library(name) if name.startswith("asyncio.") and name.endswith(".run_until_complete"):
                what = "run_until_complete()"
            case _:
                return ""
        return "" if _asks(activation.flow) else what

    for found in subject.loop.calls(nests, shutdown=True):
        yield _finding(found)


def _may_nest(project: Project) -> bool:
    """Some function calls something by the names of what starts a loop; else nothing needs to be walked."""
    return any(project.files[path].language == "python" for path, _ in project.words.callers(_RUNNERS))


def _allows_nesting(project: Project) -> bool:
    facts = [each for each in project.files.values() if each.language == "python"]
    return any(module.partition(".")[0] == "nest_asyncio" for each in facts for module in each.modules)


def _asks(flow: Flow) -> bool:
    """The function looks whether a loop runs, and may well start one only if none does. A plain function that starts
    tasks too knows of both.
    """
    asks = _ASKS if flow.is_async else _ASKS | _STARTS_TASKS
    return any(word_of(call) in asks for call in flow.calls)


def _finding(found: OnLoop) -> Diagnostic:
    related: list[Related] = []
    by_way = ""
    if found.through is not None:
        by_way = f"this call leads to {found.what} ({where(found.through, found.place)}); "
        related.append(Related(found.through, "the loop is started here"))
    said = "asyncio.run() cannot be called from a running event loop"
    if found.what != "asyncio.run()":
        said = "This event loop is already running"
    return META.at(
        found.place,
        f"{shortened(found.what)} starts an event loop inside the job's",
        note=f"{by_way}it raises RuntimeError ({said})",
        help="await the coroutine, or start a task with asyncio.create_task()",
        label="a second loop is started here" if found.through is None else "this leads to it",
        related=related,
        subject=found.function,
        key=(found.what,),
    )

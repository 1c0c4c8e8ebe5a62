"""A variable is written in a job and read in the worker's own process, or the other way round.

## What it does

Reports a function of the worker's own process (its `load_fnc`, a route of a web application, the target of a thread
that the module starts) that reads a variable of its module which only functions of jobs write.

## Why it is bad

Every job runs in a process of its own, with its own copy of the module: what a job writes into a variable stays there.
The worker's process reads what the module began with, for ever.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When anything else writes the variable as well; when the server runs its jobs in threads, or it is not known how; when
it is not known who calls a function; in Node.

## Evidence

livekit-agents 1.8.9, `ipc/job_proc_executor.py`: jobs run in processes that are started by `multiprocessing`; run.

## Fix safety

There is no fix: the two processes need something between them.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Related, Severity
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import MODULE, Flow
from lkagent_lint.project.call_words import word_of
from lkagent_lint.project.records import Project
from lkagent_lint.project.things import Activation, Closure, Foreign
from lkagent_lint.questions.module_names import read_at, written_in
from lkagent_lint.questions.registrations import jobs_run_in_processes
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import shortened, where
from lkagent_lint.rules._base import IN_PYTHON, Default, Meta

META = Meta(
    "LKA314",
    "state-across-processes",
    Severity.WARNING,
    "a variable is written in a job and read in the worker's process",
    Default.PREVIEW,
    sdks=IN_PYTHON,
    in_notebooks=False,
)

_ROUTES = frozenset({"get", "post", "put", "delete", "patch", "route"})


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    if not jobs_run_in_processes(project):
        return
    writers: dict[tuple[str, str], set[str]] = {}
    for path, facts in project.files.items():
        for flow in facts.flows.values() if facts.language == "python" else ():
            for name in written_in(project.evaluator.usual(path, flow)):
                writers.setdefault((path, name), set()).add(flow.name)
    in_jobs = {(each.path, each.name) for each in subject.loop.reached} if writers else set[tuple[str, str]]()
    for reader, what in _of_worker(project) if writers else ():
        for (path, name), functions in writers.items():
            if path != reader.path or not all((path, each) in in_jobs for each in functions):
                continue
            place = read_at(name, reader)
            if place is not None and (path, reader.name) not in in_jobs:
                yield _finding(project, place, name, min(functions), reader, what)


def _of_worker(project: Project) -> Iterator[tuple[Activation, str]]:
    """The functions that run in the process of the worker itself."""
    for path, facts in project.files.items():
        for flow in facts.flows.values() if facts.language == "python" else ():
            inside = project.evaluator.usual(path, flow)
            for call in flow.calls:
                for name, value in call.keywords:
                    if name == "load_fnc" or (name == "target" and word_of(call) == "Thread" and flow.name == MODULE):
                        what = "the load function" if name == "load_fnc" else "a thread of the worker"
                        yield from _functions(project, value, inside, what)
            for store in flow.stores:
                if store.name == "load_fnc":
                    yield from _functions(project, store.value, inside, "the load function")
            if _is_route(flow, project, path):
                yield inside, "a route"


def _functions(project: Project, value: v.Expr, inside: Activation, what: str) -> Iterator[tuple[Activation, str]]:
    for each in inside.value(value):
        if isinstance(each, Closure) and each.flow in project.files[each.path].flows:
            yield project.evaluator.usual(each.path, project.files[each.path].flows[each.flow]), what


def _is_route(flow: Flow, project: Project, path: str) -> bool:
    """A decorator of another package's application stands on it: ``@app.get("/calls")``."""
    home = project.files[path].flows[flow.parent or MODULE]
    for decorator in flow.decorators:
        target = home.calls[decorator.call].target if isinstance(decorator, v.Result) else decorator
        if isinstance(target, v.Made) and target.parts:  # of literals alone, so that no call was recorded
            target = v.Attribute(target.parts[0], target.by)
        if isinstance(target, v.Attribute) and target.name in _ROUTES:
            found = project.evaluator.usual(path, home).value(target.base)
            if found and all(isinstance(each, Foreign) for each in found):
                return True
    return False


def _finding(project: Project, place: Place, name: str, writer: str, reader: Activation, what: str) -> Diagnostic:
    written = Place(reader.path, project.files[reader.path].flows[writer].span)
    return META.at(
        place,
        f"{shortened(reader.flow.own_name, 20)}() reads {shortened(name, 20)}, which only jobs write",
        note=f"{reader.flow.own_name}() is {what} and reads {name} in the worker's process; a job "
        f"({where(written, place)}) runs in a process of its own, so the worker's copy never changes",
        help="keep it where both processes reach it: a database, a file, the room's metadata",
        label="read in the worker's process",
        culprit=(name,),
        related=[Related(written, f"{name} is written here, in a job")],
        subject=reader.name,
        key=(name,),
    )

"""An entry function that the job's process cannot import.

## What it does

Reports an entry function that is a lambda, is defined within another function, is defined under
`if __name__ == "__main__"`, or has become a door of livekit-agents 2.0, where its server runs jobs in processes of
their own.

## Why it is bad

The entry function is sent to the job's process by its name. A lambda or a nested function has none that can be
looked up ("Can't pickle local object 'main.<locals>.entrypoint'"), so no process can be started; one under the main
guard does not exist in the process ("Can't get attribute 'entry' on <module '__mp_main__'"), which ends at once. The
worker registers and takes jobs, tries to start a process again and again, and no job ever runs; newer releases log
"no process became available after 3 attempts". In console mode, and on Windows, where jobs run in threads, it works.

In livekit-agents 2.0 `@rtc_session()` of the package itself makes a door of the function, so the function's name no
longer holds the function: "Can't pickle <function voice>: it's not the same object as __main__.voice". The method of a
server or of an `AgentHandler` gives the function back, and so does a door that is bound to another name.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

A `functools.partial` of a function at module level can be sent, and so can a static method of a class there.

## When it stays silent

When the server runs jobs in threads (`job_executor_type=JobExecutorType.THREAD`), or it is not known what server it
is or what runs its jobs; when the function has a decorator that is not the SDK's; for bound methods, which are sent
with their object; and in test files.

## Evidence

livekit-agents 1.8.9, `ipc/proc_pool.py` 158-163 and 259-268; run. Seen in livekit/agents, `examples/other/cartesia.py`
88, whose entry is nested in `main()`.

## Fix safety

There is no fix: what the function takes from around it has to find another way in.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Related, Severity
from lkagent_lint.facts.flows import MODULE, Flow
from lkagent_lint.facts.values import Function, Result
from lkagent_lint.project.records import Project, Worker
from lkagent_lint.questions.registrations import Registered
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import shortened, where
from lkagent_lint.rules._base import IN_PYTHON, Meta, Said
from lkagent_lint.sources.sdk.releases import Basis

META = Meta(
    "LKA302",
    "unpicklable-entrypoint",
    Severity.ERROR,
    "an entry function that the job's process cannot import",
    basis=Basis.REFUSAL,
    sdks=IN_PYTHON,
    in_notebooks=False,
)


_TAKE_BACK = "register it with the rtc_session() of the server or of an AgentHandler, which give the function back"


def check(subject: Subject) -> Iterator[Diagnostic]:
    for found, worker in subject.registrations.python_entries():
        in_process = worker.server is not None and worker.server.in_process
        if not in_process:
            continue
        rebound = _rebound(found, worker)
        reason = rebound or _reason(subject.project, found)
        if reason:
            cure = _TAKE_BACK if rebound else "define a function at the top level of a module"
            yield META.at(
                found.place,
                reason,
                help=cure,
                related=[Related(found.registration, "it is registered here")],
                subject=found.flow.name,
            )


def _rebound(found: Registered, worker: Worker) -> Said | None:
    """The function's name holds the door that a decorator made of it; None if it holds the function."""
    if worker.site is None or not worker.is_door or Result(worker.site.call) not in found.flow.decorators:
        return None
    return Said(
        f"@rtc_session() makes a door of {shortened(found.title)}",
        "the job's process cannot find the function by its name (\"Can't pickle ...: it's not the same object\"), and "
        "no job ever runs",
        label="its name holds the door",
    )


def _reason(project: Project, found: Registered) -> Said | None:
    """Why a process cannot import the function; None if it can, or if that is not known."""
    flow, flows = found.flow, project.files[found.path].flows
    registers = f"{where(found.registration, found.place)} registers it"
    if flow.is_lambda:
        return Said(
            "the entry is a lambda",
            "it cannot be sent to the job's process (\"Can't pickle\"), and no job ever runs",
            label="a lambda",
        )
    if flow.owner:
        return None
    if flow.parent and Function(flow.name) in _bound(flows[flow.parent], flow):
        outer = flow.parent.rpartition(".")[2]
        return Said(
            f"{shortened(found.title, 24)} is defined within {shortened(outer, 24)}()",
            f"{registers}, and it cannot be sent to the job's process (\"Can't pickle local object\"): no job ever "
            "runs",
            label="a local function",
        )
    if flow.guarded and _bound(flows[MODULE], flow) == (Function(flow.name),):
        return Said(
            f'{shortened(found.title, 24)} is defined under `if __name__ == "__main__"`',
            f"{registers}, and it does not exist in the job's process (\"Can't get attribute '{flow.name}'\"): no job "
            "ever runs",
            label="the job's process never comes here",
        )
    return None


def _bound(scope: Flow, flow: Flow) -> tuple[object, ...]:
    """What the name of a function's definition holds in a scope."""
    return scope.variables.get(flow.own_name, ())

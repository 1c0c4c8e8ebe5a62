"""`cli.run_app` runs whenever the module is imported.

## What it does

Reports, in Python, a `cli.run_app(...)` that every import of its module reaches: at module level, or in a function that
the module calls there, outside of `if __name__ == "__main__"`.

## Why it is bad

Jobs run in processes of their own, and each of them imports the main module again. There the call starts a second
worker, which fails with "An attempt has been made to start a new process before the current process has finished its
bootstrapping phase", and the process is killed when its time to initialise is over. The worker itself stays
registered and takes jobs that it can never run. In console mode nothing of this is seen.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When the call stands under any condition; in a package's `__main__.py`, which is not imported again; when the server
runs jobs in threads, or it is not known what server it is; and in test files. In Node the call at module level is
right.

## Evidence

livekit-agents 1.8.9 with forkserver and spawn; run. Python documentation of `multiprocessing`, "Safe importing of main
module".

## Fix safety

Safe: the statement is put under `if __name__ == "__main__":`. One whose lines cannot be indented, because a text goes
over several of them, is left alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Related, Severity
from lkagent_lint.facts.flows import MODULE
from lkagent_lint.facts.paths import surely_runs
from lkagent_lint.intents import Guard, safe
from lkagent_lint.project.decorators import DOES_THE_SAME
from lkagent_lint.project.records import Project, Start
from lkagent_lint.project.things import Closure
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import where
from lkagent_lint.rules._base import IN_PYTHON, Meta

META = Meta(
    "LKA304",
    "unguarded-run-app",
    Severity.ERROR,
    "`cli.run_app` without the main guard",
    sdks=IN_PYTHON,
    in_notebooks=False,
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    seen: set[Place] = set()
    for start in project.here.starts:
        path = start.site.path
        in_process = start.server is not None and start.server.in_process
        if not in_process or os.path.basename(path) == "__main__.py" or start.in_tests:
            continue
        if not surely_runs(project.files[path].flows[start.site.flow], start.site.call):
            continue
        place = start.place if start.site.flow == MODULE else _called_from(project, start)
        if place is not None and place not in seen:
            seen.add(place)
            yield _finding(place, start)


def _called_from(project: Project, start: Start) -> Place | None:
    """Where the module calls the plain function that starts the worker, whenever it is imported."""
    path, evaluator = start.site.path, project.evaluator
    module, flow = project.files[path].flows[MODULE], project.files[path].flows[start.site.flow]
    function = Closure(path, flow.name, None)
    if flow.is_async or flow.is_generator or not evaluator.decorators.are_only(function, DOES_THE_SAME):
        return None
    for number, call in enumerate(module.calls):
        targets = evaluator.module(path).targets(call)
        calls_it = any(isinstance(each, Closure) and each.path == path and each.flow == flow.name for each in targets)
        if calls_it and len(targets) == 1 and call.span is not None and surely_runs(module, number):
            return Place(path, call.span)
    return None


def _finding(place: Place, start: Start) -> Diagnostic:
    here = place == start.place
    reaches = "" if here else f"this call reaches cli.run_app() ({where(start.place, place)}); "
    return META.at(
        place,
        f'{"cli.run_app()" if here else "this call"} stands outside of `if __name__ == "__main__"`',
        note=f"{reaches}every job's process imports this file again, starts a worker of its own and is killed",
        help="put it under the guard",
        label="every job's process comes here",
        related=[] if here else [Related(start.place, "the worker starts here")],
        fix=safe("put it under the guard", Guard(place, '__name__ == "__main__"')),
    )

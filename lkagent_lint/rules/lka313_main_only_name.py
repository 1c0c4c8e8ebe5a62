"""A job reads a name that only the main module's guard binds.

## What it does

Reports a function that reads a name of its module which is bound only under `if __name__ == "__main__"`, if it runs in
a job or prepares a process: an entry, a setup function, a tool, a hook, a handler, or what these call.

## Why it is bad

Jobs run in processes of their own. Such a process imports the module under another name, so the guard is false there,
and the name does not exist: "NameError: name 'MODEL' is not defined". Where that is caught, the job goes on without it.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When the name is bound at module level as well, or some function declares it `global`; in functions that are not known
to run in a job; when the server runs its jobs in threads, or it is not known how; when the name is a builtin's.

## Evidence

livekit-agents 1.8.9, `ipc/job_proc_executor.py`: jobs run in processes that are started by `multiprocessing`, which
imports the main module as `__mp_main__`; run.

## Fix safety

There is no fix: what stands under the guard may not be meant for every process.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Severity
from lkagent_lint.facts.flows import MODULE
from lkagent_lint.project.things import Activation
from lkagent_lint.questions.module_names import read_at
from lkagent_lint.questions.registrations import jobs_run_in_processes
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import shortened
from lkagent_lint.rules._base import IN_PYTHON, Meta

META = Meta(
    "LKA313",
    "main-only-name",
    Severity.ERROR,
    "a job reads a name that only the main guard binds",
    sdks=IN_PYTHON,
    in_notebooks=False,
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    files = {path: facts for path, facts in subject.project.files.items() if facts.main_only}
    if not files or not jobs_run_in_processes(subject.project):
        return
    seen: set[tuple[str, str]] = set()
    for activation in subject.loop.reached:
        facts = files.get(activation.path)
        if facts is None or (activation.path, activation.name) in seen or activation.name == MODULE:
            continue
        seen.add((activation.path, activation.name))
        for name in facts.main_only:
            place = read_at(name, activation)
            if place is not None and not hasattr(builtins, name):
                yield _finding(name, place, activation)


def _finding(name: str, place: Place, activation: Activation) -> Diagnostic:
    return META.at(
        place,
        f"{shortened(name)} is bound only under the main guard",
        note=f"the process of a job never enters that, so {activation.flow.own_name}() raises NameError (name '{name}' "
        "is not defined)",
        help="bind it at the top level of the module",
        label="a job reads it here",
        culprit=(name,),
        subject=activation.name,
        key=(name,),
    )

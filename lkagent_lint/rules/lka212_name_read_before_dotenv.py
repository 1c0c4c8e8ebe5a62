"""An agent's name is read from the environment before `load_dotenv()` has filled it.

## What it does

Reports a worker that is registered at module level with a name from the environment, where `load_dotenv()` is called
only further down in the same module.

## Why it is bad

The decorator runs when the module is imported, and reads the variable there and then. Since livekit-agents 2.0.0b1 the
server reads it, where it is made. What `load_dotenv()` sets
afterwards comes too late: the agent registers without the name (or with the default), is dispatched automatically,
and explicit dispatches of the name reach nobody.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When `load_dotenv()` is also called before, there or in a module that is imported; when the name does not come from
the environment; and for registrations in functions, whose time is not known.

## Evidence

livekit-agents 1.8.9, `worker.py` 519-526: `rtc_session` resolves the name when the decorator runs; run (a variable
that was set after the decoration changed nothing).

## Fix safety

There is no fix yet.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Related, Severity
from lkagent_lint.facts.file import FileFacts
from lkagent_lint.facts.flows import MODULE
from lkagent_lint.facts.scopes import qualified
from lkagent_lint.project.agent_names import FromEnv
from lkagent_lint.project.records import Project, Worker
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import where
from lkagent_lint.rules._base import Meta
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.text import Span

META = Meta("LKA212", "name-read-before-dotenv", Severity.WARNING, "the name is read before `load_dotenv()` has set it")


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    for worker in project.workers:
        facts = project.files[worker.place.path]
        if isinstance(worker.name, FromEnv) and not worker.in_tests and _is_at_module_level(facts, worker):
            loads, place = sorted(_loads(facts)), _reads(project, worker)
            if loads and place is not None and loads[0] > place.span and not _is_loaded_by_import(project, worker):
                yield _finding(place, worker.name.variable, loads[0])


def _reads(project: Project, worker: Worker) -> Place | None:
    """Where the name is read: at the registration, or since livekit-agents 2.0 where the server is made."""
    if worker.server is None or not project.sdk(worker.place.path).has(Change.NAME_ON_SERVER):
        return worker.place
    is_here = worker.server.place.path == worker.place.path and worker.server.site.flow == MODULE
    return worker.server.place if is_here else None


def _loads(facts: FileFacts) -> Iterator[Span]:
    """Where a module itself calls ``load_dotenv()``."""
    module = facts.flows.get(MODULE)
    for call in () if module is None or facts.language != "python" else module.calls:
        if call.span is not None and qualified(facts, facts.flows[MODULE], call.target).endswith("dotenv.load_dotenv"):
            yield call.span


def _is_at_module_level(facts: FileFacts, worker: Worker) -> bool:
    return any(fact.span == worker.place.span and fact.flow == MODULE for fact in facts.workers)


def _is_loaded_by_import(project: Project, worker: Worker) -> bool:
    facts = project.files[worker.place.path]
    imported = (project.evaluator.modules.find(worker.place.path, name) for name in facts.modules)
    return any(path in project.files and any(_loads(project.files[path])) for path in imported if path is not None)


def _finding(read: Place, variable: str, load: Span) -> Diagnostic:
    place = Place(read.path, load)
    return META.at(
        read,
        f"the agent's name is read from {variable} here, and load_dotenv() runs only afterwards "
        f"({where(place, read)}), so a value in .env comes too late: call load_dotenv() first",
        related=[Related(place, "the file is loaded here")],
        key=(variable,),
    )

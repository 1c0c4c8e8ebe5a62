"""An agent's name is read from the environment before `load_dotenv()` or `dotenv.config()` has filled it.

## What it does

Reports a worker that is registered at module level with a name from the environment, where `load_dotenv()` is called
only further down in the same module; also one without a name in code, where a `.env` file sets `LIVEKIT_AGENT_NAME`,
which the SDK itself reads; in Node where `dotenv.config()` or `process.loadEnvFile()` is, or where the name
comes from an imported module that reads the variable: imports run before everything else in a file.

## Why it is bad

The decorator runs when the module is imported, and reads the variable there and then. Since livekit-agents 2.0.0b1 the
server reads it, where it is made. What `load_dotenv()` sets afterwards comes too late: the agent registers without the
name (or with the default), is dispatched automatically, and explicit dispatches of the name reach nobody. An import in
JavaScript runs first wherever it stands, also below `dotenv.config()`.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When the environment is also loaded before, there or in a module that is imported (in Node by `import "dotenv/config"`
above); when the name does not come from the environment; and for registrations in functions, whose time is not known.

## Evidence

livekit-agents 1.8.9, `worker.py` 519-526: `rtc_session` resolves the name when the decorator runs; run (a variable
that was set after the decoration changed nothing). ECMA-262, 16.2.1.6: a module's requests are evaluated before it.

## Fix safety

Unsafe: the environment is loaded before the name is read, where both stand at the top of one file. In Node
`import "dotenv/config"` is put first where an import reads the name; what `dotenv.config()` is told otherwise holds
only afterwards.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Related, Severity
from lkagent_lint.facts import values as v
from lkagent_lint.facts.file import FileFacts, WorkerFact
from lkagent_lint.facts.flows import MODULE
from lkagent_lint.facts.following import walk
from lkagent_lint.facts.scopes import qualified
from lkagent_lint.intents import ImportFirst, Move, unsafe
from lkagent_lint.project.agent_names import UNNAMED, FromEnv
from lkagent_lint.project.node_sdk import BUILTINS
from lkagent_lint.project.records import Project, Worker
from lkagent_lint.project.things import Foreign, Library
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import is_node, shortened, where
from lkagent_lint.rules._base import Meta
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.text import Span

META = Meta("LKA212", "name-read-before-dotenv", Severity.WARNING, "the name is read before `load_dotenv()` has set it")

_DOTENV = re.compile(r"dotenv\.(?:\w+\.|\*\.)?config")
_CONFIG = "dotenv/config"
_SDKS_OWN = "LIVEKIT_AGENT_NAME"
"""The SDK itself reads it where the code names no agent."""


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    for worker in project.here.workers:
        facts = project.files[worker.place.path]
        fact = next((each for each in facts.workers if each.span == worker.place.span and each.flow == MODULE), None)
        variable = _variable(project, worker)
        if fact is None or worker.in_tests or not variable:
            continue
        loads = sorted(_loads(project, worker.place.path))
        if is_node(worker.place):
            yield from _in_node(project, worker, fact, loads)
            continue
        place = _reads(project, worker, fact, loads)
        if loads and place is not None and loads[0] > place.span and not _is_loaded_by_import(project, worker):
            yield _finding(place, variable, loads[0], _held(project, worker, fact) or place)


def _variable(project: Project, worker: Worker) -> str:
    """The variable that names a worker: the one that its code reads, or for one without a name the SDK's own, where a
    file of the environment sets it. Empty where none does.
    """
    if isinstance(worker.name, FromEnv):
        return worker.name.variable
    is_read = project.sdk(worker.place.path).has(Change.NAME_FROM_ENVIRONMENT) and not is_node(worker.place)
    files = (each.place.path for each in project.set_variables.get(_SDKS_OWN, ()) if not each.is_example)
    is_set = any(os.path.basename(path).startswith(".env") for path in files)
    return _SDKS_OWN if worker.name == UNNAMED and is_read and is_set else ""


def _reads(project: Project, worker: Worker, fact: WorkerFact, loads: list[Span]) -> Place | None:
    """Where the name is read: at the registration, or since livekit-agents 2.0 where the server is made; where a
    variable holds what was read before the environment was loaded, there.
    """
    path = worker.place.path
    if worker.server is None or not project.sdk(path).has(Change.NAME_ON_SERVER):
        held = _held(project, worker, fact)
        return held if held is not None and loads and loads[0] < worker.place.span else worker.place
    is_here = worker.server.place.path == path and worker.server.site.flow == MODULE
    return worker.server.place if is_here else None


def _held(project: Project, worker: Worker, fact: WorkerFact) -> Place | None:
    """Where a variable is read whose value is the name, if a variable of the module holds that alone."""
    module = project.files[worker.place.path].flows[MODULE]
    match module.variables.get(fact.name.name, ()) if isinstance(fact.name, v.Name) else ():
        case (v.Result(number),):
            return Place(worker.place.path, module.calls[number].span or worker.place.span)
        case _:
            return None


def _loads(project: Project, path: str) -> Iterator[Span]:
    """Where a module itself loads the environment."""
    facts = project.files[path]
    module = facts.flows.get(MODULE)
    if module is None:
        return
    in_node = facts.language == "javascript"
    for call in module.calls:
        if call.span is None:
            continue
        if not in_node and qualified(facts, module, call.target).endswith("dotenv.load_dotenv"):
            yield call.span
        elif in_node and isinstance(call.target, (v.Name, v.Attribute)):
            for each in project.evaluator.module(path).targets(call):
                is_loader = isinstance(each, Foreign) and _DOTENV.fullmatch(each.name)
                if is_loader or each == Library(f"{BUILTINS}process.loadEnvFile"):
                    yield call.span


def _is_loaded_by_import(project: Project, worker: Worker) -> bool:
    facts = project.files[worker.place.path]
    imported = (project.evaluator.modules.find(worker.place.path, name) for name in facts.modules)
    return any(path in project.files and any(_loads(project, path)) for path in imported if path is not None)


# Node: imports come first


def _in_node(project: Project, worker: Worker, fact: WorkerFact, loads: list[Span]) -> Iterator[Diagnostic]:
    path = worker.place.path
    facts = project.files[path]
    assert isinstance(worker.name, FromEnv)
    read_in = _imported_from(facts, fact.name)
    before = facts.modules if read_in == "" else facts.modules[: facts.modules.index(read_in) + 1]
    if not loads or any(_is_loaded_in(project, path, each) for each in before):
        return
    if read_in and _reads_at_import(project, path, read_in, fact.name):
        yield _imported_first(worker.place, worker.name.variable, read_in, loads[0])
    elif not read_in and isinstance(fact.name, (v.Env, v.Or)) and loads[0] > worker.place.span:
        yield _finding(worker.place, worker.name.variable, loads[0], worker.place)


def _root(name: v.Expr | None) -> str:
    """The variable that an expression begins with: ``config`` of ``config.agentName``."""
    while isinstance(name, v.Attribute):
        name = name.base
    return name.name if isinstance(name, v.Name) else ""


def _imported_from(facts: FileFacts, name: v.Expr | None) -> str:
    """The module of the project that an import statement takes a name from; empty for every other name."""
    match facts.flows[MODULE].variables.get(_root(name), ()):
        case (v.External(module, exported),) if exported != "*" and module in facts.modules:
            return module if module.startswith((".", "@/", "~/")) else ""
        case _:
            return ""


def _is_loaded_in(project: Project, path: str, module: str) -> bool:
    """An import loads the environment, or what it imports does."""
    if module == _CONFIG:
        return True
    found = project.evaluator.modules.find_script(path, module)
    if found is None or found not in project.files:
        return False
    facts = project.files[found]
    deeper = (project.evaluator.modules.find_script(found, each) for each in facts.modules)
    files = (found, *(each for each in deeper if each is not None and each in project.files))
    return _CONFIG in facts.modules or any(any(_loads(project, each)) for each in files)


def _reads_at_import(project: Project, path: str, module: str, name: v.Expr | None) -> bool:
    """What is imported holds a variable of the environment as soon as its module has run."""
    found = project.evaluator.modules.find_script(path, module)
    imported = project.files[path].flows[MODULE].variables[_root(name)][0]
    if found is None or found not in project.files or not isinstance(imported, v.External):
        return False
    held = project.files[found].flows[MODULE].variables.get(imported.name, ())
    return any(isinstance(part, v.Env) for value in held for part in walk(value))


def _finding(read: Place, variable: str, load: Span, first_read: Place) -> Diagnostic:
    place = Place(read.path, load)
    loader = "dotenv.config()" if is_node(read) else "load_dotenv()"
    first = 'import "dotenv/config" first' if is_node(read) else "call load_dotenv() first"
    return META.at(
        read,
        f"{shortened(variable)} is read before {loader}",
        note=f"the agent's name is read from {variable} here, and {loader} runs only afterwards "
        f"({where(place, read)}), so a value in .env comes too late",
        help=first,
        label="the agent's name is read here",
        culprit=(variable,),
        related=[Related(place, "the file is loaded here")],
        key=(variable,),
        fix=unsafe("load the environment first", Move(place, first_read)),
    )


def _imported_first(worker: Place, variable: str, module: str, load: Span) -> Diagnostic:
    place = Place(worker.path, load)
    return META.at(
        worker,
        f"{shortened(variable)} is read by an import, before dotenv.config()",
        note=f"the agent's name is read from {variable} when {module} is imported, and imports run before "
        f"dotenv.config() ({where(place, worker)}), so a value in .env comes too late",
        help='import "dotenv/config" before it',
        label="its name comes from there",
        related=[Related(place, "the file is loaded here")],
        key=(variable,),
        fix=unsafe(f'import "{_CONFIG}" first', ImportFirst(worker.path, _CONFIG)),
    )

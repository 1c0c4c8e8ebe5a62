"""How the project's workers are started and stopped, by its deployment files."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import NamedTuple, TypeVar

from lkagent_lint.diagnostics import Place
from lkagent_lint.facts.deployment import ProcessCommand, ProcessFact, ProcessKind
from lkagent_lint.languages import COMPILED, PYTHON, SCRIPTS, UNIT
from lkagent_lint.project.records import Project
from lkagent_lint.questions.programs import Program, Runs, is_known, program_of
from lkagent_lint.questions.server_options import UNSAID, given_in_python, is_given_in_node
from lkagent_lint.sources.packages import is_test_file
from lkagent_lint.sources.sdk.changes import Change

_Kept = TypeVar("_Kept")
_MAX_SCRIPTS = 3
"""A script that calls a script that calls a script is followed so far."""
_OWN_COMMAND_LINE = frozenset({"argparse", "click", "typer", "fire", "docopt"})
_BUILDS = ("dist", "build", "out", "lib", ".next")
_KINDS = {
    ProcessKind.IMAGE: "image",
    ProcessKind.COMPOSE: "service",
    ProcessKind.POD: "container",
    ProcessKind.UNIT: "unit",
    ProcessKind.PROCFILE: "process",
    ProcessKind.FLY: "process",
    ProcessKind.SCRIPT: "script",
}
_DEVELOPMENT = re.compile(
    r"(?:^|[._-])(?:dev|devel|development|local|override|tests?|ci|debug|example|sample)(?:[._-]|$)", re.IGNORECASE
)
_DEVELOPMENT_FOLDERS = frozenset({".devcontainer", "dev", "devel", "development", "local"})
_NODE_START = "runApp"
_NEEDS_FILES = ("livekit.plugins.turn_detector", "@livekit/agents-plugin-livekit")
"""Modules of plugins whose models are files that ``download-files`` fetches, and that raise without them."""
_DOWNLOADS = re.compile(r"download[-_]?files|huggingface|hf_hub", re.IGNORECASE)
_FOUND_BY_SDK = ("main.py", "app.py", "agent.py", "app/main.py", "app/app.py", "app/agent.py")
"""What the SDK's command line runs where it is given no file (livekit-agents 1.8.9, ``cli/discover.py``)."""
_BY_DEFAULT = "its default"
_ALL_ARGUMENTS = frozenset({"$@", "$*", "${@}"})


class Started(NamedTuple):
    """A worker as a deployment file starts it."""

    place: Place
    """Of the command, or of what starts the process where it gives none."""
    process: ProcessFact
    worker: str
    """The absolute path of the file that is run."""
    arguments: tuple[str, ...]
    """What follows the file, as written."""
    command: ProcessCommand
    program: Program
    """The worker's own command."""
    steps: tuple[tuple[ProcessFact, ProcessCommand, Program], ...]
    """What leads from the first process to the worker, the first one first; one step where it is started directly."""

    @property
    def mode(self) -> str | None:
        """The command of ``cli.run_app``; empty where none is given, None where that is not known."""
        if not is_known(self.arguments):
            return None
        return next((each for each in self.arguments if not each.startswith("-")), "" if not self.arguments else None)

    @property
    def by(self) -> str:
        """What starts it, as the subject of a sentence."""
        kind, name = _KINDS[self.process.kind], self.process.name
        return f"the {kind} {name}" if name and self.process.kind is not ProcessKind.IMAGE else f"this {kind}"

    @property
    def for_development(self) -> bool:
        """The file, its folder, the stage or the service says that it is for development or tests."""
        folders, name = os.path.split(self.place.path)
        return any(_DEVELOPMENT.search(each) for each in (name, self.process.name)) or (
            os.path.basename(folders) in _DEVELOPMENT_FOLDERS
        )


class Drain(NamedTuple):
    """How long a worker lets its calls go on after SIGTERM, and who says so."""

    seconds: float
    source: str


class Deployment:
    """What one project's deployment files start."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._processes = [(path, process) for path, facts in project.files.items() for process in facts.processes]

    @cached_property
    def started(self) -> tuple[Started, ...]:
        """Every start of a worker of the project by an image, a manifest, a unit or a list of processes."""
        return tuple(
            found
            for path, process in self._processes
            if process.kind is not ProcessKind.SCRIPT and not is_test_file(path, self._project.root)
            if not process.replaced and not self._is_overridden(path, process)
            for found in self._started(path, process)
        )

    @cached_property
    def workers(self) -> frozenset[str]:
        """The files that start a worker when they are run."""
        project = self._project
        python = {each.site.path for each in project.starts if not each.in_tests}
        node = {path for path, _ in project.words.callers({_NODE_START}) if not path.endswith(PYTHON)}
        return frozenset(python | (node & self.registering))

    @cached_property
    def registering(self) -> frozenset[str]:
        """The files that register a worker, whoever runs it."""
        return frozenset(each.place.path for each in self._project.workers if not each.in_tests)

    def takes_arguments_as_given(self, worker: str) -> bool:
        """The file leaves the command line to ``cli.run_app``: it neither changes it nor reads one of its own."""
        facts = self._project.files[worker]
        return not facts.reads_arguments and not _OWN_COMMAND_LINE.intersection(
            module.partition(".")[0] for module in facts.modules
        )

    def is_given_more(self, started: Started) -> bool:
        """Some service runs the image with a command of its own, which may be what this one lacks."""
        path = started.place.path
        return started.process.kind is ProcessKind.IMAGE and any(
            process.image is not None
            and not process.inherits
            and os.path.normpath(os.path.join(os.path.dirname(where), process.image)) == path
            for where, process in self._processes
        )

    def _is_overridden(self, path: str, process: ProcessFact) -> bool:
        """A drop-in gives the unit another command."""
        return any(each.commands for each in self._drop_ins(path, process))

    def _drop_ins(self, path: str, process: ProcessFact) -> Iterator[ProcessFact]:
        """What files beside a unit say of it."""
        if process.kind is ProcessKind.UNIT and path.endswith(UNIT):
            for where, other in self._processes:
                if other.kind is ProcessKind.UNIT and os.path.dirname(where) == f"{path}.d":
                    yield other

    def is_said_elsewhere(self, started: Started) -> bool:
        """Another compose file, a patch of the pod, or another file of the unit speaks of the time to end."""
        process, path = started.process, started.place.path
        if process.kind is ProcessKind.UNIT:
            return not path.endswith(UNIT) or any(each.says_grace for each in self._drop_ins(path, process))
        if process.kind is ProcessKind.POD:
            return any(
                other.kind is ProcessKind.POD and other.says_grace and other.name in ("", process.name)
                for where, other in self._processes
                if where != path and not other.commands
            )
        return process.kind is ProcessKind.COMPOSE and any(
            other.kind is ProcessKind.COMPOSE and other.name == process.name and other.says_grace
            for where, other in self._processes
            if where != path
        )

    def drain(self, started: Started) -> Drain | None:
        """How long the worker drains; None where that is not known. Where servers differ, the shortest counts; what it
        is started with goes before, and what the settings say before all.
        """
        worker = started.worker
        said = self._project.settings(worker).drain_timeout
        if said is not None:
            return Drain(said, "the setting drain-timeout")
        option = _value_of("--drain-timeout", started.arguments)
        if option is not None:
            return Drain(float(option), "--drain-timeout") if option.isdecimal() else None
        sdk = self._project.sdk(worker)
        hour = sdk.has(Change.DRAIN_AN_HOUR)
        if worker.endswith(SCRIPTS):
            known = hour and not is_given_in_node(self._project, "drainTimeout")
            return Drain(3600.0, _BY_DEFAULT) if known else None
        given = given_in_python(self._project, "drain_timeout")
        if None in given or hour is None or not sdk.has(Change.AGENT_SESSION):
            return None
        numbers = [each for each in given if isinstance(each, float)]
        if UNSAID in given:
            numbers.append(3600.0 if hour else 1800.0)
        shortest = min(numbers)
        return Drain(shortest, "drain_timeout" if shortest in given else _BY_DEFAULT)

    def lacks_models(self, started: Started) -> str:
        """The module of the plugin whose models an image surely lacks; empty where there is none."""
        process = started.process
        if process.kind is not ProcessKind.IMAGE or not process.lacks_downloads or self._downloads:
            return ""
        packages = {each.package for each in self._project.workers if each.place.path == started.worker}
        for path, facts in self._project.files.items():
            is_inside = any(not each or path.startswith(os.path.join(each, "")) for each in packages)
            if is_inside and not is_test_file(path, self._project.root):
                found = next((each for each in _NEEDS_FILES if any(map(_below(each), facts.modules))), "")
                if found:
                    return found
        return ""

    @cached_property
    def _downloads(self) -> bool:
        """Some script, service or process fetches the plugins' files itself."""
        commands = (command for _, process in self._processes for command in process.commands)
        return any(_DOWNLOADS.search(word) for command in commands for word in command.words)

    # From a process to the workers that it starts

    def _started(self, path: str, process: ProcessFact) -> Iterator[Started]:
        place = Place(path, process.span)
        if process.inherits:
            image = self._image(path, process)
            if image is not None:
                for found in self._started(*image):
                    yield found._replace(place=place, process=process)
            return
        for steps in self._steps(path, process, _MAX_SCRIPTS, ()):
            _, command, program = steps[-1]
            worker = self._file(path, program)
            if worker is not None:
                arguments = program.arguments
                yield Started(place, process, worker, arguments, command, program, steps)

    def _steps(
        self, path: str, process: ProcessFact, depth: int, given: tuple[str, ...]
    ) -> Iterator[tuple[tuple[ProcessFact, ProcessCommand, Program], ...]]:
        """Every way from a process, which is given arguments, to a program that is a file or a module."""
        for command in process.commands:
            program = program_of(_with_arguments(command.words, given))
            if program is None:
                continue
            step = (process, command, program)
            if program.runs in (Runs.FILE, Runs.MODULE, Runs.SERVED):
                yield (step,)
            elif depth and (script := self._script(path, program)) is not None:
                for rest in self._steps(*script, depth - 1, program.arguments):
                    last_process, last_command, last = rest[-1]
                    if program.runs is not Runs.SCRIPT:  # which says itself what it does with them
                        last = last._replace(arguments=last.arguments + program.arguments)
                    yield (step, *rest[:-1], (last_process, last_command, last))

    def _image(self, path: str, process: ProcessFact) -> tuple[str, ProcessFact] | None:
        if process.image is None:
            return None
        image = os.path.normpath(os.path.join(os.path.dirname(path), process.image))
        for stage in self._processes_of(image, ProcessKind.IMAGE):
            if stage.name == process.stage if process.stage else stage.final:
                return image, stage
        return None

    def _processes_of(self, path: str, kind: ProcessKind) -> tuple[ProcessFact, ...]:
        facts = self._project.files.get(path)
        return () if facts is None else tuple(each for each in facts.processes if each.kind is kind)

    def _script(self, path: str, program: Program) -> tuple[str, ProcessFact] | None:
        """The one script that a program is: of the package.json that is nearest, the shell script of that name, the
        function that a package installs as a command, or the rule of a Makefile.
        """
        name = os.path.basename(program.target) if program.runs is Runs.SCRIPT else program.target
        found = [
            (where, each)
            for where, each in self._processes
            if each.kind is ProcessKind.SCRIPT and each.name == name and _holds(where, program.runs)
        ]
        return _nearest(found, path) if found else None

    def _file(self, path: str, program: Program) -> str | None:
        """The one worker's file that a program can be, by the end of its path; the nearest one of equals."""
        target, workers = program.target, self.workers
        if program.runs is Runs.SERVED:
            workers = self.registering
            if not target:
                beside = (os.path.join(os.path.dirname(path), each) for each in _FOUND_BY_SDK)
                return next((each for each in beside if each in workers), None)
        if program.runs is Runs.MODULE:
            module = target.replace(".", "/")
            names: tuple[str, ...] = (f"{module}.py", f"{module}/__main__.py")
        else:
            names = _sources(target)
        for name in names:
            parts = tuple(each for each in name.split("/") if each not in ("", "."))
            # A file of that name that starts no worker may be the one that is meant.
            files = self._project.evaluator.modules.called(parts[-1]) if parts else ()
            most = max((_common(each, parts) for each in files), default=0)
            found = _nearest([(each, None) for each in files if _common(each, parts) == most], path)
            if files:
                return found[0] if found is not None and found[0] in workers else None
        return None


def _holds(path: str, runs: Runs) -> bool:
    """Whether a file holds scripts of a kind."""
    name = os.path.basename(path)
    match runs:
        case Runs.NAMED_SCRIPT:
            return name == "package.json"
        case Runs.COMMAND:
            return name in ("pyproject.toml", "setup.cfg")
        case Runs.TARGET:
            return "akefile" in name or name.endswith(".mk")
        case _:
            return name.endswith((".sh", ".bash")) or "ockerfile" in name or "ontainerfile" in name


def _value_of(option: str, words: tuple[str, ...]) -> str | None:
    """What an option of a command is given; None where it is not there."""
    for number, each in enumerate(words):
        name, equals, value = each.partition("=")
        if name == option:
            return value if equals else "".join(words[number + 1 : number + 2])
    return None


def _with_arguments(words: tuple[str, ...], given: tuple[str, ...]) -> tuple[str, ...]:
    """The words of a script's command with what the script is given: ``exec "$@"``."""
    return tuple(word for each in words for word in (given if each in _ALL_ARGUMENTS else (each,)))


def _below(module: str) -> Callable[[str], bool]:
    """Whether a module is that one, or one in it."""
    return lambda name: name == module or name.startswith((f"{module}.", f"{module}/"))


def _sources(target: str) -> tuple[str, ...]:
    """A file as it is named, and what a compiled one may be made from: ``dist/agent.js`` from ``src/agent.ts``."""
    stem, suffix = os.path.splitext(target)
    if suffix and suffix not in COMPILED:
        return (target,)
    parts = [each for each in stem.split("/") if each not in _BUILDS]
    inner = "/".join(parts)
    return (target, *(f"{inner}{each}" for each in SCRIPTS))


def _common(worker: str, parts: tuple[str, ...]) -> int:
    """How many parts of a path, from the end, a file shares with it; 0 where not even the base name."""
    own = worker.split(os.sep)[::-1]
    count = 0
    for mine, theirs in zip(own, reversed(parts), strict=False):
        if mine != theirs:
            break
        count += 1
    return count


def _nearest(found: list[tuple[str, _Kept]], path: str) -> tuple[str, _Kept] | None:
    """The one whose directory shares most with that of a file; None where there are several of them, or none."""
    directory = os.path.dirname(path)
    shared = [len(os.path.commonpath([directory, os.path.dirname(each)])) for each, _ in found]
    most = [each for each, length in zip(found, shared, strict=True) if length == max(shared)]
    return most[0] if len(most) == 1 else None

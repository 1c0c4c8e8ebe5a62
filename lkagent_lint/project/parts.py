"""The parts of a project: files that are connected by what they import, and nothing else of each other.

What most rules say of a file follows from the files that are connected with it, so that it is found part by part. What
a part asks of the rest is noted with the answer: what is found in it is right as long as all answers are the same.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import TypeVar

import msgspec

from lkagent_lint.config import Settings
from lkagent_lint.diagnostics import Place
from lkagent_lint.facts.file import FileFacts
from lkagent_lint.facts.flows import MODULE
from lkagent_lint.project.evaluate import Evaluator
from lkagent_lint.project.generations import Generations
from lkagent_lint.project.link import linked_files, set_variables
from lkagent_lint.project.modules import Modules
from lkagent_lint.project.records import (
    ALONE,
    Dispatch,
    Fleet,
    Job,
    Project,
    RegisteredHere,
    Server,
    SetVariable,
    Start,
    Texts,
    Worker,
)
from lkagent_lint.project.wrappers import Wrappers
from lkagent_lint.sources.packages import PackageFinder
from lkagent_lint.sources.sdk.releases import PACKAGES, Package
from lkagent_lint.sources.sdk.versions import SdkVersion

_Answer = TypeVar("_Answer")

AskedOf = tuple[str, str, str]
"""A question that a part asks of the rest of the project: what is asked, and about what."""


class WholeAsked(BaseException):
    """A question compares what is registered, or asked for, in a part with that of others: it is to be asked of the
    whole project. No Exception, because those are the linter's own faults.
    """


class Surroundings:
    """What a part can ask about: everything that is known of the project before its parts are linked."""

    def __init__(
        self,
        *,
        root: str,
        files: Mapping[str, FileFacts],
        versions: Mapping[str, bytes],
        modules: Modules,
        texts: Texts,
        settings: Callable[[str], Settings],
        sdk: Callable[[str], SdkVersion],
        pin: Callable[[str, Package], SdkVersion],
        fleet: Fleet = ALONE,
    ) -> None:
        """``versions`` are digests of the facts of each file."""
        self.fleet = fleet
        self.root = root
        self.files = files
        self.versions = versions
        self.modules = modules
        self.texts = texts
        self.settings = settings
        releases = Generations(files, sdk, pin)
        self.sdk = releases.sdk
        self.pin = releases.pin
        self.packages = PackageFinder(root)
        self.set_variables = set_variables(files)
        self.has_gaps = any(facts.problems for facts in files.values())
        self.base_names = frozenset(os.path.basename(path).lower() for path in files)
        self._digests: dict[AskedOf, bytes] = {}
        self._encoded: dict[int, tuple[Settings, bytes]] = {}

    def linked(self) -> Project:
        """All files joined at once."""
        linked = linked_files(
            self.root,
            self.files,
            self.modules,
            self.settings,
            self.sdk,
            self.packages,
            lambda name: name in self.base_names,
        )
        return Project(
            root=self.root,
            files=self.files,
            evaluator=linked.evaluator,
            here=linked.here,
            jobs=linked.jobs,
            set_variables=self.set_variables,
            texts=self.texts,
            settings=self.settings,
            sdk=self.sdk,
            pin=self.pin,
        )

    def digest(self, asked: AskedOf) -> bytes:
        """A digest of the answer to a question as it is now."""
        found = self._digests.get(asked)
        if found is None:
            what, about, name = asked
            said = repr(_QUESTIONS[what](self, about, name)).encode("utf-8", "surrogatepass")
            found = self._digests[asked] = hashlib.blake2b(said, digest_size=8).digest()
        return found

    def encoded_settings(self, path: str) -> bytes:
        """The settings that hold for a file, in bytes."""
        settings = self.settings(path)
        known = self._encoded.get(id(settings))
        if known is None:
            known = self._encoded[id(settings)] = settings, msgspec.msgpack.encode(settings, order="deterministic")
        return known[1]


_QUESTIONS: dict[str, Callable[[Surroundings, str, str], object]] = {
    "file": lambda around, path, _: around.versions.get(path),
    "module": lambda around, directory, dotted: around.modules.find(os.path.join(directory, "_"), dotted),
    "script": lambda around, directory, named: around.modules.find_script(os.path.join(directory, "_"), named),
    "settings": lambda around, path, _: around.encoded_settings(path),
    "sdk": lambda around, path, _: _said_of(around.sdk(path)),
    "pin": lambda around, path, package: _said_of(around.pin(path, PACKAGES[package])),
    "package": lambda around, path, _: around.packages.package_of(path),
    "named": lambda around, name, _: name in around.base_names,
    "elsewhere": lambda around, _, __: around.fleet.gaps,
    "gaps": lambda around, _, __: around.has_gaps,
    "variable": lambda around, name, _: around.set_variables.get(name, ()),
    "mentions": lambda around, name, _: around.texts.mentions(name),
    "configures": lambda around, name, _: around.texts.configures(name),
    "unread": lambda around, name, _: around.texts.unread_code_names(name),
    "rooms": lambda around, _, __: around.texts.makes_rooms(),
    "environment": lambda around, _, __: around.texts.names_from_environment(),
}
"""What a part may ask of the rest. An answer's ``repr`` says all of it, in every process the same."""


def _said_of(sdk: SdkVersion) -> tuple[object, ...]:
    said = sdk.version, sdk.declared, sdk.source, sdk.package, sdk.is_elsewhere, sdk.others
    return (*said, sdk.catalog.digest)


class ProjectPart(Project):
    """Some connected files as rules judge them. What is asked of the rest is noted in ``asked``.

    What would relate the part's workers and dispatches to others raises ``WholeAsked``.
    """

    def __init__(self, around: Surroundings, paths: Iterable[str]) -> None:
        self.asked: dict[AskedOf, None] = {}
        self._around = around
        self._pins: dict[tuple[str, str], SdkVersion] = {}
        files = _PartFiles({path: around.files[path] for path in paths}, around.files, self)
        modules = _PartModules(around.modules, self)
        linked = linked_files(
            around.root, files, modules, self._settings, self._sdk, _PartPackages(around.packages, self), self._is_file
        )
        super().__init__(
            root=around.root,
            files=files,
            evaluator=linked.evaluator,
            here=linked.here,
            jobs=linked.jobs,
            set_variables=linked.set_variables,
            texts=Texts(
                lambda name: self.ask("mentions", name, "", around.texts.mentions(name)),
                lambda: self.ask("rooms", "", "", around.texts.makes_rooms()),
                lambda name: self.ask("configures", name, "", around.texts.configures(name)),
                lambda: self.ask("environment", "", "", around.texts.names_from_environment()),
                lambda name: self.ask("unread", name, "", around.texts.unread_code_names(name)),
            ),
            settings=self._settings,
            sdk=self._sdk,
            pin=self._pin,
        )

    def ask(self, what: str, about: str, name: str, answer: _Answer) -> _Answer:
        """Notes a question, and returns its answer."""
        self.asked[what, about, name] = None
        return answer

    def _settings(self, path: str) -> Settings:
        return self.ask("settings", path, "", self._around.settings(path))

    def _sdk(self, path: str) -> SdkVersion:
        return self.ask("sdk", path, "", self._around.sdk(path))

    def _pin(self, path: str, package: Package) -> SdkVersion:
        key = path, package.package
        found = self._pins.get(key)
        if found is None:
            found = self._pins[key] = self.ask("pin", path, package.package, self._around.pin(path, package))
        return found

    def _is_file(self, name: str) -> bool:
        return self.ask("named", name, "", name in self._around.base_names)

    @property
    def workers(self) -> tuple[Worker, ...]:
        raise WholeAsked

    @property
    def servers(self) -> tuple[Server, ...]:
        raise WholeAsked

    @property
    def starts(self) -> tuple[Start, ...]:
        raise WholeAsked

    @property
    def dispatches(self) -> tuple[Dispatch, ...]:
        raise WholeAsked

    @property
    def elsewhere(self) -> tuple[Worker, ...]:
        raise WholeAsked

    @property
    def gaps_elsewhere(self) -> tuple[Place, ...]:
        if self.ask("elsewhere", "", "", self._around.fleet.gaps):
            raise WholeAsked
        return ()

    @property
    def set_variables(self) -> Mapping[str, tuple[SetVariable, ...]]:
        return _PartVariables(self._around.set_variables, self)

    @property
    def has_gaps(self) -> bool:
        return self.ask("gaps", "", "", self._around.has_gaps)


class WholeProject(Project):
    """All parts together. What is asked about expressions is found anew."""

    def __init__(self, around: Surroundings, here: RegisteredHere, jobs: tuple[Job, ...]) -> None:
        wrappers = Wrappers(around.root, around.modules, lambda path: around.settings(path).names)
        super().__init__(
            root=around.root,
            files=around.files,
            evaluator=Evaluator(around.files, around.modules, wrappers),
            here=here,
            jobs=jobs,
            set_variables=around.set_variables,
            texts=around.texts,
            settings=around.settings,
            sdk=around.sdk,
            pin=around.pin,
            fleet=around.fleet,
        )

    @property
    def jobs(self) -> tuple[Job, ...]:
        return self._running_jobs

    @cached_property
    def _running_jobs(self) -> tuple[Job, ...]:
        running = self.evaluator.running
        runs = [running.given(job.entry, job.bindings) for job in self._jobs]
        return tuple(
            job._replace(runs=found[0].activation if found else None)
            for job, found in zip(self._jobs, runs, strict=True)
        )


class _PartFiles(Mapping[str, FileFacts]):
    """The facts of a part's files. Those of another one are there too, and it is noted that they were looked at."""

    def __init__(self, own: Mapping[str, FileFacts], whole: Mapping[str, FileFacts], part: ProjectPart) -> None:
        self._own = own
        self._whole = whole
        self._part = part

    def __getitem__(self, path: str) -> FileFacts:
        found = self._own.get(path)
        if found is None:
            found = self._part.ask("file", path, "", self._whole.get(path))
            if found is None:
                raise KeyError(path)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._own)

    def __len__(self) -> int:
        return len(self._own)


class _PartVariables(Mapping[str, "tuple[SetVariable, ...]"]):
    """What the whole project sets variables of the environment to."""

    def __init__(self, known: Mapping[str, tuple[SetVariable, ...]], part: ProjectPart) -> None:
        self._known = known
        self._part = part

    def __getitem__(self, variable: str) -> tuple[SetVariable, ...]:
        found = self._part.ask("variable", variable, "", self._known.get(variable, ()))
        if not found:
            raise KeyError(variable)
        return found

    def __iter__(self) -> Iterator[str]:
        raise WholeAsked

    def __len__(self) -> int:
        raise WholeAsked


class _PartModules(Modules):
    """Finds modules as the whole project's does; where it looked for what is noted."""

    def __init__(self, whole: Modules, part: ProjectPart) -> None:
        self._whole = whole
        self._part = part

    def called(self, name: str) -> tuple[str, ...]:
        raise WholeAsked

    def find(self, importer: str, dotted: str) -> str | None:
        return self._part.ask("module", os.path.dirname(importer), dotted, self._whole.find(importer, dotted))

    def find_script(self, importer: str, specifier: str) -> str | None:
        return self._part.ask(
            "script", os.path.dirname(importer), specifier, self._whole.find_script(importer, specifier)
        )


class _PartPackages(PackageFinder):
    def __init__(self, whole: PackageFinder, part: ProjectPart) -> None:
        self._whole = whole
        self._part = part

    def package_of(self, path: str) -> str:
        return self._part.ask("package", path, "", self._whole.package_of(path))


class Imports:
    """The files that a project's files import: what is known of those that have not changed is kept."""

    def __init__(self) -> None:
        self._modules: Modules | None = None
        self._known: dict[str, tuple[FileFacts, list[str]]] = {}

    def of(self, files: Mapping[str, FileFacts], modules: Modules) -> dict[str, list[str]]:
        """By path, those that take part."""
        before = self._known if modules is self._modules else {}
        self._modules, self._known = modules, {}
        for path, facts in files.items():
            known = before.get(path)
            if known is None or known[0] is not facts:
                known = facts, list(dict.fromkeys(imported(path, facts, modules)))
            self._known[path] = known
        return {path: [each for each in found if each in files] for path, (_, found) in self._known.items()}


def parts_of(files: Mapping[str, FileFacts], imports: Mapping[str, list[str]]) -> list[tuple[str, ...]]:
    """The paths of files by what is connected: code with the code that it imports, and all other files together. What
    only holds values connects nobody.
    """
    above: dict[str, str] = {path: path for path in files}

    def top(path: str) -> str:
        while above[path] != path:
            above[path] = path = above[above[path]]
        return path

    others = ""
    passive = {path for path, facts in files.items() if not imports[path] and _is_passive(facts)}
    for path, facts in files.items():
        if facts.language not in ("python", "javascript"):
            others = others or path
            above[top(path)] = top(others)
        for each in imports[path]:
            if each not in passive:
                above[top(path)] = top(each)
    found: dict[str, list[str]] = {}
    for path in sorted(files):
        found.setdefault(top(path), []).append(path)
    return [tuple(paths) for paths in found.values()]


def _is_passive(facts: FileFacts) -> bool:
    """It holds values only: nothing runs in it with what others give it, so that they are not connected by it."""
    acts = facts.classes or facts.workers or facts.servers or facts.starts or facts.agents or facts.dispatches
    return not acts and facts.flows.keys() <= {MODULE}


def imported(path: str, facts: FileFacts, modules: Modules) -> Iterator[str]:
    """The files that a file's imports can load, and those that its workers name."""
    if facts.language == "javascript":
        named = (each.agent_file for each in facts.workers if each.agent_file)
        for specifier in (*facts.modules, *named):
            found = modules.find_script(path, specifier)
            if found is not None:
                yield found
        return
    for module in (*facts.modules, *facts.stars):
        # The module itself, or the one that holds the name.
        parent = module.rpartition(".")[0]
        for dotted in (module, parent if parent.strip(".") or not parent else f"{parent}."):
            found = modules.find(path, dotted) if dotted else None
            if found is not None:
                yield found

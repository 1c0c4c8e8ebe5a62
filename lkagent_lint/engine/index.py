"""The index of one root: which files take part, their facts, and the project they make."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from lkagent_lint.config.loader import SettingsFinder
from lkagent_lint.config.settings import Settings
from lkagent_lint.diagnostics import Note
from lkagent_lint.disk import samefile
from lkagent_lint.engine.marks import Marks, marks_of
from lkagent_lint.engine.texts import TextFiles
from lkagent_lint.extraction import Extractor, Failed, SourceFile, source_of
from lkagent_lint.facts.file import FileFacts, Problem, ProblemKind, copied
from lkagent_lint.formats import is_report
from lkagent_lint.frontends import deployment
from lkagent_lint.frontends import javascript as javascript_frontend
from lkagent_lint.frontends import text as text_frontend
from lkagent_lint.project.handing import handed_in, handed_on
from lkagent_lint.project.link import link
from lkagent_lint.project.modules import Modules
from lkagent_lint.project.records import ALONE, Fleet, Project, Texts
from lkagent_lint.sources.copies import is_backup, is_compiled, original_of
from lkagent_lint.sources.discovery import Discovery, FileKind, ListedFile, discover, kind_of
from lkagent_lint.sources.ignoring import MAX_PATTERN, MAX_PATTERNS, NEVER_READ
from lkagent_lint.sources.prefilter import AGENT_NAME_VARIABLE, beginning, may_ask, may_mention_sdk, mentions_sdk
from lkagent_lint.sources.reading import Overlays, Unreadable, in_utf8, is_binary, without_nulls
from lkagent_lint.sources.roots import too_wide
from lkagent_lint.sources.sdk.releases import NODE, PYTHON, Package
from lkagent_lint.sources.sdk.versions import SdkFinder, SdkVersion
from lkagent_lint.text import START_OF_FILE

Crash = tuple[str, Failed]
"""The file on which a front end failed, and how."""
_CUT = (
    f"it holds more than {MAX_PATTERNS:,} patterns, or longer ones than {MAX_PATTERN:,} characters: these are not "
    "applied, so that files that git ignores may take part"
)
_ALONE = (
    "so only the files that were named are read, each without what lies beside it: name the project's directory, or "
    "give it a pyproject.toml with [tool.lkagent-lint] and root = true"
)
_MAX_HANDS = 3
"""Who hands a name to who hands it on is looked for so often."""
_MOST_CALLERS = 60
"""Files that are read because they may call who asks for agents; more than these call something else by that word."""


def indexed(
    root: str, finder: SettingsFinder, overlays: Overlays, named: tuple[str, ...], extractor: Extractor
) -> Index:
    """Read one root. ``named`` are files that were asked for by name and are read even where excluded."""
    wide = too_wide(root, finder)
    found = discover(root, finder, overlays) if wide is None else _alone(root, overlays)
    listed = {entry.path for entry in found.entries if entry.kind != "stub"}
    added = [entry for path in dict.fromkeys(named) if path not in listed and (entry := _entry(path)) is not None]
    index = Index(root, finder, overlays, extractor, (*found.entries, *added), found.nested)
    for problem in found.problems:
        index.facts[problem.path] = _problem(problem.reason)
    index.notes += [Note(path, 0, _CUT) for path in found.cut]
    if wide is not None:
        index.notes.append(Note(root, 0, f"this is {wide} without settings here, {_ALONE}"))
    index.read_code()
    return index


def _alone(root: str, overlays: Overlays) -> Discovery:
    """The unsaved files that lie directly in a directory which is not walked."""
    entries = (_entry(os.path.join(root, name)) for name in sorted(overlays.names_in(root)))
    return Discovery(tuple(each for each in entries if each is not None), (), ())


def _entry(path: str) -> ListedFile | None:
    """A file that was asked for by name, if it can be read as anything."""
    kind = kind_of(os.path.basename(path))
    if kind in (None, "stub") or NEVER_READ.intersection(path.split(os.sep)):
        return None
    return ListedFile(path, kind, False)


class Index:
    """One root and what is read of it: which files take part, and their facts. ``indexed`` makes and fills it."""

    def __init__(
        self,
        root: str,
        finder: SettingsFinder,
        overlays: Overlays,
        extractor: Extractor,
        entries: Iterable[ListedFile],
        nested: tuple[str, ...],
    ) -> None:
        self.root = root
        self.finder = finder
        self.overlays = overlays
        self._extractor = extractor
        self.crashes: list[Crash] = []
        self.notes: list[Note] = []
        self.facts: dict[str, FileFacts] = {}
        self.nested = nested
        self.generated: set[str] = set()
        """JavaScript that a compiler or a bundler wrote: what it says stands in its source too."""
        by_kind: dict[FileKind, list[ListedFile]] = {"python": [], "javascript": [], "stub": [], "text": []}
        for entry in entries:
            by_kind[entry.kind].append(entry)
        self._python = [entry.path for entry in by_kind["python"]]
        self._scripts = {entry.path: None for entry in by_kind["javascript"]}
        self._stubs = {entry.path for entry in by_kind["stub"]}
        self._texts = by_kind["text"]
        self._listed = frozenset(entry.path for entry in entries)
        self._imports: set[str] = set()
        """Files that some file that takes part imports."""
        self.modules = Modules(root, (*self._python, *self._stubs, *self._scripts))
        self._sdks = SdkFinder(root, finder, overlays)
        self._found_sdks: dict[str, SdkVersion] = {}
        self._pins: dict[tuple[str, str], SdkVersion] = {}
        self._marks: dict[str, Marks] = {}
        self.fleet: Fleet = ALONE
        """What manifests of other repositories add."""
        self._mattering: set[str] = set()
        """Code that takes part for what it holds itself, and not only for who imports it."""
        self._is_plain = True
        """Each file of code takes part or not for itself and for what it imports; none has a second name."""

    def complete(self) -> None:
        """Read what only counts where something is registered or asked for. Raises ConfigError where settings name
        tables of the SDKs that cannot be used.
        """
        for directory in sorted({os.path.dirname(path) for path in self.facts}):
            self._sdks.catalog(directory)
        if any(facts.workers or facts.dispatches for facts in self.facts.values()):
            self._read_texts()
        self._extractor.release()
        self.facts = dict(sorted(self.facts.items()))

    def project(self) -> Project:
        """Link what was read."""
        return link(
            root=self.root,
            files=self.facts,
            modules=self.modules,
            texts=self.texts,
            settings=self.settings,
            sdk=self.sdk,
            pin=self.pin,
            fleet=self.fleet,
        )

    @cached_property
    def texts(self) -> Texts:
        """What the files say that no front end reads."""
        return self._text_files().view()

    def _text_files(self) -> TextFiles:
        return TextFiles(
            [entry.path for entry in self._texts],
            [path for path in (*self._python, *self._scripts) if path not in self.generated],
            self.facts,
            self.bytes_of,
            self.names_agent,
        )

    def bytes_of(self, path: str) -> bytes | None:
        """A file's bytes as it is searched: UTF-8 where a mark says that it is a wider form; None if it is unread."""
        data = self.overlays.read(path)
        return in_utf8(data) if isinstance(data, bytes) else None

    def settings(self, path: str) -> Settings:
        return self.finder.for_directory(os.path.dirname(path))

    def sdk(self, path: str) -> SdkVersion:
        found = self._found_sdks.get(path)
        if found is None:
            found = self._found_sdks[path] = self._sdks.for_file(path, self._script(path))
        return found

    def pin(self, path: str, package: Package) -> SdkVersion:
        if package in (PYTHON, NODE):
            return self.sdk(path)
        found = self._pins.get((path, package.package))
        if found is None:
            found = self._pins[path, package.package] = self._sdks.for_package(path, package, self._script(path))
        return found

    # One file that has changed

    def read_again(self, path: str, overlays: Overlays, extractor: Extractor) -> bool:
        """Read one file of code as ``overlays`` have it now. False where that may have a say in which files take part,
        or in more than its own facts: then nothing has changed here, and the root is to be read anew.
        """
        self.overlays = overlays
        before, marks = self.facts.get(path), self._marks.get(path)
        if before is None or marks is None or not self._is_plain or self._is_kept(path):
            return False
        if path not in self._scripts and (path in self._stubs or not path.endswith(".py")):
            return False
        data = self._bytes_of_code(path)
        if isinstance(data, Unreadable) or self._may_matter(path, data) != (path in self._mattering):
            return False
        if path in self._scripts and (
            javascript_frontend.is_generated(data) or is_compiled(path, data, self._scripts.keys())
        ):
            return False
        now = marks_of(data)
        if now._replace(may_suppress=marks.may_suppress) != marks or now.is_script:
            return False
        found = next(iter(extractor.extract([self._plain_source(path, data)])))
        if found.failed is not None or not self._is_like(before, found.facts):
            return False
        self._marks[path] = now
        self.facts = {**self.facts, path: found.facts}
        self.__dict__.pop("texts", None)
        return True

    def _is_like(self, before: FileFacts, now: FileFacts) -> bool:
        """What one version of a file says has the same say in which files are read as what another one does."""
        imports = [(frozenset(each.modules), each.stars, handed_in(each)) for each in (before, now)]
        asks = any(facts.workers or facts.dispatches for facts in self.facts.values() if facts is not before)
        same = bool(before.workers or before.dispatches) == bool(now.workers or now.dispatches)
        return imports[0] == imports[1] and not imports[1][2] and (asks or same)

    # What was noted of the files when they were read

    def _script(self, path: str) -> bytes | None:
        """A file's bytes, if it may say itself which release it needs."""
        marks = self._marks.get(path)
        data = self.overlays.read(path) if marks is None or marks.is_script else None
        return data if isinstance(data, bytes) else None

    def may_suppress(self, path: str) -> bool:
        """Whether a file can hold a comment that hides findings."""
        marks = self._marks.get(path)
        return marks is None or marks.may_suppress

    def names_agent(self, path: str) -> bool:
        """Whether a file that is no binary one holds the variable of the environment that names an agent."""
        marks = self._marks.get(path)
        if marks is not None:
            return marks.names_agent
        data = self.bytes_of(path)
        return data is not None and AGENT_NAME_VARIABLE in data and not is_binary(data)

    # Which files take part: those that mention an SDK, and those that they import, to a fixed point

    def read_code(self) -> None:
        """Make the facts of every file that takes part and that a front end reads."""
        found = [
            *(source for path in sorted(self._python) if (source := self._python_source(path)) is not None),
            *(source for path in sorted(self._scripts) if (source := self._script_source(path)) is not None),
        ]
        once = list(_each_once(found))
        self._is_plain = len(once) == len(found)
        self._mattering.update(source.path for source in once)
        self._take_all(once)
        self._read_callers()
        for path, facts in self.facts.items():
            if self._is_kept(path) and path not in self._imports:
                self.facts[path] = copied(facts)

    def _is_kept(self, path: str) -> bool:
        """A copy that somebody kept: by its name alone, or by that beside its original."""
        return is_backup(path) or ((original := original_of(path)) is not None and original in self._listed)

    def _take_all(self, found: list[SourceFile]) -> None:
        """Make the facts of files, and of those that they import."""
        asked = {*self.facts, *(source.path for source in found)}
        while found:
            self._take(found)
            named = {each for source in found for each in self._imported(source)}
            self._imports |= named
            imported = named - asked
            asked |= imported
            found = [source for path in sorted(imported) if (source := self._source(path)) is not None]

    def _read_callers(self) -> None:
        """Names of agents are handed on: whoever calls a function that asks by its parameter takes part too."""
        known: set[str] = set()
        words = frozenset[str]().union(*(handed_in(facts) for facts in self.facts.values()))
        for _ in range(_MAX_HANDS):
            if not words:
                return
            self._is_plain = False
            known |= words
            self._take_all(self._callers(words))
            words = frozenset[str]().union(*(handed_on(facts, words) for facts in self.facts.values())) - known

    def _callers(self, words: frozenset[str]) -> list[SourceFile]:
        """The files that hold one of these words and have not been read, or where something was left out."""
        word = re.compile(rb"\b(?:" + b"|".join(re.escape(each.encode()) for each in sorted(words)) + rb")\b")
        found: list[SourceFile] = []
        for path in (*self._python, *self._scripts):
            known = self.facts.get(path)
            if path in self.generated or (known is not None and not known.inert):
                continue
            data = self._bytes_of_code(path)
            if isinstance(data, bytes) and word.search(data) and len(found) < _MOST_CALLERS:
                found.append(self._source_of(path, data, words))
        return found

    def _python_source(self, path: str) -> SourceFile | None:
        data = self._read(path)
        return self._source(path, data) if data is not None and self._may_matter(path, data) else None

    def _script_source(self, path: str) -> SourceFile | None:
        """JavaScript that mentions an SDK. Compiled output is left out."""
        data = self._read(path)
        if data is not None and (
            javascript_frontend.is_generated(data) or is_compiled(path, data, self._scripts.keys())
        ):
            self.generated.add(path)
            return None
        return self._source(path, data) if data is not None and self._may_matter(path, data) else None

    def _may_matter(self, path: str, data: bytes) -> bool:
        """It mentions an SDK, asks for an agent, or may call a function that dispatches by the settings."""
        data = without_nulls(data)
        return mentions_sdk(data) or may_ask(data) or self.settings(path).names.may_dispatch(data)

    def _read(self, path: str) -> bytes | None:
        """The bytes of a file that may take part; a problem is noted where it cannot be read and does."""
        data = self._bytes_of_code(path)
        if isinstance(data, bytes):
            return data
        if may_mention_sdk(path):
            self.facts[path] = _problem(data.reason)
        return None

    def _bytes_of_code(self, path: str) -> bytes | Unreadable:
        """The bytes of a file for its front end. Python refuses the wide forms of Unicode; others read them."""
        data = self.overlays.read(path)
        return in_utf8(data) if isinstance(data, bytes) and path in self._scripts else data

    def _source(self, path: str, data: bytes | None = None) -> SourceFile | None:
        """What the front ends need of a file; None if it cannot be read."""
        read = self._bytes_of_code(path) if data is None else data
        return None if isinstance(read, Unreadable) else self._source_of(path, read)

    def _source_of(self, path: str, data: bytes, words: frozenset[str] = frozenset()) -> SourceFile:
        """The same of a file's bytes. What holds one of ``words`` is not left out of its facts."""
        self._marks[path] = marks_of(data)
        return self._plain_source(path, data, words)

    def _plain_source(self, path: str, data: bytes, words: frozenset[str] = frozenset()) -> SourceFile:
        kind = "javascript" if path in self._scripts else "stub" if path in self._stubs else "python"
        return source_of(path, kind, data, self.settings(path), lasts=self.overlays.lasts(path), words=words)

    def _take(self, sources: list[SourceFile]) -> None:
        for path, facts, failed in self._extractor.extract(sources):
            self.facts[path] = _declared(facts) if path in self._stubs else facts
            if failed is not None:
                self.crashes.append((path, failed))

    def _read_texts(self) -> None:
        """What files in other languages dispatch. Those that git ignores only silence. What a linter wrote is no
        part of the project, nor is a backup: they repeat names, and ask for nobody.
        """
        texts: list[ListedFile] = []
        sources: list[SourceFile] = []
        for entry in self._texts:
            data = b"" if self._is_kept(entry.path) else self.overlays.read(entry.path)
            if isinstance(data, bytes):
                data = in_utf8(data)
            if not data or (isinstance(data, bytes) and is_report(data) is not None):
                continue
            texts.append(entry)
            if not isinstance(data, bytes) or is_binary(data):
                self._note_unread(entry, data)
                continue
            self._marks[entry.path] = marks_of(data)
            if text_frontend.may_dispatch(data) or deployment.may_start(data, os.path.basename(entry.path)):
                lasts = self.overlays.lasts(entry.path)
                sources.append(source_of(entry.path, "text", data, self.settings(entry.path), lasts=lasts))
        self._texts = texts
        ignored = {entry.path for entry in self._texts if entry.ignored}
        for path, facts, failed in self._extractor.extract(sources):
            if failed is not None:
                self.crashes.append((path, failed))
            elif _says_something(facts) and path in ignored:
                self.facts[path] = text_frontend.silenced(facts)
            elif _says_something(facts):
                self.facts[path] = facts

    def _note_unread(self, entry: ListedFile, data: bytes | Unreadable) -> None:
        """Note a text that cannot be read and may dispatch: what it asks for is unknown."""
        name = os.path.basename(entry.path)
        if entry.ignored or not (text_frontend.configures(name) or text_frontend.is_scanned(name)):
            return
        reason = "its encoding is not known" if isinstance(data, bytes) else data.reason
        begin = data if isinstance(data, bytes) else beginning(entry.path)
        if begin is None or text_frontend.may_dispatch(without_nulls(begin)):
            self.facts[entry.path] = _problem(reason)

    def _imported(self, source: SourceFile) -> Iterator[str]:
        """The files that a file's imports can load."""
        modules = self.facts[source.path].modules
        if source.front_end == "javascript":
            for specifier in modules:
                found = self.modules.find_script(source.path, specifier)
                if found is not None:
                    yield found
            return
        for module in modules:
            # The module itself, or the one that holds the name.
            parent = module.rpartition(".")[0]
            for dotted in (module, parent if parent.strip(".") or not parent else f"{parent}."):
                found = self.modules.find(source.path, dotted) if dotted else None
                if found is not None:
                    yield found


def _each_once(sources: list[SourceFile]) -> Iterator[SourceFile]:
    """Files without those that are another one by a second name (hard links)."""
    known: dict[bytes, list[str]] = {}
    for source in sources:
        others = known.setdefault(source.data, [])
        if not any(_is_same_file(source.path, other) for other in others):
            others.append(source.path)
            yield source


def _is_same_file(path: str, other: str) -> bool:
    try:
        return samefile(path, other)
    except OSError:
        return False


def _says_something(facts: FileFacts) -> bool:
    found = facts.dispatches or facts.dropped or facts.sip_rules or facts.set_variables or facts.processes
    return bool(facts.problems or found)


def _declared(facts: FileFacts) -> FileFacts:
    # Few projects have stubs that anything imports.
    from lkagent_lint.frontends.python.stubs import declared

    return declared(facts)


def _problem(reason: str) -> FileFacts:
    return FileFacts(problems=(Problem(ProblemKind.NOT_ANALYSED, reason, START_OF_FILE),))

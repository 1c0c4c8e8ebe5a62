"""Lists the files of a root, once, in one walk."""

from __future__ import annotations

import os
import stat
from typing import Literal

import msgspec

from lkagent_lint import disk
from lkagent_lint.config.loader import FILE_NAMES, SettingsFinder
from lkagent_lint.languages import DECLARATIONS, NOTEBOOK, SCRIPTS
from lkagent_lint.sources import ignoring
from lkagent_lint.sources.ignoring import IgnorePatterns
from lkagent_lint.sources.reading import Overlays, Unreadable
from lkagent_lint.sources.vendored import is_sdk_copy

FileKind = Literal["python", "stub", "javascript", "text"]
"""A stub (``.pyi``) only says what its module holds: nothing is ever said about it."""

_NO_TEXT_GROUPS = (
    # media, fonts, documents
    "png jpg jpeg gif webp bmp ico icns tif tiff avif heic svg psd ai eps ttf otf woff woff2 eot",
    "mp3 wav ogg oga opus flac m4a aac wma mp4 m4v mov avi mkv webm mpg mpeg",
    "pdf doc docx xls xlsx ppt pptx odt ods odp epub",
    # archives, executables, objects
    "zip gz tgz bz2 xz zst lz4 7z rar tar jar war whl egg deb rpm dmg iso apk aab ipa",
    "exe dll so dylib a o obj lib pyc pyo pyd class wasm node bin dat",
    # data and models
    "db sqlite sqlite3 mdb parquet arrow feather npy npz pkl pickle mat hdf5 h5 csv tsv log jsonl ndjson map",
    "pt pth ckpt onnx tflite pb safetensors gguf",
    # keys, and lock files, which the version finder reads by name
    "pem key crt cer der p12 pfx jks keystore lock",
)
_NO_TEXT = frozenset(extension for group in _NO_TEXT_GROUPS for extension in group.split())
_LOCKS = frozenset(
    {"package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "Pipfile.lock", "pylock.toml", "go.sum"}
)
_MINIFIED = (".min.js", ".min.css", ".min.mjs", ".bundle.js", ".chunk.js")


class ListedFile(msgspec.Struct, frozen=True, order=True):
    """A file of the root: absolute path, kind, whether git ignores it (only ``.env*``)."""

    path: str
    kind: FileKind
    ignored: bool


class Discovery(msgspec.Struct, frozen=True):
    """What lies under a root, and what could not be looked at; all sorted by path."""

    entries: tuple[ListedFile, ...]
    problems: tuple[Unreadable, ...]
    nested: tuple[str, ...]
    """The nearest roots of other projects below; what lies under them is theirs."""
    cut: tuple[str, ...] = ()
    """The gitignore files of which only a part is applied."""


def kind_of(name: str) -> FileKind | None:
    """What a file's base name says it holds; None for what is certainly no text of an author."""
    if name.endswith((".py", NOTEBOOK)):
        return "python"
    if name.endswith(".pyi"):
        return "stub"
    if name in _LOCKS or name.endswith(_MINIFIED):
        return None
    if name.endswith(SCRIPTS):
        return None if name.endswith(DECLARATIONS) else "javascript"
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    return None if extension in _NO_TEXT else "text"


def discover(root: str, finder: SettingsFinder, overlays: Overlays | None = None) -> Discovery:
    """Every file under an absolute root that may matter, sorted by path.

    Left out: what ``ignoring`` names, gitignored files (but ``.env*`` ones), anything that is not a regular
    file, nested projects (a directory with its own ``.git`` or ``root = true``; they are named), links to directories,
    and links to files outside the root or to files that are listed anyway. Raises ConfigError as the finder does.
    """
    return _DirectoryWalk(root, finder, overlays or Overlays()).run()


class _Directory(msgspec.Struct):
    path: str
    gitignores: list[IgnorePatterns]
    """From the outermost to the innermost: the last one that speaks of a path decides."""
    exclude: list[IgnorePatterns]


class _DirectoryWalk:
    def __init__(self, root: str, finder: SettingsFinder, overlays: Overlays) -> None:
        self._root = root
        self._finder = finder
        self._overlays = overlays
        self._added = overlays.tree
        self._entries: list[ListedFile] = []
        self._links: list[tuple[_Directory, str]] = []
        self._problems: list[Unreadable] = []
        self._nested: list[str] = []
        self._pending: list[_Directory] = []
        self._cut: set[str] = set()

    def run(self) -> Discovery:
        exclude = ignoring.exclude_patterns(self._finder.configuration(self._root))
        above = ignoring.gitignores_above(self._root, self._overlays)
        self._note_cut(above)
        self._pending.append(_Directory(self._root, above, exclude))
        while self._pending:
            self._visit(self._pending.pop())
        self._take_links()
        return Discovery(
            tuple(sorted(self._entries)),
            tuple(sorted(self._problems)),
            tuple(sorted(self._nested)),
            tuple(sorted(self._cut)),
        )

    def _visit(self, directory: _Directory) -> None:
        listed = self._list(directory.path)
        added = self._added.get(directory.path, {})
        names = {name for name, _ in listed} | added.keys()
        if directory.path != self._root:
            if "pyvenv.cfg" in names or is_sdk_copy(directory.path, names, self._overlays):
                return
            if self._is_root(directory.path, names):
                self._nested.append(directory.path)
                return
        self._refine(directory, names)
        for name, what in listed:
            if name not in added:
                self._take(directory, os.path.join(directory.path, name), name, what)
        for name, is_file in added.items():
            take = self._take_file if is_file else self._take_directory
            take(directory, os.path.join(directory.path, name), name)

    def _list(self, path: str) -> tuple[tuple[str, str], ...]:
        try:
            return _listed(path)
        except OSError as error:
            # A directory that only unsaved files have is no problem.
            if path not in self._added:
                self._problem(path, _reason(error))
            return ()

    def _is_root(self, path: str, names: set[str]) -> bool:
        """Whether a directory below the root is a project of its own."""
        if ".git" in names:
            return True
        own = None if names.isdisjoint(FILE_NAMES) else self._finder.own(path)
        return own is not None and own.settings.root

    def _refine(self, directory: _Directory, names: set[str]) -> None:
        """Let the directory's own files speak: its gitignore after the outer ones, its settings instead."""
        if ".gitignore" in names:
            patterns = ignoring.gitignore_of(directory.path, self._overlays)
            directory.gitignores = directory.gitignores if patterns is None else [*directory.gitignores, patterns]
            self._note_cut(directory.gitignores[-1:])
        if directory.path != self._root and not names.isdisjoint(FILE_NAMES):
            own = self._finder.own(directory.path)
            if own is not None:
                directory.exclude = ignoring.exclude_patterns(own)

    def _take(self, directory: _Directory, path: str, name: str, what: str) -> None:
        match what:
            case "directory":
                self._take_directory(directory, path, name)
            case "file":
                self._take_file(directory, path, name)
            case "link":
                self._links.append((directory, path))
            case "other":
                return
            case reason:
                self._problem(path, reason)

    def _take_directory(self, directory: _Directory, path: str, name: str) -> None:
        if name in ignoring.NEVER_READ:
            return
        verdict = ignoring.is_excluded(directory.exclude, path, is_directory=True)
        excluded = is_built_in(name) if verdict is None else verdict
        if not excluded and not ignoring.is_excluded(directory.gitignores, path, is_directory=True):
            self._pending.append(_Directory(path, directory.gitignores, directory.exclude))

    def _take_file(self, directory: _Directory, path: str, name: str) -> None:
        kind = kind_of(name)
        if kind is None or ignoring.is_excluded(directory.exclude, path, is_directory=False):
            return
        ignored = bool(ignoring.is_excluded(directory.gitignores, path, is_directory=False))
        if not ignored or name.startswith(".env"):
            self._entries.append(ListedFile(path, kind, ignored))

    def _take_links(self) -> None:
        """Links to files come last, when it is known which of their targets are listed by their own name."""
        if not self._links:
            return
        real_root = os.path.join(disk.realpath(self._root), "")
        listed = {entry.path for entry in self._entries}
        for directory, path in sorted(self._links, key=_link_path):
            name = os.path.basename(path)
            try:
                is_file = _leads_to_file(path)
            except OSError as error:
                # Editors mark open files by dangling links of this name.
                if name.endswith(".py") and not name.startswith(".#"):
                    self._problem(path, _reason(error))
                continue
            target = disk.realpath(path)
            if not is_file or not target.startswith(real_root):
                continue
            target = os.path.join(self._root, target[len(real_root) :])
            if target not in listed:
                listed.add(target)
                self._take_file(directory, path, name)

    def _note_cut(self, patterns: list[IgnorePatterns]) -> None:
        self._cut.update(each.cut for each in patterns if each.cut is not None)

    def _problem(self, path: str, reason: str) -> None:
        self._problems.append(Unreadable(path, reason))


@disk.question
def _listed(directory: str) -> tuple[tuple[str, str], ...]:
    """What lies in a directory, sorted by name, and what it is, or the reason why that cannot be told. Files that are
    certainly no text are passed over. Raises OSError."""
    with os.scandir(directory) as entries:
        listed = [(entry.name, _what(entry)) for entry in entries if entry.name != disk.CACHE]
    return tuple(sorted((name, what) for name, what in listed if what == "directory" or kind_of(name) is not None))


def _what(entry: os.DirEntry[str]) -> str:
    try:
        if entry.is_dir(follow_symlinks=False):
            return "directory"
        return "file" if entry.is_file(follow_symlinks=False) else "link" if entry.is_symlink() else "other"
    except FileNotFoundError:
        return "other"  # deleted since it was listed
    except OSError as error:
        return _reason(error)


@disk.question
def _leads_to_file(link: str) -> bool:
    return stat.S_ISREG(os.stat(link).st_mode)


def _reason(error: OSError) -> str:
    return f"it cannot be read: {error.strerror or type(error).__name__}"


def _link_path(link: tuple[_Directory, str]) -> str:
    return link[1]


def is_built_in(name: str) -> bool:
    """Whether a directory of this name is left out unless the settings bring it back."""
    return name in ignoring.EXCLUDED or name.endswith(".egg-info")

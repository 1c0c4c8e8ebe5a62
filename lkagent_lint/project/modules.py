"""Which file of the project an import means."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from functools import cached_property

from lkagent_lint.languages import COMPILED, SCRIPTS


class Modules:
    """Finds first-party modules by path, as Python would with the importing file's directory, its parents up to the
    root, and a ``src`` directory in any of them on the search path. The nearest wins, and any module its stub.
    """

    def __init__(self, root: str, paths: Iterable[str]) -> None:
        self._root = root
        self._files = set(paths)
        self._found: dict[tuple[str, str], str | None] = {}
        self._names = _names_of(self._files)

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path in sorted(self._files):
            found.setdefault(os.path.basename(path), []).append(path)
        return found

    def called(self, name: str) -> tuple[str, ...]:
        """Every file of code with this base name, sorted by path; also those that take no part."""
        return tuple(self._by_name.get(name, ()))

    def find(self, importer: str, dotted: str) -> str | None:
        """The file of a module: absolute, or relative to its importer with leading dots. None if not the project's."""
        # Most imports are of other packages; the empty name is that of a relative one.
        if dotted.partition(".")[0] not in self._names:
            return None
        directory = os.path.dirname(importer)
        key = (directory, dotted)
        if key not in self._found:
            self._found[key] = self._search(directory, dotted, ".py") or self._search(directory, dotted, ".pyi")
        return self._found[key]

    def find_script(self, importer: str, specifier: str) -> str | None:
        """The file that an ECMAScript import means; None if it is not the project's.

        Relative specifiers, and ``@/…`` and ``~/…`` for the importer's nearest directory that has such a file, or its
        ``src``; with and without an extension, ``./x.js`` for ``./x.ts`` too, and a directory for its index.
        """
        directory = os.path.dirname(importer)
        key = (directory, f"js:{specifier}")
        if key not in self._found:
            self._found[key] = self._script(directory, specifier)
        return self._found[key]

    def _script(self, directory: str, specifier: str) -> str | None:
        if specifier.startswith("."):
            return self._script_at(os.path.normpath(os.path.join(directory, specifier)))
        if not specifier.startswith(("@/", "~/")):
            return None
        while True:
            for base in (directory, os.path.join(directory, "src")):
                found = self._script_at(os.path.join(base, *specifier[2:].split("/")))
                if found is not None:
                    return found
            if directory == self._root or os.path.dirname(directory) == directory:
                return None
            directory = os.path.dirname(directory)

    def _script_at(self, base: str) -> str | None:
        stem, extension = os.path.splitext(base)
        candidates = [
            base,
            *(base + each for each in SCRIPTS),
            *(os.path.join(base, f"index{each}") for each in SCRIPTS),
        ]
        if extension in COMPILED:
            candidates += [stem + each for each in SCRIPTS]
        return next((candidate for candidate in candidates if candidate in self._files), None)

    def _search(self, directory: str, dotted: str, suffix: str) -> str | None:
        name = dotted.lstrip(".")
        level = len(dotted) - len(name)
        parts = name.split(".") if name else []
        if level:
            for _ in range(level - 1):
                directory = os.path.dirname(directory)
            return self._at(directory, parts, suffix)
        if parts[0] == "livekit" or (is_library(dotted) and self._at(directory, parts[:1], ".py") is None):
            return None
        while True:
            for base in (directory, os.path.join(directory, "src")):
                found = self._at(base, parts, suffix)
                if found is not None:
                    return found
            if directory == self._root or os.path.dirname(directory) == directory:
                return None
            directory = os.path.dirname(directory)

    def _at(self, directory: str, parts: list[str], suffix: str) -> str | None:
        base = os.path.join(directory, *parts)
        candidates = [os.path.join(base, f"__init__{suffix}"), *([f"{base}{suffix}"] if parts else [])]
        return next((candidate for candidate in candidates if candidate in self._files), None)


def _names_of(files: Iterable[str]) -> frozenset[str]:
    """What the first name of a project's module can be: a file or a directory, or nothing before a leading dot."""
    split = [os.path.split(path) for path in files]
    directories = {directory for directory, _ in split}
    names = {name.partition(".")[0] for _, name in split}
    return frozenset(names.union({""}, *(directory.split(os.sep) for directory in directories)))


def is_library(dotted: str) -> bool:
    """A module of the standard library."""
    return dotted.partition(".")[0] in sys.stdlib_module_names

"""Which package a file belongs to, and whether it is a test."""

from __future__ import annotations

import os
import re

from lkagent_lint import disk

_MARKERS = frozenset({"pyproject.toml", "setup.cfg", "setup.py", "package.json"})
_TEST_DIRECTORIES = frozenset({"test", "tests", "__tests__"})
_TEST_FILE = re.compile(r"test_.*\.py|.*_test\.py|conftest\.py|.*\.(?:test|spec)\..*", re.DOTALL)


def is_requirements(name: str) -> bool:
    """Whether a base name is one that pip's requirements files go by: ``requirements*.txt``."""
    return name.startswith("requirements") and name.endswith(".txt")


class PackageFinder:
    """Packages under one root (an absolute path): names are compared within a package."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._packages: dict[str, str] = {}

    def package_of(self, path: str) -> str:
        """The nearest directory from the file up that has a pyproject.toml, requirements*.txt, setup.cfg,
        setup.py or package.json; the root where none has, and for a path outside the root."""
        if not path.startswith(os.path.join(self._root, "")):
            return self._root
        directory = os.path.dirname(path)
        passed: list[str] = []
        while directory not in self._packages and directory != self._root:
            passed.append(directory)
            if _is_package(directory):
                break
            directory = os.path.dirname(directory)
        package = self._packages.get(directory, directory)
        self._packages.update(dict.fromkeys(passed, package))
        return package


def is_test_file(path: str, root: str) -> bool:
    """Whether a file is a test by its name or by a directory below the root; both paths absolute."""
    prefix = os.path.join(root, "")
    below = path[len(prefix) :] if path.startswith(prefix) else os.path.basename(path)
    *directories, name = below.split(os.sep)
    return not _TEST_DIRECTORIES.isdisjoint(directories) or _TEST_FILE.fullmatch(name) is not None


def _is_package(directory: str) -> bool:
    try:
        names = disk.names(directory)
    except OSError:
        return False
    return any(name in _MARKERS or is_requirements(name) for name in names)

"""What facts follow from beside the bytes of a file: the front ends' own sources, their parsers, and this Python; and
what reports follow from beside what the disk says: all of the linter below its surfaces.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.machinery import PathFinder

SOURCES = (
    "config",
    "diagnostics.py",
    "disk.py",
    "facts",
    "frontends",
    "languages.py",
    "likeness.py",
    "sources",
    "stack.py",
    "text.py",
)
"""Every layer that a front end may import. It is no loss to make facts again once more than was needed."""
PARSERS = ("libcst", "msgspec", "tree_sitter", "tree_sitter_javascript", "tree_sitter_typescript", "yaml")
"""Libraries whose release shows in facts. They are looked at and not imported."""
BELOW_SURFACES = (
    *SOURCES,
    "cache",
    "engine",
    "extraction",
    "faults.py",
    "formats.py",
    "importing.py",
    "project",
    "questions",
    "rules",
    "suppressions",
    "typestate",
    "writing.py",
)
"""Every layer that the engine may import."""
LIBRARIES = (*PARSERS, "packaging", "pathspec", "semantic_version", "tomli", "typing_extensions")
"""Libraries whose release shows in reports."""


@cache
def current() -> bytes:
    """A digest that differs wherever equal bytes could give different facts."""
    return _digest(SOURCES, (".py",), PARSERS)


@cache
def whole() -> bytes:
    """A digest that differs wherever the same disk could give different reports."""
    return _digest(BELOW_SURFACES, (".py", ".json"), LIBRARIES)


def _digest(sources: Iterable[str], endings: tuple[str, ...], libraries: Iterable[str]) -> bytes:
    digest = hashlib.sha256(f"{sys.version}\0{sys.implementation.cache_tag}\0".encode())
    package = os.path.dirname(os.path.dirname(__file__))
    for path in sorted(path for name in sources for path in _files(os.path.join(package, name), endings)):
        digest.update(path.removeprefix(package).encode() + b"\0")
        digest.update(hashlib.sha256(_read(path)).digest())
    for name in libraries:
        digest.update(_installed(name).encode())
    return digest.digest()


def _read(path: str) -> bytes:
    # There are hundreds, and a file object costs more than the reading.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        size = os.fstat(descriptor).st_size
        parts: list[bytes] = []
        while part := os.read(descriptor, size + 1):
            parts.append(part)
        return b"".join(parts)
    finally:
        os.close(descriptor)


def _files(path: str, endings: tuple[str, ...]) -> Iterator[str]:
    if path.endswith(endings):
        yield path
        return
    with os.scandir(path) as entries:
        for entry in entries:
            if entry.name.endswith(endings) or (entry.is_dir() and entry.name != "__pycache__"):
                yield from _files(entry.path, endings)


def _installed(name: str) -> str:
    """What tells one installation of a library from another without importing it: names of releases beside it, and
    the size and time of its first file.
    """
    spec = PathFinder.find_spec(name)
    if spec is None or spec.origin is None:
        return f"{name}\0"
    beside = os.path.dirname(os.path.dirname(spec.origin))
    status = os.stat(spec.origin)
    releases = [each for each in _distributions(beside) if _is_of(each, name)]
    return f"{name}\0{releases}\0{status.st_size}\0{status.st_mtime_ns}\0"


def _is_of(distribution: str, name: str) -> bool:
    return distribution.lower().removeprefix("py").startswith(f"{name}-")


@cache
def _distributions(directory: str) -> list[str]:
    """The distributions that are installed in a directory: ``libcst-1.9.0.dist-info``."""
    try:
        return sorted(name for name in os.listdir(directory) if name.endswith((".dist-info", ".egg-info")))
    except OSError:
        return []

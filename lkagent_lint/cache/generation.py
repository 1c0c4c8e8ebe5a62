"""What facts follow from beside the bytes of a file: the front ends' own sources, their parsers, and this Python."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from functools import cache
from importlib.machinery import PathFinder

from lkagent_lint.facts.file import FORMAT

SOURCES = ("config", "diagnostics.py", "disk.py", "facts", "frontends", "sources", "stack.py", "text.py")
"""Every layer that a front end may import. It is no loss to make facts again once more than was needed."""
PARSERS = ("libcst", "msgspec", "tree_sitter", "tree_sitter_javascript", "tree_sitter_typescript", "yaml")
"""Libraries whose release shows in facts. They are looked at and not imported."""


@cache
def current() -> bytes:
    """A digest that differs wherever equal bytes could give different facts."""
    digest = hashlib.sha256(f"{FORMAT}\0{sys.version}\0{sys.implementation.cache_tag}\0".encode())
    package = os.path.dirname(os.path.dirname(__file__))
    for path in sorted(path for name in SOURCES for path in _files(os.path.join(package, name))):
        digest.update(os.path.relpath(path, package).encode() + b"\0")
        with open(path, "rb") as file:
            digest.update(hashlib.sha256(file.read()).digest())
    for name in PARSERS:
        digest.update(_installed(name).encode())
    return digest.digest()


def _files(path: str) -> Iterator[str]:
    if path.endswith(".py"):
        yield path
        return
    with os.scandir(path) as entries:
        for entry in entries:
            if entry.name.endswith(".py") or (entry.is_dir() and entry.name != "__pycache__"):
                yield from _files(entry.path)


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

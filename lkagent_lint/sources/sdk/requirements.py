"""What pip's requirements files declare, and what they include."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

import msgspec

from lkagent_lint.sources.reading import Overlays, Unreadable, decode_loosely
from lkagent_lint.sources.sdk.distributions import DistributionName
from lkagent_lint.sources.sdk.ranges import Declaration

_INCLUDE = re.compile(r"(?:-r|-c|--requirement|--constraint)(?:\s+|=)?(\S.*)")
_PRE = re.compile(r"--pre(?:\s|$)")
_MAX_INCLUDES = 50


def parse_requirement(text: str, package: str) -> Declaration | None:
    """A PEP 508 requirement as a declaration, or None if it is for another distribution."""
    found = DistributionName.of(package).requirement.match(text.rstrip())
    if found is None:
        return None
    specifiers = found[1].strip()
    if specifiers.startswith("@"):
        return Declaration(specifiers.removeprefix("@").strip(), ("",), is_elsewhere=True)
    specifiers = specifiers.removeprefix("(").removesuffix(")").strip()
    return Declaration(specifiers, (specifiers,))


class Requirements:
    """Reads requirements files below a root; a file is read once."""

    def __init__(self, overlays: Overlays, root: str, package: str) -> None:
        self._overlays = overlays
        self._package = package
        self._below = os.path.join(root, "")
        self._seen: set[str] = set()

    def read(self, path: str) -> list[tuple[str, Declaration]]:
        """What a file and those that it includes declare, each with the file in which it stands."""
        found: list[tuple[str, Declaration]] = []
        permitted = False
        for place, line in self._lines(path):
            permitted = permitted or _PRE.match(line) is not None
            declaration = parse_requirement(re.split(r"\s--?[a-z]", line, maxsplit=1)[0], self._package)
            if declaration is not None:
                found.append((place, declaration))
        if permitted:  # pip takes it for every requirement, wherever it stands
            found = [(place, msgspec.structs.replace(each, prereleases=True)) for place, each in found]
        return found

    def _lines(self, path: str) -> Iterator[tuple[str, str]]:
        pending = [path]
        while pending and len(self._seen) < _MAX_INCLUDES:
            path = pending.pop()
            if path in self._seen or not path.startswith(self._below):
                continue
            self._seen.add(path)
            data = self._overlays.read(path)
            if isinstance(data, Unreadable):
                continue
            for line in _logical_lines(decode_loosely(data)):
                include = _INCLUDE.match(line)
                if include is not None:
                    pending.append(os.path.normpath(os.path.join(os.path.dirname(path), include[1].strip())))
                yield path, line


def _logical_lines(text: str) -> Iterator[str]:
    """The lines of a requirements file without comments, continued ones joined."""
    joined = text.replace("\r\n", "\n").replace("\\\n", " ")
    for line in joined.split("\n"):
        yield re.split(r"(?:^|\s)#", line, maxsplit=1)[0].strip()

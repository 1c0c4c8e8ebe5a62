"""What a project's files declare about a Python package of the SDK. Broken files declare nothing."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from lkagent_lint import disk
from lkagent_lint.config.toml import TomlError, array, parse_toml, table
from lkagent_lint.sources.packages import is_requirements
from lkagent_lint.sources.reading import Overlays, Unreadable, decode_loosely
from lkagent_lint.sources.sdk.ranges import Declaration, from_poetry
from lkagent_lint.sources.sdk.releases import PYTHON

_INCLUDE = re.compile(r"(?:-r|-c|--requirement|--constraint)(?:\s+|=)?(\S.*)")
_MAX_INCLUDES = 50


class _DeclarationPatterns(NamedTuple):
    """How a distribution is named, in any spelling (PEP 503)."""

    mention: re.Pattern[bytes]
    name: re.Pattern[str]
    requirement: re.Pattern[str]


@lru_cache(maxsize=8)
def _patterns(package: str) -> _DeclarationPatterns:
    name = "[-_.]+".join(map(re.escape, package.split("-")))
    requirement = rf"(?i)\s*{name}\s*(?:\[[^\]]*\]\s*)?(?=[<>=!~;@(,]|$)([^;]*)"
    return _DeclarationPatterns(
        re.compile(rf"(?i){name}".encode()), re.compile(rf"(?i){name}"), re.compile(requirement)
    )


def parse_requirement(text: str, package: str = PYTHON.package) -> Declaration | None:
    """A PEP 508 requirement as a declaration, or None if it is for another distribution."""
    found = _patterns(package).requirement.match(text.rstrip())
    if found is None:
        return None
    specifiers = found[1].strip()
    if specifiers.startswith("@"):
        return Declaration(specifiers, ("",))  # a URL does not tell its version
    specifiers = specifiers.removeprefix("(").removesuffix(")").strip()
    return Declaration(specifiers, (specifiers,))


def in_directory(
    directory: str, names: Iterable[str], overlays: Overlays, root: str, package: str = PYTHON.package
) -> Iterator[tuple[str, Declaration]]:
    """What the files of one directory declare of a package, each with its absolute path, the more telling file first.

    ``names`` are the directory's entries. Files that requirements include are read below ``root`` only.
    """
    present = set(names)
    if "pyproject.toml" in present:
        yield from _read(os.path.join(directory, "pyproject.toml"), overlays, _in_pyproject, package)
    requirements = _Requirements(overlays, root, package)
    for name in sorted(filter(is_requirements, present), key=lambda name: (name != "requirements.txt", name)):
        yield from requirements.read(os.path.join(directory, name))
    if "requirements" in present:
        for name in _text_files(os.path.join(directory, "requirements")):
            yield from requirements.read(os.path.join(directory, "requirements", name))
    if "setup.cfg" in present:
        yield from _read(os.path.join(directory, "setup.cfg"), overlays, _in_setup_cfg, package)
    if "Pipfile" in present:
        yield from _read(os.path.join(directory, "Pipfile"), overlays, _in_pipfile, package)


def in_script(data: bytes, package: str = PYTHON.package) -> Iterator[Declaration]:
    """What the inline metadata of a Python script declares (PEP 723)."""
    if b"# /// script" not in data or not _patterns(package).mention.search(data):
        return
    block: list[str] | None = None
    for line in decode_loosely(data).splitlines():
        if block is None:
            block = [] if line == "# /// script" else None
        elif line == "# ///":
            yield from _in_toml("\n".join(block).encode(), _script_requirements, package)
            return
        elif line == "#" or line.startswith("# "):
            block.append(line[2:])
        else:
            return


def _read(
    path: str, overlays: Overlays, parse: Callable[[bytes, str], Iterator[Declaration]], package: str
) -> Iterator[tuple[str, Declaration]]:
    data = overlays.read(path)
    if not isinstance(data, Unreadable) and _patterns(package).mention.search(data):
        for declaration in parse(data, package):
            yield path, declaration


def _in_toml(
    data: bytes, entries: Callable[[dict[str, object], str], Iterator[Declaration | None]], package: str
) -> Iterator[Declaration]:
    try:
        document = parse_toml(data)
    except TomlError:
        return
    yield from filter(None, entries(document, package))


def _in_pyproject(data: bytes, package: str) -> Iterator[Declaration]:
    return _in_toml(data, _pyproject_entries, package)


def _in_pipfile(data: bytes, package: str) -> Iterator[Declaration]:
    return _in_toml(data, _pipfile_entries, package)


def _pyproject_entries(document: dict[str, object], package: str) -> Iterator[Declaration | None]:
    project, tool = table(document.get("project")), table(document.get("tool"))
    lists = [
        project.get("dependencies"),
        *table(project.get("optional-dependencies")).values(),
        *table(document.get("dependency-groups")).values(),
        table(tool.get("uv")).get("dev-dependencies"),
        *table(table(tool.get("pdm")).get("dev-dependencies")).values(),
    ]
    for each in lists:
        yield from _requirements(each, package)
    poetry = table(tool.get("poetry"))
    groups = [table(group).get("dependencies") for group in table(poetry.get("group")).values()]
    for named in (poetry.get("dependencies"), poetry.get("dev-dependencies"), *groups):
        yield from _named(named, from_poetry, package)


def _script_requirements(document: dict[str, object], package: str) -> Iterator[Declaration | None]:
    return _requirements(document.get("dependencies"), package)


def _pipfile_entries(document: dict[str, object], package: str) -> Iterator[Declaration | None]:
    for section in ("packages", "dev-packages"):
        yield from _named(document.get(section), _from_pipenv, package)


def _from_pipenv(text: str) -> Declaration:
    return Declaration(text, ("" if text.strip() == "*" else text.strip(),))


def _requirements(value: object, package: str) -> Iterator[Declaration | None]:
    for entry in array(value):
        if isinstance(entry, str):
            yield parse_requirement(entry, package)


def _named(value: object, parse: Callable[[str], Declaration | None], package: str) -> Iterator[Declaration | None]:
    """Tables of name to constraint, to ``{version = constraint}``, or to a list of either."""
    for name, constraint in table(value).items():
        if not _patterns(package).name.fullmatch(name):
            continue
        for each in array(constraint) or [constraint]:
            # A dependency that comes from a path or from git has a table without a version.
            entry = table(each)
            text = entry.get("version", "*") if entry else each
            if isinstance(text, str):
                yield parse(text)


def _in_setup_cfg(data: bytes, package: str) -> Iterator[Declaration]:
    from configparser import ConfigParser, Error

    parser = ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(decode_loosely(data))
    except Error:
        return
    values = [parser.get("options", "install_requires", fallback="")]
    if parser.has_section("options.extras_require"):
        values += [value or "" for _, value in parser.items("options.extras_require")]
    for value in values:
        yield from filter(None, (parse_requirement(each, package) for each in re.split(r"[\n;]", value)))


class _Requirements:
    """Reads pip's requirements files and what they include; a file is read once."""

    def __init__(self, overlays: Overlays, root: str, package: str) -> None:
        self._overlays = overlays
        self._package = package
        self._below = os.path.join(root, "")
        self._seen: set[str] = set()

    def read(self, path: str) -> Iterator[tuple[str, Declaration]]:
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
                declaration = parse_requirement(re.split(r"\s--?[a-z]", line, maxsplit=1)[0], self._package)
                if declaration is not None:
                    yield path, declaration
                elif (include := _INCLUDE.match(line)) is not None:
                    pending.append(os.path.normpath(os.path.join(os.path.dirname(path), include[1].strip())))


def _logical_lines(text: str) -> Iterator[str]:
    """The lines of a requirements file without comments, continued ones joined."""
    joined = text.replace("\r\n", "\n").replace("\\\n", " ")
    for line in joined.split("\n"):
        yield re.split(r"(?:^|\s)#", line, maxsplit=1)[0].strip()


def _text_files(directory: str) -> list[str]:
    try:
        return [name for name in disk.names(directory) if name.endswith(".txt")]
    except OSError:
        return []

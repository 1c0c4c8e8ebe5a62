"""What a project's files declare about a Python package of the SDK. Broken files declare nothing."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial

import msgspec

from lkagent_lint import disk
from lkagent_lint.config.toml import TomlError, array, parse_toml, table
from lkagent_lint.sources.packages import is_requirements
from lkagent_lint.sources.reading import Overlays, Unreadable, decode_loosely
from lkagent_lint.sources.sdk.distributions import DistributionName
from lkagent_lint.sources.sdk.manifests import Manifest
from lkagent_lint.sources.sdk.ranges import Declaration, from_poetry
from lkagent_lint.sources.sdk.requirements import Requirements, parse_requirement

_ORDER = {"requirements.txt": 0, "constraints.txt": 2}
_Parse = Callable[[bytes, str], Iterator[Declaration]]


def declares(name: str) -> bool:
    """Whether a file (or directory) of this name can declare dependencies."""
    return name in ("pyproject.toml", "setup.cfg", "Pipfile", "requirements") or _is_for_pip(name)


def _is_for_pip(name: str) -> bool:
    return is_requirements(name) or name == "constraints.txt"


def in_directory(
    directory: str, names: Iterable[str], overlays: Overlays, root: str, package: str
) -> Iterator[Manifest]:
    """What the files of one directory declare of a package, the more telling file first.

    ``names`` are the directory's entries. Files that requirements include are read below ``root`` only.
    """
    present = set(names)
    if "pyproject.toml" in present:
        uv = _uv_toml(directory, overlays) if "uv.toml" in present else None
        yield from _read(directory, "pyproject.toml", overlays, partial(_in_pyproject, uv=uv), package)
    requirements = Requirements(overlays, root, package)
    found = sorted(filter(_is_for_pip, present), key=lambda name: (_ORDER.get(name, 1), name))
    folder = os.path.join(directory, "requirements")
    paths = [os.path.join(directory, name) for name in found]
    paths += [os.path.join(folder, name) for name in _text_files(folder)] if "requirements" in present else []
    for path in paths:
        entries = requirements.read(path)
        if entries:
            yield Manifest(path, tuple(entries))
    if "setup.cfg" in present:
        yield from _read(directory, "setup.cfg", overlays, _in_setup_cfg, package)
    if "Pipfile" in present:
        yield from _read(directory, "Pipfile", overlays, _in_pipfile, package)


def permits_prereleases(directory: str, names: Iterable[str], overlays: Overlays) -> bool | None:
    """Whether uv's settings in a directory let it take pre-releases that nothing names; None if they do not say."""
    said: object = None
    if "uv.toml" in names:
        said = _uv_toml(directory, overlays).get("prerelease")
    elif "pyproject.toml" in names:
        data = overlays.read(os.path.join(directory, "pyproject.toml"))
        if not isinstance(data, Unreadable) and b"prerelease" in data:
            said = table(table(_document(data).get("tool")).get("uv")).get("prerelease")
    return None if said is None else said == "allow"


def in_script(data: bytes, package: str) -> Iterator[Declaration]:
    """What the inline metadata of a Python script declares (PEP 723)."""
    if b"# /// script" not in data or not DistributionName.of(package).mention.search(data):
        return
    block: list[str] | None = None
    for line in decode_loosely(data).splitlines():
        if block is None:
            block = [] if line == "# /// script" else None
        elif line == "# ///":
            yield from _in_script_metadata(_document("\n".join(block).encode()), package)
            return
        elif line == "#" or line.startswith("# "):
            block.append(line[2:])
        else:
            return


def _in_script_metadata(document: dict[str, object], package: str) -> Iterator[Declaration]:
    uv = table(table(document.get("tool")).get("uv"))
    yield from _as_uv_has_it(uv, list(_requirements(document.get("dependencies"), package)), package)


def _read(directory: str, name: str, overlays: Overlays, parse: _Parse, package: str) -> Iterator[Manifest]:
    path = os.path.join(directory, name)
    data = overlays.read(path)
    if not isinstance(data, Unreadable) and DistributionName.of(package).mention.search(data):
        entries = tuple((path, each) for each in parse(data, package))
        if entries:
            yield Manifest(path, entries)


def _document(data: bytes) -> dict[str, object]:
    try:
        return parse_toml(data)
    except TomlError:
        return {}


# uv


def _uv_toml(directory: str, overlays: Overlays) -> dict[str, object]:
    data = overlays.read(os.path.join(directory, "uv.toml"))
    return {} if isinstance(data, Unreadable) else _document(data)


def _as_uv_has_it(uv: dict[str, object], declared: list[Declaration], package: str) -> Iterator[Declaration]:
    """Declarations as uv's own settings have them: replaced, constrained, taken from elsewhere."""
    replaced = list(_requirements(uv.get("override-dependencies"), package))
    constraints = _requirements(uv.get("constraint-dependencies"), package)
    found = replaced or [*declared, *constraints, *_sources(uv, package)]
    for each in found:
        yield msgspec.structs.replace(each, prereleases=True) if uv.get("prerelease") == "allow" else each


def _sources(uv: dict[str, object], package: str) -> Iterator[Declaration]:
    """Where uv takes the package from, if not from a registry."""
    for name, given in table(uv.get("sources")).items():
        if not DistributionName.of(package).name.fullmatch(name):
            continue
        for each in array(given) or [given]:
            source = table(each)
            key = next((key for key in ("git", "url", "path", "workspace") if key in source), "")
            if key:
                yield Declaration(str(source[key]) if key != "workspace" else key, ("",), is_elsewhere=True)


# The other files


def _in_pyproject(data: bytes, package: str, *, uv: dict[str, object] | None) -> Iterator[Declaration]:
    """``uv`` is what a uv.toml beside it says, which takes the place of uv's table in it."""
    document = _document(data)
    tool = table(document.get("tool"))
    declared = list(_pyproject_entries(document, package))
    pdm = table(table(table(tool.get("pdm")).get("resolution")))
    if pdm.get("allow-prereleases") is True:
        declared = [msgspec.structs.replace(each, prereleases=True) for each in declared]
    yield from _as_uv_has_it(table(tool.get("uv")) if uv is None else uv, declared, package)


def _pyproject_entries(document: dict[str, object], package: str) -> Iterator[Declaration]:
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


def _in_pipfile(data: bytes, package: str) -> Iterator[Declaration]:
    document = _document(data)
    permitted = table(document.get("pipenv")).get("allow_prereleases") is True
    for section in ("packages", "dev-packages"):
        for each in _named(document.get(section), _from_pipenv, package):
            yield msgspec.structs.replace(each, prereleases=True) if permitted else each


def _from_pipenv(text: str) -> Declaration:
    return Declaration(text, ("" if text.strip() == "*" else text.strip(),))


def _requirements(value: object, package: str) -> Iterator[Declaration]:
    for entry in array(value):
        found = parse_requirement(entry, package) if isinstance(entry, str) else None
        if found is not None:
            yield found


def _named(value: object, parse: Callable[[str], Declaration | None], package: str) -> Iterator[Declaration]:
    """Tables of name to constraint, to ``{version = constraint}``, or to a list of either."""
    for name, constraint in table(value).items():
        if not DistributionName.of(package).name.fullmatch(name):
            continue
        for each in array(constraint) or [constraint]:
            entry = table(each)
            source = next((str(entry[key]) for key in ("git", "url", "path", "file") if key in entry), "")
            text = entry.get("version", "*") if entry else each
            found = parse(text) if isinstance(text, str) else None
            if source:
                yield Declaration(source, ("",), is_elsewhere=True)
            elif found is not None:
                permitted = entry.get("allow-prereleases") is True
                yield msgspec.structs.replace(found, prereleases=True) if permitted else found


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


def _text_files(directory: str) -> list[str]:
    try:
        return [name for name in disk.names(directory) if name.endswith(".txt")]
    except OSError:
        return []

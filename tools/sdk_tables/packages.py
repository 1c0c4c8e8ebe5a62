"""The packages whose tables are kept, and their archives from the registries, by the registries' own clients."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import NamedTuple, cast

from lkagent_lint.sources.sdk.order import Order, order

_STABLE = re.compile(r"\d+(?:\.\d+)+")
_EARLY = re.compile(r"\d+(?:\.\d+)+(?:(?:a|b|rc)\d+|-(?:alpha|beta|rc)\.\d+)")
"""A pre-release that was announced, and no build of a night."""


class Package(NamedTuple):
    """A package: its name, the oldest release that is read in full, and older series of which the last is."""

    name: str
    first: str
    older_from: str
    npm: bool = False

    @property
    def file(self) -> str:
        """The stem of its table's file name; the two registries have packages of one name."""
        return f"{'npm' if self.npm else 'pypi'}-{self.name.replace('@', '').replace('/', '-')}"


PYTHON = (
    Package("livekit-agents", "1.0.0", "0.7"),
    Package("livekit", "1.0.0", "0.12"),
    Package("livekit-api", "1.0.0", "0.5"),
    Package("livekit-protocol", "1.0.0", "0.5"),
)
NODE = (
    Package("@livekit/agents", "1.0.0", "0.3", npm=True),
    Package("@livekit/rtc-node", "0.13.0", "0.11", npm=True),
    Package("livekit-server-sdk", "2.0.0", "1.0", npm=True),
)
PACKAGES = (*PYTHON, *NODE)


def place(package: Package, version: str) -> Order:
    """What versions of a package are sorted by."""
    return order(version, npm=package.npm)


def released(package: Package) -> list[str]:
    """The releases that are read, oldest first: all stable ones from ``first`` on, the last of each older series, and
    the pre-releases of what comes next.

    Asks the registry. Raises ``subprocess.CalledProcessError`` where that fails.
    """
    return chosen(package, _versions(package))


def chosen(package: Package, versions: Iterable[str]) -> list[str]:
    """Those of all releases that are read."""
    by_place = partial(place, package)
    listed = list(versions)
    stable = sorted(filter(_STABLE.fullmatch, listed), key=by_place)
    older: dict[tuple[int, ...], str] = {}
    for version in stable:
        if by_place(package.older_from) <= by_place(version) < by_place(package.first):
            older[tuple(map(int, version.split(".")[:2]))] = version
    coming = [each for each in filter(_EARLY.fullmatch, listed) if by_place(each) > by_place(stable[-1])]
    full = [each for each in stable if by_place(each) >= by_place(package.first)]
    return [*older.values(), *full, *sorted(coming, key=by_place)]


def _versions(package: Package) -> list[str]:
    if package.npm:
        listed: object = json.loads(_run("npm", "view", package.name, "versions", "--json"))
        return [str(each) for each in cast("list[object]", listed)] if isinstance(listed, list) else [str(listed)]
    listing = _run(sys.executable, "-m", "pip", "index", "versions", "--pre", package.name)
    found = re.search(r"Available versions: (.*)", listing)
    return [] if found is None else found[1].split(", ")


def archive(package: Package, version: str, cache: Path) -> Path:
    """The release's wheel or tarball, downloaded into ``cache`` unless it is there. Nothing of it is installed or run.

    Raises ``subprocess.CalledProcessError`` where the registry does not have it.
    """
    folder = cache / package.file / version
    found = _archive_in(folder)
    if found is None:
        folder.mkdir(parents=True, exist_ok=True)
        wanted = f"{package.name}@{version}" if package.npm else f"{package.name}=={version}"
        if package.npm:
            _run("npm", "pack", "--silent", "--ignore-scripts", "--pack-destination", str(folder), wanted)
        else:
            _run(
                *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"),
                *("--dest", str(folder), wanted),
            )
        found = _archive_in(folder)
    if found is None:
        raise FileNotFoundError(f"the registry gave no archive for {package.name} {version}")
    return found


def _archive_in(folder: Path) -> Path | None:
    found = [each for each in folder.glob("*") if each.suffix in (".whl", ".tgz")]
    return found[0] if found else None


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout

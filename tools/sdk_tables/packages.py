"""The packages whose tables are kept, and their archives from the registries, by the registries' own clients."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple, cast

_STABLE = re.compile(r"\d+(?:\.\d+)+")


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


def numbers(version: str) -> tuple[int, ...]:
    """``1.5.10`` as ``(1, 5, 10)``."""
    return tuple(map(int, version.split(".")))


def released(package: Package) -> list[str]:
    """The stable releases that are read, oldest first: all from ``first`` on, the last of each older series.

    Asks the registry. Raises ``subprocess.CalledProcessError`` where that fails.
    """
    stable = sorted(filter(_STABLE.fullmatch, _versions(package)), key=numbers)
    older: dict[tuple[int, ...], str] = {}
    for version in stable:
        if numbers(package.older_from) <= numbers(version) < numbers(package.first):
            older[numbers(version)[:2]] = version
    return [*older.values(), *(each for each in stable if numbers(each) >= numbers(package.first))]


def _versions(package: Package) -> list[str]:
    if package.npm:
        listed: object = json.loads(_run("npm", "view", package.name, "versions", "--json"))
        return [str(each) for each in cast("list[object]", listed)] if isinstance(listed, list) else [str(listed)]
    listing = _run(sys.executable, "-m", "pip", "index", "versions", package.name)
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

"""Read the released SDKs and write their tables into the package.

``python -m tools.sdk_tables`` adds the releases that the tables lack; pre-releases of what comes next are among them,
and go once it is there. ``--news`` says what those releases would bring, and writes nothing. ``--rebuild`` reads every
release again, after the reader has changed. ``--check`` reads the newest releases of each table again and fails where
the table says something else. ``--export FILE`` writes all tables as one file, for the setting ``sdk-tables``. The
registries are asked through pip and npm; nothing that they give is installed or run.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import msgspec

if __package__ in (None, ""):  # run as a folder: python tools/sdk_tables
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from lkagent_lint.sources.sdk.order import is_prerelease
from tools.sdk_tables import merge, news
from tools.sdk_tables.packages import PACKAGES, Package, archive, place, released
from tools.sdk_tables.surface import Surface

TABLES = Path(__file__).resolve().parents[2] / "lkagent_lint" / "sources" / "sdk" / "tables"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.sdk_tables", description=__doc__)
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true", help="compare the newest release of each table with its archive")
    mode.add_argument("--rebuild", action="store_true", help="read every release again")
    mode.add_argument("--news", action="store_true", help="say what releases have that the tables lack")
    mode.add_argument("--export", type=Path, metavar="FILE", help="write the tables as one file")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "lkagent-lint" / "sdk", metavar="DIR")
    parser.add_argument("--only", action="append", metavar="PACKAGE", help="this package (may be repeated)")
    options = parser.parse_args(arguments)
    packages = [each for each in PACKAGES if not options.only or each.name in options.only]
    if options.export:
        tables = [(TABLES / f"{package.file}.json").read_bytes().strip() for package in packages]
        options.export.write_bytes(b"[" + b",\n".join(tables) + b"]\n")
        return 0
    if options.check:
        return check(packages, options.cache)
    if options.news:
        for package in packages:
            print_news(package, options.cache)
        return 0
    TABLES.mkdir(parents=True, exist_ok=True)
    for package in packages:
        update(package, options.cache, rebuild=options.rebuild)
    write_releases()
    return 0


def update(package: Package, cache: Path, *, rebuild: bool) -> None:
    """Bring one package's table up to date."""
    path = TABLES / f"{package.file}.json"
    stored = None if rebuild or not path.exists() else merge.decode(path.read_bytes())
    versions = released(package)
    kept = [] if stored is None else [each for each in stored.releases if _stays(package, each, versions)]
    known = {} if stored is None else {version: stored.surface(version) for version in kept}
    missing = [version for version in versions if version not in known]
    print(f"{package.name}: {len(missing)} of {len(versions)} releases to read")
    if not missing and stored is not None and kept == stored.releases:
        return
    known.update(_surfaces(package, missing, cache))
    ordered = sorted(known, key=partial(place, package))
    path.write_bytes(merge.merged(package.name, (merge.Release(version, known[version]) for version in ordered)))


def _stays(package: Package, version: str, released: list[str]) -> bool:
    """A stable release stays even when it is withdrawn; a pre-release goes when the stable one is there."""
    return version in released or not is_prerelease(version, npm=package.npm)


def _surfaces(package: Package, versions: Sequence[str], cache: Path) -> dict[str, Surface]:
    archives = [archive(package, version, cache) for version in versions]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(versions, pool.map(partial(surface_of, package), archives), strict=True))


def print_news(package: Package, cache: Path) -> None:
    """What the releases bring that the table lacks, one after the other."""
    stored = merge.decode((TABLES / f"{package.file}.json").read_bytes())
    missing = [version for version in released(package) if version not in stored.releases]
    if not missing:
        print(f"{package.name}: nothing beside {stored.releases[-1]}")
        return
    known = {version: stored.surface(version) for version in stored.releases}
    known.update(_surfaces(package, missing, cache))
    ordered = sorted(known, key=partial(place, package))
    for version in missing:
        before = ordered[ordered.index(version) - 1]
        found = news.between(known[before], known[version])
        print(f"{package.name} {version}, beside {before}: {'' if found else 'nothing'}")
        for word, lines in zip(("came", "went", "deprecated"), found, strict=True):
            for line in lines:
                print(f"  {word} {line}")


def write_releases() -> None:
    """The releases of all tables once more in a small file, which is read whenever the linter starts."""
    stored = (merge.decode((TABLES / f"{package.file}.json").read_bytes()) for package in PACKAGES)
    lines = (f'"{each.package}":{msgspec.json.encode(each.releases).decode()}' for each in stored)
    (TABLES / "releases.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def surface_of(package: Package, path: Path) -> Surface:
    """The surface of an archive."""
    if package.npm:
        from tools.sdk_tables.node_surface import read as read_node

        return merge.without_empty(read_node(path, package.name))
    from tools.sdk_tables import python_requires
    from tools.sdk_tables.python_surface import read as read_python

    return merge.without_empty({**read_python(path), "requires": python_requires.read(path)})


def check(packages: Sequence[Package], cache: Path) -> int:
    """Read each table's newest releases again; 1 where a table says something else."""
    status = 0
    for package in packages:
        if package.npm and shutil.which("npm") is None:
            print(f"{package.name}: not checked, there is no npm here")
            continue
        stored = merge.decode((TABLES / f"{package.file}.json").read_bytes())
        for version in _newest(package, stored.releases):
            differing = _differing(package, stored, version, cache)
            print(f"{package.name} {version}: {'differs' if differing else 'as in the table'}")
            for line in differing[:20]:
                print(f"  {line}")
            status = status or int(bool(differing))
    return status


def _newest(package: Package, releases: Sequence[str]) -> list[str]:
    """The newest stable release, and the newest pre-release behind it."""
    stable = [each for each in releases if not is_prerelease(each, npm=package.npm)]
    return list(dict.fromkeys([stable[-1], releases[-1]]))


def _differing(package: Package, stored: merge.Stored, version: str, cache: Path) -> list[str]:
    """Where a release differs from its table, in words."""
    try:
        found = surface_of(package, archive(package, version, cache))
    except (OSError, subprocess.CalledProcessError) as error:
        return [f"cannot be had ({error})"]
    known = stored.surface(version)
    return sorted(
        f"{section}: {owner}"
        for section, owners in found.items()
        for owner in owners.keys() | known[section].keys()
        if owners.get(owner) != known[section].get(owner)
    )


if __name__ == "__main__":
    sys.exit(main())

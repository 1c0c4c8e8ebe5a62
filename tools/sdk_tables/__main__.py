"""Read the released SDKs and write their tables into the package.

``python -m tools.sdk_tables`` adds the releases that the tables lack. ``--rebuild`` reads every release again, after
the reader has changed. ``--check`` reads the newest release of each table again and fails where the table says
something else. The registries are asked through pip and npm; nothing that they give is installed or run.
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

from tools.sdk_tables import merge
from tools.sdk_tables.packages import PACKAGES, Package, archive, numbers, released
from tools.sdk_tables.surface import Surface

TABLES = Path(__file__).resolve().parents[2] / "lkagent_lint" / "sources" / "sdk" / "tables"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.sdk_tables", description=__doc__)
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true", help="compare the newest release of each table with its archive")
    mode.add_argument("--rebuild", action="store_true", help="read every release again")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "lkagent-lint" / "sdk", metavar="DIR")
    parser.add_argument("--only", action="append", metavar="PACKAGE", help="this package (may be repeated)")
    options = parser.parse_args(arguments)
    packages = [each for each in PACKAGES if not options.only or each.name in options.only]
    if options.check:
        return check(packages, options.cache)
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
    known = {} if stored is None else {version: stored.surface(version) for version in stored.releases}
    missing = [version for version in versions if version not in known]
    print(f"{package.name}: {len(missing)} of {len(versions)} releases to read")
    if not missing:
        return
    archives = [archive(package, version, cache) for version in missing]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        known.update(zip(missing, pool.map(partial(surface_of, package), archives), strict=True))
    ordered = sorted(known, key=numbers)
    path.write_bytes(merge.merged(package.name, (merge.Release(version, known[version]) for version in ordered)))


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
    from tools.sdk_tables.python_surface import read as read_python

    return merge.without_empty(read_python(path))


def check(packages: Sequence[Package], cache: Path) -> int:
    """Read each table's newest release again; 1 where a table says something else."""
    status = 0
    for package in packages:
        if package.npm and shutil.which("npm") is None:
            print(f"{package.name}: not checked, there is no npm here")
            continue
        stored = merge.decode((TABLES / f"{package.file}.json").read_bytes())
        version = stored.releases[-1]
        try:
            found = surface_of(package, archive(package, version, cache))
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"{package.name} {version}: cannot be had ({error})")
            status = 1
            continue
        differing = [
            f"{section}: {owner}"
            for section, owners in found.items()
            for owner in owners.keys() | stored.surface(version)[section].keys()
            if owners.get(owner) != stored.surface(version)[section].get(owner)
        ]
        print(f"{package.name} {version}: {'as in the table' if not differing else 'differs'}")
        for line in sorted(differing)[:20]:
            print(f"  {line}")
        status = status or int(bool(differing))
    return status


if __name__ == "__main__":
    sys.exit(main())

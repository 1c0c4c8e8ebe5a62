"""Checks what has been built, before it is published: the files, the metadata, and the version.

    python -m build && python tools/check_packages.py dist [TAG]

The wheel holds every file of the package that git knows and nothing else; TAG, as in v0.1.0, is that of its version.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from email.parser import HeaderParser
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
PACKAGE = "lkagent_lint"


def main(arguments: list[str]) -> int:
    if len(arguments) not in (1, 2):
        print((__doc__ or "").strip(), file=sys.stderr)
        return 2
    found = list(problems(Path(arguments[0]), arguments[1] if len(arguments) == 2 else None))
    print("\n".join(found) if found else "the distributions are in order")
    return 1 if found else 0


def problems(directory: Path, tag: str | None) -> Iterator[str]:
    """What is wrong with the distributions in a directory."""
    wheels, sources = sorted(directory.glob("*.whl")), sorted(directory.glob("*.tar.gz"))
    if (len(wheels), len(sources)) != (1, 1):
        yield f"there are {len(wheels)} wheels and {len(sources)} source distributions in {directory}"
        return
    tracked = _tracked()
    with zipfile.ZipFile(wheels[0]) as wheel:
        names = set(wheel.namelist())
        metadata = wheel.read(next(name for name in names if name.endswith(".dist-info/METADATA"))).decode()
    packaged = {name for name in names if ".dist-info/" not in name}
    yield from (f"the wheel lacks {name}" for name in sorted(tracked - packaged))
    yield from (f"the wheel holds {name}" for name in sorted(packaged - tracked))
    with tarfile.open(sources[0]) as source:
        held = {name.partition("/")[2] for name in source.getnames()}
    yield from (f"the source distribution lacks {name}" for name in sorted({*tracked, "LICENSE", "README.md"} - held))
    yield from _about(metadata, tag)


def _tracked() -> set[str]:
    """The files of the package that git knows."""
    command = ["git", "ls-files", "-z", PACKAGE]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    return {name for name in done.stdout.split("\0") if name}


def _about(metadata: str, tag: str | None) -> Iterator[str]:
    fields = HeaderParser().parsestr(metadata)
    if fields["License-Expression"] != "MIT" or fields.get_all("License-File") != ["LICENSE"]:
        yield "the licence is not stated as PEP 639 asks"
    if any(each.startswith("License ::") for each in fields.get_all("Classifier", [])):
        yield "a classifier stands beside the licence expression"
    if "Typing :: Typed" not in fields.get_all("Classifier", []):
        yield "nothing says that the package is typed"
    if tag is not None and tag != f"v{fields['Version']}":
        yield f"the tag {tag} is not that of version {fields['Version']}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Puts mistakes into correct entry functions and counts those that the linter misses.

    python -m tools.mutate DIRECTORY...

Each file with an entry that awaits one ``session.start(room=…)`` is copied with its directory to a place of its own, so
that nothing of the originals is changed. Prints found mutants by rule and operator, and what is found in the files as
they are: each of those is right, or a false alarm. Exits with 1 if fewer than 97 in 100 mutants are found.
"""

from __future__ import annotations

import argparse
import ast
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, cast

from lkagent_lint import engine
from lkagent_lint.languages import SCRIPTS
from tools.mutate.node import MANIFEST, node_entries, node_mutants, parse
from tools.mutate.operators import Mutant, entries, mutants
from tools.mutate.registrations import registration_mutants

BAR = 0.97
SETTINGS = '[project]\nname = "mutants"\ndependencies = ["livekit-agents==1.8.9"]\n[tool.lkagent-lint]\nroot = true\n'


class Outcome(NamedTuple):
    path: str
    entry: str
    mutant: Mutant
    found: bool
    unchanged: Counter[str]
    """What is found in the file as it is, by code."""


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.mutate", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("directories", nargs="+")
    parser.add_argument("--only", metavar="CODE", default="", help="mutants of rules that begin so: LKA3")
    parser.add_argument("--missed", action="store_true", help="name every mutant that is missed")
    given = parser.parse_args(argv)
    directories, only, missed = cast("tuple[list[str], str, bool]", (given.directories, given.only, given.missed))
    outcomes = [each for directory in directories for each in of_directory(Path(directory), only)]
    report(outcomes, missed=missed)
    return 0 if outcomes and sum(each.found for each in outcomes) >= BAR * len(outcomes) else 1


def of_directory(directory: Path, only: str = "") -> Iterator[Outcome]:
    """The outcome of every mutant of every entry below a directory; ``only`` is how their rules begin."""
    for path in sorted(directory.rglob("*.py")):
        try:
            source = path.read_text(encoding="utf-8")
            names = _entry_names(source)
            found = list(entries(source, names)) if names else []
        except (SyntaxError, UnicodeDecodeError):
            continue
        if found:
            with tempfile.TemporaryDirectory() as copy:
                yield from _of_file(path, source, Path(copy), only)
    for path in sorted(each for each in directory.rglob("*") if each.name.endswith(SCRIPTS)):
        try:
            source = path.read_text(encoding="utf-8")
        except (UnicodeDecodeError, IsADirectoryError):
            continue
        if "node_modules" not in path.parts and list(node_entries(source, path.name)):
            with tempfile.TemporaryDirectory() as copy:
                yield from _of_script(path, source, Path(copy), only)


def _entry_names(source: str) -> set[str]:
    """What is registered, as far as a file alone says: decorated with ``rtc_session``, or given as an entrypoint."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)) if "livekit" in source else ():
        match node:
            case ast.AsyncFunctionDef(name=name, decorator_list=decorators):
                if any("rtc_session" in ast.dump(each) for each in decorators):
                    names.add(name)
            case ast.keyword(arg="entrypoint_fnc", value=ast.Name(name)):
                names.add(name)
            case _:
                pass
    return names


def _of_file(path: Path, source: str, copy: Path, only: str) -> Iterator[Outcome]:
    """Judge the mutants of a file within a copy of its directory."""
    _copy(path, copy, (".py",))
    before = _codes(copy / path.name, {})
    for entry in entries(source, _entry_names(source)):
        for mutant in (*mutants(source, entry), *registration_mutants(source, entry)):
            if mutant.rule.startswith(only) and mutant.rule not in before and _compiles(mutant.text):
                yield _judged(path, entry.function.name, mutant, copy, before)


def _of_script(path: Path, source: str, copy: Path, only: str) -> Iterator[Outcome]:
    """The same for a file of Node."""
    _copy(path, copy, SCRIPTS)
    (copy / "package.json").write_text(MANIFEST, encoding="utf-8")
    before = _codes(copy / path.name, {})
    for number, entry in enumerate(node_entries(source, path.name)):
        for mutant in node_mutants(source, entry):
            if mutant.rule.startswith(only) and mutant.rule not in before and parse(mutant.text, path.name) is not None:
                yield _judged(path, f"{entry.name}#{number}", mutant, copy, before)


def _copy(path: Path, copy: Path, suffixes: tuple[str, ...]) -> None:
    for beside in path.parent.rglob("*"):
        if beside.name.endswith(suffixes) and beside.is_file() and "node_modules" not in beside.parts:
            target = copy / beside.relative_to(path.parent)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(beside, target)
    (copy / "pyproject.toml").write_text(SETTINGS, encoding="utf-8")


def _judged(path: Path, entry: str, mutant: Mutant, copy: Path, before: Counter[str]) -> Outcome:
    place = copy / path.name
    extra = {str(copy / name): text.encode() for name, text in mutant.extra.items()}
    after = _codes(place, {str(place): mutant.text.encode(), **extra}, *extra)
    return Outcome(str(path), entry, mutant, after[mutant.rule] > before[mutant.rule], before)


def _codes(place: Path, overlays: dict[str, bytes], *others: str) -> Counter[str]:
    report = engine.check(engine.Request(paths=(str(place), *others), overlays=overlays))
    return Counter(each.code for each in report.diagnostics)


def _compiles(text: str) -> bool:
    try:
        compile(text, "mutant", "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


def report(outcomes: list[Outcome], *, missed: bool) -> None:
    """Print the table, and the missed ones if asked for."""
    entries_seen = {(each.path, each.entry) for each in outcomes}
    print(f"{len(outcomes)} mutants of {len(entries_seen)} entries")
    for key in sorted({(each.mutant.rule, each.mutant.operator) for each in outcomes}):
        group = [each for each in outcomes if (each.mutant.rule, each.mutant.operator) == key]
        print(f"{key[0]}  {key[1]:42} {sum(each.found for each in group):4} of {len(group)}")
    found = sum(each.found for each in outcomes)
    print(f"found: {found} of {len(outcomes)} ({100 * found / max(1, len(outcomes)):.1f} in 100)")
    unchanged = {each.path: each.unchanged for each in outcomes}
    print(f"files as they are ({len(unchanged)}): {_listed(sum(unchanged.values(), Counter[str]()))}")
    for path, codes in unchanged.items():
        if codes:
            print(f"  {os.path.relpath(path)}: {_listed(codes)}")
    for each in outcomes if missed else ():
        if not each.found:
            print(f"missed: {os.path.relpath(each.path)} {each.entry}(): {each.mutant.rule} {each.mutant.operator}")


def _listed(codes: Counter[str]) -> str:
    return ", ".join(f"{code} {number}" for code, number in sorted(codes.items())) or "nothing"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

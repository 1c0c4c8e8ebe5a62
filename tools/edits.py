"""Random edits of projects: after each of them a check that goes on, and one that finds what an earlier one has kept,
must say what one from nothing says.

``python -m tools.edits --edits 2000 --seed 1`` makes so many, over generated projects and the fixtures, and ends with
an error at the first difference.
"""

from __future__ import annotations

import argparse
import random
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from lkagent_lint.config.errors import ConfigError
from lkagent_lint.diagnostics import Report
from lkagent_lint.engine import Request, check, live_check
from lkagent_lint.languages import SCRIPTS
from tools.bench.synthetic import build

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "rules"
_CODE = (".py", *SCRIPTS)
_SETTINGS = (
    "",
    'ignore = ["LKA1"]\n',
    'select = ["LKA"]\npreview = true\n',
    'sdk-version = "1.2.0"\n',
    'severity = { LKA101 = "info" }\n',
    "preview = true\n",
    'select = ["nothing"]\n',
)
_WORD = re.compile(r"\b[a-z_]{4,}\b")
_CONSTANT = re.compile(r'"[^"\n]*"|\b\d+\b')
_DEFINITION = re.compile(r"^(?:async )?def \w+\(.*?\n(?:(?:[ \t].*)?\n)+", re.MULTILINE)
_KEYWORDS = frozenset(
    {"async", "await", "import", "from", "return", "class", "else", "except", "with", "while", "true"}
)


class Difference(Exception):
    """A check that went on, or found what was kept, said something else than one from nothing."""


class Editing:
    """Edits one project again and again, and compares."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root = root
        self._random = random.Random(seed)
        self._request = Request(paths=(str(root),), options={"preview": True})
        self._live = live_check(self._request)
        self._unsaved: dict[str, bytes] = {}
        self._broken: dict[Path, bytes] = {}
        self._made = 0
        self.kinds: dict[str, int] = {}
        self.findings = 0

    def run(self, edits: int) -> None:
        """Make so many edits. Raises Difference."""
        self._compare("at first")
        kinds = self._edits()
        for _ in range(edits):
            edit = self._random.choice(kinds)
            self.kinds[edit.__name__] = self.kinds.get(edit.__name__, 0) + 1
            edit()
            self._compare(edit.__name__.strip("_"))

    def _edits(self) -> list[Callable[[], None]]:
        often = [self._insert, self._delete, self._rename, self._change_constant, self._save, self._break]
        seldom = [self._move, self._add, self._remove, self._set, self._mend]
        return [*often, *often, *seldom]

    def _compare(self, after: str) -> None:
        anew = self._said(lambda: check(self._asked(cache=False)))
        for what, said in (
            ("going on", self._said(self._live.check)),
            ("kept", self._said(lambda: check(self._asked(cache=True)))),
        ):
            if said != anew:
                where = f"{self.root}: after {self._made} edits, the last of them {after}, {what}"
                raise Difference(f"{where}:\n{said!r}\n{anew!r}")
        self._made += 1

    def _asked(self, *, cache: bool) -> Request:
        return msgspec.structs.replace(self._request, overlays=dict(self._unsaved), cache=cache)

    def _said(self, ask: Callable[[], Report]) -> bytes | str:
        try:
            report = ask()
        except ConfigError as error:
            return str(error)
        self.findings += len(report.diagnostics)
        # How many steps it took is no part of what is said: a project that is judged at once takes fewer.
        summary = msgspec.structs.replace(report.summary, steps=0)
        return msgspec.json.encode(msgspec.structs.replace(report, summary=summary))

    # What stands where

    def _files(self) -> list[Path]:
        found = [path for path in self.root.rglob("*") if path.is_file() and path.name != "pyproject.toml"]
        return sorted(path for path in found if ".lkagent_lint_cache" not in path.parts)

    def _some(self) -> Path:
        code = [path for path in self._files() if path.suffix in _CODE]
        return self._random.choice(code or self._files())

    def _text(self, path: Path) -> str:
        data = self._unsaved.get(str(path))
        return (path.read_bytes() if data is None else data).decode("utf-8", "surrogateescape")

    def _write(self, path: Path, text: str) -> None:
        """Most edits are not saved at once."""
        data = text.encode("utf-8", "surrogateescape")
        if self._random.random() < 0.6:
            self._unsaved[str(path)] = data
            self._live.overlay(str(path), data)
        else:
            self._forget(path)
            path.write_bytes(data)
            self._live.changed([str(path)])

    def _forget(self, path: Path) -> None:
        if self._unsaved.pop(str(path), None) is not None:
            self._live.overlay(str(path), None)

    # The edits

    def _insert(self) -> None:
        path = self._some()
        lines = self._text(path).splitlines(keepends=True)
        number = self._random.randrange(len(lines) + 1)
        new = "\n" if self._random.random() < 0.5 or not lines else self._random.choice(lines)
        self._write(path, "".join([*lines[:number], new, *lines[number:]]))

    def _delete(self) -> None:
        path = self._some()
        lines = self._text(path).splitlines(keepends=True)
        if lines:
            del lines[self._random.randrange(len(lines))]
            self._write(path, "".join(lines))

    def _rename(self) -> None:
        path = self._some()
        text = self._text(path)
        words = sorted(set(_WORD.findall(text)) - _KEYWORDS)
        if words:
            word = self._random.choice(words)
            self._write(path, re.sub(rf"\b{word}\b", f"{word}_{self._made}", text))

    def _change_constant(self) -> None:
        path = self._some()
        text = self._text(path)
        found = list(_CONSTANT.finditer(text))
        if found:
            one, other = self._random.choice(found), self._random.choice(found)
            self._write(path, text[: one.start()] + other[0] + text[one.end() :])

    def _move(self) -> None:
        """A function goes to another file, which imports it from there."""
        path = self._some()
        text = self._text(path)
        found = list(_DEFINITION.finditer(text)) if path.suffix == ".py" else []
        if found:
            one = self._random.choice(found)
            home = path.with_name(f"moved_{self._made}.py")
            name = one[0].partition("(")[0].split()[-1]
            self._write(home, one[0])
            self._write(path, f"from {home.stem} import {name}\n{text[: one.start()]}{text[one.end() :]}")

    def _add(self) -> None:
        path = self._some()
        self._write(path.with_name(f"added_{self._made}{path.suffix}"), self._text(path))

    def _remove(self) -> None:
        files = self._files()
        if len(files) < 2:
            return
        path = self._random.choice(files)
        self._forget(path)
        path.unlink()
        self._live.changed([str(path)])

    def _save(self) -> None:
        for name in list(self._unsaved)[:1]:
            path = Path(name)
            path.write_bytes(self._unsaved[name])
            self._forget(path)
            self._live.changed([name])

    def _break(self) -> None:
        path = self._some()
        self._broken.setdefault(path, self._text(path).encode("utf-8", "surrogateescape"))
        self._write(path, f"{self._text(path)}\ndef (:\n")

    def _mend(self) -> None:
        for path, data in list(self._broken.items())[:1]:
            del self._broken[path]
            if path.exists():
                self._write(path, data.decode("utf-8", "surrogateescape"))

    def _set(self) -> None:
        path = self.root / "pyproject.toml"
        lines = self._random.choice(_SETTINGS)
        path.write_text(f"[tool.lkagent-lint]\nroot = true\n{lines}")
        self._live.changed([str(path)])


def projects(directory: Path, seed: int) -> Iterator[Path]:
    """Projects without end: generated ones, and some fixtures side by side."""
    chosen = random.Random(seed)
    cases = sorted({path.parent for path in FIXTURES.rglob("*") if path.is_file() and path.suffix in _CODE})
    for number in range(10**9):
        root = directory / f"project_{number}"
        if number % 3 == 0:
            build(root, chosen.randrange(2, 8))
        else:
            root.mkdir()
            (root / "pyproject.toml").write_text("[tool.lkagent-lint]\nroot = true\n")
            for index, case in enumerate(chosen.sample(cases, chosen.randrange(1, 6))):
                shutil.copytree(case, root / f"case_{index}")
        yield root


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=2000)
    parser.add_argument("--each", type=int, default=25, help="edits of one project")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    made, findings, kinds = 0, 0, dict[str, int]()
    with tempfile.TemporaryDirectory() as directory:
        for number, root in enumerate(projects(Path(directory), given.seed)):
            editing = Editing(root, given.seed * 1_000_003 + number)
            try:
                editing.run(min(given.each, given.edits - made))
            except Difference as difference:
                print(difference, file=sys.stderr)
                return 1
            made += given.each
            findings += editing.findings
            for kind, count in editing.kinds.items():
                kinds[kind] = kinds.get(kind, 0) + count
            shutil.rmtree(root)
            if made >= given.edits:
                break
    print(f"{given.edits} edits, {findings} findings compared: {kinds}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Every hostile input by its row: what is said of it, and that the agent beside it keeps its finding, by the command's
engine and by flake8's plugin.
"""

from __future__ import annotations

import ast
import codecs
import io
import tokenize
import warnings
from argparse import Namespace
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from lkagent_lint import engine, flake8_plugin
from lkagent_lint.diagnostics import Severity
from lkagent_lint.flake8_plugin import Plugin
from tools.hostile.inputs import Input, write
from tools.hostile.rows import inputs

INPUTS = inputs()
_EITHER = ("LKA004?",)
_OF_FLAKE8 = frozenset({"LKA001", "LKA002", "LKA003", "LKA004"})
"""What flake8 says itself."""


@pytest.mark.parametrize("given", INPUTS, ids=[f"{each.row:02} {each.name}" for each in INPUTS])
def test_an_input(given: Input, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, given)
    # What is kept spares flake8 the reading of the same files, and has to survive them as well.
    report = engine.check(engine.Request(paths=(str(tmp_path),), jobs=1, cache=True))
    found: dict[str, list[str]] = {}
    for each in report.diagnostics:
        name = Path(each.place.path).relative_to(tmp_path).as_posix()
        found.setdefault(name, []).append(f"{each.code} {each.place.span.line}:{each.place.span.column}")
    expected = {"agent.py": ("LKA106 6:5",), **given.found}
    for name in {*found, *expected}:
        _agree(expected.get(name, ()), found.get(name, []))
    shown = {f"{each.code} {each.place.path}" for each in report.diagnostics if each.severity is not Severity.INFO}
    for name, rows in _under_flake8(tmp_path, found, monkeypatch).items():
        codes = [each for each in found[name] if f"{each.split(' ')[0]} {tmp_path / name}" in shown]
        assert rows == [each for each in codes if each.split(" ")[0] not in _OF_FLAKE8]


def _agree(expected: tuple[str, ...], found: list[str]) -> None:
    """What is found is what is expected; a place counts where one is expected."""
    bare = [each.split(" ")[0] for each in found]
    if expected == _EITHER:
        assert bare in ([], ["LKA004"])
    elif any(" " in each for each in expected):
        assert tuple(found) == expected
    else:
        assert Counter(bare) == Counter(expected)


def _under_flake8(
    folder: Path, found: Mapping[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> dict[str, list[str]]:
    """What the plugin says of each file of Python with findings that flake8 would hand over."""
    monkeypatch.setattr(flake8_plugin, "_runs", {})
    monkeypatch.chdir(folder)
    options = Namespace(filenames=["."], stdin_display_name="stdin", lka_isolated=False, lka_no_cache=False)
    rows: dict[str, list[str]] = {}
    for name in {"agent.py", *(each for each in found if each.endswith(".py"))}:
        if any(each.startswith(("LKA001", "LKA004")) for each in found[name]):
            continue
        lines = _lines((folder / name).read_bytes())
        plugin = Plugin(ast.parse(""), str(folder / name), lines, options)
        rows[name] = [f"{text.split(' ')[0]} {line}:{column + 1}" for line, column, text, _ in plugin.run()]
    return rows


def _lines(data: bytes) -> list[str]:
    """The lines of a file as flake8 hands them over."""
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    text = data.removeprefix(codecs.BOM_UTF8).decode("utf-8" if encoding == "utf-8-sig" else encoding)
    return io.StringIO(text, newline=None).readlines()


def test_newer_syntax_is_newer() -> None:
    """What is called newer is refused by Python 3.10, or by every Python: nothing else tries the other parser."""
    for given in INPUTS:
        if not given.newer:
            continue
        data = given.files()["odd.py"]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                ast.parse(data, feature_version=(3, 10))
            except (SyntaxError, RecursionError, MemoryError, ValueError):
                continue
        pytest.fail(given.name)


def test_the_same_files_are_written_each_time() -> None:
    first, second = (
        [{name: str(text) for name, text in each.files().items()} for each in inputs() if each.row < 21]
        for _ in range(2)
    )
    assert first == second

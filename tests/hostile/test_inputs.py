"""Every hostile input by its row: what is said of it, and that the agent beside it keeps its finding, in the command's
engine and under flake8's plugin.
"""

from __future__ import annotations

import ast
import warnings
from argparse import Namespace
from collections import Counter
from pathlib import Path

import pytest

from lkagent_lint import engine, flake8_plugin
from lkagent_lint.flake8_plugin import Plugin
from tools.hostile.inputs import AGENT, Input, inputs, write

INPUTS = inputs()
_EITHER = "LKA004?"
"""Left out, and said so, or read."""


@pytest.mark.parametrize("given", INPUTS, ids=[f"{each.row:02} {each.name}" for each in INPUTS])
def test_an_input(given: Input, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, given)
    report = engine.check(engine.Request(paths=(str(tmp_path),), jobs=1))
    found: dict[str, Counter[str]] = {}
    for each in report.diagnostics:
        name = Path(each.place.path).relative_to(tmp_path).as_posix()
        found.setdefault(name, Counter())[each.code] += 1
    expected = {name: Counter(codes) for name, codes in given.found.items() if codes and codes != (_EITHER,)}
    expected["agent.py"] = Counter(["LKA106"])
    for name, codes in given.found.items():
        if codes == (_EITHER,) and found.get(name) == Counter(["LKA004"]):
            del found[name]
    assert found == expected
    assert _under_flake8(tmp_path, monkeypatch) == ["LKA106"]


def _under_flake8(folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the plugin says of the agent beside the input."""
    monkeypatch.setattr(flake8_plugin, "_runs", {})
    monkeypatch.chdir(folder)
    options = Namespace(filenames=["."], stdin_display_name="stdin", lka_isolated=False, lka_no_cache=True)
    plugin = Plugin(ast.parse(""), str(folder / "agent.py"), AGENT.splitlines(keepends=True), options)
    return [text.split(" ")[0] for _, _, text, _ in plugin.run()]


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


def test_the_same_files_are_written_each_time(tmp_path: Path) -> None:
    first, second = (
        [{name: str(text) for name, text in each.files().items()} for each in inputs() if each.row < 21]
        for _ in range(2)
    )
    assert first == second

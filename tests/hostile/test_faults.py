"""Files that change while they are read, times that say nothing, and a few of the trials of ``tools.faults``."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lkagent_lint import engine
from tools.faults.scene import Scene, told
from tools.faults.trials import changes, same_bytes, signals
from tools.hostile.inputs import AGENT, ODD_AGENT, PROJECT


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of two agents with a mistake each."""
    for name, text in {"pyproject.toml": PROJECT, "agent.py": AGENT, "odd.py": ODD_AGENT}.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def found(project: Path, cache: bool = False) -> dict[str, str]:
    report = engine.check(engine.Request(paths=(str(project),), jobs=1, cache=cache))
    return {os.path.basename(each.place.path): each.code for each in report.diagnostics}


def _made_a_directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _replaced(path: Path) -> None:
    path.unlink()
    path.write_text(ODD_AGENT.replace("ctx.connect()", "await ctx.connect()"))


def _emptied(path: Path) -> None:
    path.write_text("")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (Path.unlink, {"odd.py": "LKA004"}),
        (_made_a_directory, {"odd.py": "LKA004"}),
        (_replaced, {}),
        (_emptied, {}),
    ],
    ids=["deleted", "made a directory", "replaced", "cut"],
)
def test_a_file_that_goes_while_it_is_read(
    change: Callable[[Path], object], expected: dict[str, str], project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was listed and looked at; what is opened then is another one, or none."""
    real = os.open
    waiting = [change]

    def opened(path: str, *arguments: int) -> int:
        if waiting and os.fspath(path) == str(project / "odd.py"):
            waiting.pop()(project / "odd.py")
        return real(path, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", opened)
        assert found(project) == {"agent.py": "LKA106", **expected}
    assert waiting == []


@pytest.mark.parametrize("seconds", [None, 0, 4_000_000_000], ids=["kept", "of 1970", "of the future"])
def test_times_say_nothing(seconds: int | None, project: Path) -> None:
    """Other bytes of the same size, under the time that the file had or one that cannot be."""
    odd = project / "odd.py"
    assert found(project, cache=True)["odd.py"] == "LKA106"
    before = odd.stat()
    odd.write_text(ODD_AGENT.replace("    ctx.connect()", "    ctx.connecu()"))
    when = before.st_mtime_ns if seconds is None else seconds * 1_000_000_000
    os.utime(odd, ns=(when, when))
    assert odd.stat().st_size == before.st_size
    assert found(project, cache=True)["odd.py"] == "LKA406"


_posix = pytest.mark.skipif(sys.platform != "linux", reason="signals and processes of Linux")


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return Scene(tmp_path_factory.mktemp("scene"), 3)


@_posix
def test_signals(scene: Scene) -> None:
    assert list(signals(scene, 2, random.Random(1))) == []


@_posix
def test_a_run_over_files_that_change(scene: Scene) -> None:
    assert list(changes(scene, 1, random.Random(1))) == []


@_posix
def test_what_differs_is_seen(scene: Scene) -> None:
    """Another report, a traceback, an unfinished file and half a report are each a failure."""
    assert list(same_bytes(scene, 1, random.Random(1))) == []
    (scene.written / "half.sarif").write_text("{")
    (scene.written / ".lkagent-lint.x.tmp").write_text("{}")
    assert len(list(scene.leftovers())) == 2
    ours, finder = b"a/lkagent_lint/cli/__init__.py", b"__editable___lkagent_lint_0_1_0_finder.py"
    assert list(told(b"Traceback (most recent call last):\n  %s\nKeyboardInterrupt\n" % ours))
    assert not list(told(b"Traceback (most recent call last):\n  %s\nKeyboardInterrupt\n" % finder))
    (scene.project / "agent_0.py").write_text("")
    assert len(list(same_bytes(scene, 1, random.Random(1)))) == 1

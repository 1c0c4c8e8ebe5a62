"""A check through the cache: the same report, whatever has become of the cache and of the files."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lkagent_lint import engine
from lkagent_lint.cache import DIRECTORY
from lkagent_lint.diagnostics import Report
from lkagent_lint.extraction import SourceFile, one
from lkagent_lint.facts import FileFacts, decode, encode
from lkagent_lint.frontends import python
from tests.engine.test_check import BOOT, EARLY, write


def check(root: Path, **options: object) -> Report:
    """A check that reads facts from the cache; reports that are kept have their own tests."""
    return engine.check(engine.Request(paths=(str(root),), cache=True, anew=True, **options))  # type: ignore[arg-type]


def codes(root: Path, **options: object) -> list[tuple[str, int, str]]:
    return [
        (Path(each.place.path).name, each.place.span.line, each.code) for each in check(root, **options).diagnostics
    ]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    agent = EARLY.replace("await ctx.connect()", "await boot(ctx, session, Agent(instructions=''))")
    return write(
        tmp_path, agent_py=f"from boot import boot\n{agent}", boot_py=BOOT, early_py=EARLY, bad_py="import livekit("
    )


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files whose facts were made, in order."""
    names: list[str] = []
    make = one.InProcess.make

    def noted(self: one.InProcess, sources: list[SourceFile]) -> object:
        names.extend(os.path.basename(source.path) for source in sources)
        return make(self, sources)

    monkeypatch.setattr(one.InProcess, "make", noted)
    return names


def test_a_warm_run_makes_nothing_and_says_the_same(project: Path, made: list[str]) -> None:
    cold = check(project)
    assert sorted(made) == ["agent.py", "bad.py", "boot.py", "early.py"]
    made.clear()
    assert check(project) == cold == engine.check(engine.Request(paths=(str(project),)))
    assert cold.diagnostics
    made.clear()
    assert check(project, cache_dir=str(project / "own")) == cold
    assert sorted(made) == ["agent.py", "bad.py", "boot.py", "early.py"]


def test_only_what_has_changed_is_made_again(project: Path, made: list[str]) -> None:
    check(project)
    made.clear()
    status = (project / "early.py").stat()
    (project / "early.py").write_text(EARLY.replace("await ctx.connect()", "await ctx.connect( )"))
    os.utime(project / "early.py", ns=(status.st_atime_ns, status.st_mtime_ns))  # times tell nothing
    check(project)
    assert made == ["early.py"]
    made.clear()
    (project / "moved").mkdir()
    (project / "early.py").rename(project / "moved" / "late.py")
    check(project)
    assert made == []


def test_a_helper_that_changes_changes_what_is_said_of_others(project: Path) -> None:
    before = codes(project)
    (project / "boot.py").write_text(BOOT.replace("    await context.connect()\n", ""))
    after = codes(project)
    assert [each for each in before if each not in after] == [("boot.py", 2, "LKA101")]
    (project / "boot.py").unlink()
    assert ("boot.py", 2, "LKA101") not in codes(project)
    (project / "boot.py").write_text(BOOT)
    assert codes(project) == before


def test_unsaved_text_is_not_kept(project: Path, made: list[str]) -> None:
    unsaved = {str(project / "early.py"): EARLY.replace("server", "host").encode()}
    cold = check(project, overlays=unsaved)
    made.clear()
    assert check(project, overlays=unsaved) == cold
    assert made == ["early.py"]
    made.clear()
    check(project)
    assert made == ["early.py"]


@pytest.mark.skipif(sys.platform == "win32", reason="modes of POSIX")
@pytest.mark.parametrize("spoil", ["link", "file", "readonly", "open", "garbage"])
def test_a_cache_that_cannot_be_used_costs_nothing_but_time(project: Path, spoil: str) -> None:
    expected = engine.check(engine.Request(paths=(str(project),)))
    cache = project / DIRECTORY
    if spoil == "link":
        (project / "elsewhere").mkdir()
        cache.symlink_to("elsewhere")
    elif spoil == "file":
        cache.write_text("none")
    elif spoil == "garbage":
        check(project)
        for path in cache.glob("*.facts"):
            path.write_bytes(b"garbage")
    else:
        cache.mkdir()
        cache.chmod(0o777 if spoil == "open" else 0o555)
    assert check(project) == check(project) == expected
    if spoil == "link":
        assert list((project / "elsewhere").iterdir()) == []


def test_facts_of_another_shape_are_made_again(project: Path, monkeypatch: pytest.MonkeyPatch, made: list[str]) -> None:
    def deep(*_: object) -> bytes:
        return b"\x93" * 20_000  # deep nesting, with a right checksum

    expected = check(project)
    with monkeypatch.context() as patch:
        patch.setattr(one, "make_facts", deep)
        with pytest.raises(Exception, match=r".*"):
            check(project, cache_dir=str(project / "own"))
    made.clear()
    assert check(project, cache_dir=str(project / "own")) == expected
    assert len(made) == 4


def test_a_failing_front_end_is_asked_again(project: Path, monkeypatch: pytest.MonkeyPatch, made: list[str]) -> None:
    def broken(data: bytes) -> FileFacts:
        raise LookupError("for a while")

    with monkeypatch.context() as patch:
        patch.setattr(python, "extract", broken)
        assert check(project).internal_errors
    made.clear()
    assert not check(project).internal_errors
    assert sorted(made) == ["agent.py", "bad.py", "boot.py", "early.py"]


def test_processes_at_once_say_the_same(project: Path) -> None:
    command = [sys.executable, "-m", "lkagent_lint", "--output-format", "json", "--cache-dir", str(project / "own")]
    running = [
        subprocess.Popen([*command, *ignored], cwd=project, stdout=subprocess.PIPE)
        for ignored in ([], [], ["--ignore", "LKA1"])
    ]
    outputs = [process.communicate()[0] for process in running]
    assert [process.returncode for process in running] == [1, 1, 1]
    assert outputs[0] == outputs[1] != outputs[2]
    assert b"LKA101" in outputs[0]
    leftovers = [path.name for path in (project / "own").rglob("*") if path.name.endswith(".tmp")]
    assert leftovers == []


def test_lone_surrogates_survive_the_way_to_the_cache_and_back(tmp_path: Path) -> None:
    facts = python.extract(b'import livekit\nname = "\\ud800"\n')
    decoded = decode(encode(facts))
    assert decoded == decode(encode(decoded))
    write(tmp_path, agent_py=EARLY.replace("rtc_session()", 'rtc_session(agent_name="\\ud800")'))
    assert check(tmp_path) == check(tmp_path)

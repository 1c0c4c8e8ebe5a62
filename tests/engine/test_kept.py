"""Reports that are kept: given again only where nothing that they follow from has changed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, TimeoutError
from pathlib import Path

import pytest

from lkagent_lint import disk, engine
from lkagent_lint.cache import DIRECTORY, generation
from lkagent_lint.cache.reports import KeptReports
from lkagent_lint.config import ConfigError
from lkagent_lint.diagnostics import Report
from lkagent_lint.engine import checking, kept
from lkagent_lint.extraction import one
from lkagent_lint.facts import FileFacts
from lkagent_lint.frontends import python
from tests.engine.test_check import BOOT, EARLY, SETTINGS, write

AGENT = f"from boot import boot\n{EARLY}".replace(
    "await ctx.connect()", "await boot(ctx, session, Agent(instructions=''))"
)
DISPATCH = """\
from livekit import api


async def ask(client):
    await client.agent_dispatch.create_dispatch(api.CreateAgentDispatchRequest(agent_name="nobody", room="r"))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that asks the disk every question that there is, below a repository's top."""
    top = tmp_path / "top"
    (top / ".git" / "info").mkdir(parents=True)
    (top / ".gitignore").write_text("*.none\n")
    root = write(
        top / "project",
        pyproject_toml=SETTINGS + 'extend = "../shared.toml"\nbaseline = "known.json"\n',
        agent_py=AGENT,
        boot_py=BOOT,
        early_py=EARLY,
        backend__ask_py=DISPATCH,
        backend__other_py=EARLY,
        backend__requirements_txt="-r more.txt\n",
        backend__more_txt="livekit-api==1.0.0\n",
        web__ask_ts='import { AgentDispatchClient } from "livekit-server-sdk";\n',
        web__package_json='{"dependencies": {"@livekit/agents": "^1.0.0"}}',
        deploy_yaml="agent_name: helper\n",
        stubs__lib_pyi="def f() -> int: ...\n",
        bad_py="import livekit(",
        large_py="import livekit\n" + "#" * 2_000_001,
    )
    write(top, shared_toml="", pyproject_toml="")
    (root / "known.json").write_text('{"version": 1, "findings": {}}')
    if sys.platform != "win32":
        (root / "link.py").symlink_to("early.py")
        (root / "gone.py").symlink_to("nowhere.py")
    return root


def request(root: Path, **options: object) -> engine.Request:
    return engine.Request(paths=(str(root),), cache=True, **options)  # type: ignore[arg-type]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[engine.Request]:
    """The requests whose reports were made and not given again."""
    requests: list[engine.Request] = []
    make = checking.checked

    def noted(asked: engine.Request, watch: engine.Watch) -> Report:
        requests.append(asked)
        return make(asked, watch)

    monkeypatch.setattr(checking, "checked", noted)
    return requests


def fresh(root: Path, **options: object) -> Report:
    return engine.check(engine.Request(paths=(str(root),), **options))  # type: ignore[arg-type]


def test_an_unchanged_project_has_the_report_that_it_had(project: Path, made: list[engine.Request]) -> None:
    reports = [engine.check(request(project)) for _ in range(3)]
    assert len(made) == 1
    assert reports[0] == reports[1] == reports[2] == fresh(project)
    assert {"LKA101", "LKA001"} <= {each.code for each in reports[0].diagnostics}
    assert engine.check(request(project, jobs=2, cache_dir=None)) == reports[0]
    assert len(made) == 2  # the one without a cache


def edit(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        path = root / name
        status = path.stat()
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))  # times tell nothing

    return change


def add(name: str, text: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text)

    return change


def remove(name: str) -> Callable[[Path], None]:
    return lambda root: (root / name).unlink()


def point_elsewhere(root: Path) -> None:
    (root / "gone.py").unlink()
    (root / "gone.py").symlink_to("early.py")
    (root / "link.py").unlink()


CHANGES: dict[str, Callable[[Path], None]] = {
    "a file is edited": edit("early.py", "await ctx.connect()", "await ctx.connect( )"),
    "a helper is edited": edit("boot.py", "    await context.connect()\n", "    pass                   \n"),
    "a file is added": add("other.py", EARLY),
    "a file is added in a new directory": add("new/other.py", EARLY),
    "a file is deleted": remove("boot.py"),
    "a file is broken": edit("early.py", "async def", "async  de"),
    "a broken file is mended": edit("bad.py", "livekit(", "livekit "),
    "a text names the agent": edit("deploy.yaml", "helper", "nobody"),
    "a script is edited": edit("web/ask.ts", "livekit-server-sdk", "livekit-server-sdx"),
    "a gitignore is added": add(".gitignore", "early.py\n"),
    "a gitignore above is edited": edit("../.gitignore", "*.none", "early.py"),
    "the repository's excludes are added": add("../.git/info/exclude", "early.py\n"),
    "the settings are edited": edit("pyproject.toml", "root = true", "root = true\nignore = ['LKA1']"),
    "the settings that are extended are edited": add("../shared.toml", "ignore = ['LKA1']"),
    "settings are added below": add("backend/lkagent-lint.toml", "ignore = ['LKA1']\n"),
    "a root is added below": add("backend/lkagent-lint.toml", "root = true\n"),
    "the SDK's release changes": edit("pyproject.toml", "agents==1.5.3", "agents==1.0.1"),
    "a lock file is added": add("uv.lock", '[[package]]\nname = "livekit-agents"\nversion = "1.0.1"\n'),
    "an included requirement changes": edit("backend/more.txt", "1.0.0", "1.0.1"),
    "a package is marked": add("stubs/setup.cfg", ""),
    "a stub is added": add("boot.pyi", "def other() -> None: ...\n"),
    "the baseline is edited": edit("known.json", '{"version": 1, "findings": {}}', '{"version": 1, "findings":{} }'),
    "a large file is cut": edit("large.py", "#", ""),
    "a virtual environment appears": add("backend/pyvenv.cfg", ""),
}
if sys.platform != "win32":
    CHANGES["links lead elsewhere"] = point_elsewhere

NOT_SEEN = {
    "the baseline is edited",
    "a package is marked",
    "a stub is added",
    "an included requirement changes",
    "a script is edited",
    "a text names the agent",
}
"""Changes after which this project has the same report as before, though another would not."""


@pytest.mark.parametrize("change", CHANGES)
def test_no_report_is_given_again_after_a_change(project: Path, made: list[engine.Request], change: str) -> None:
    before = engine.check(request(project))
    CHANGES[change](project)
    after = engine.check(request(project))
    assert len(made) == 2
    assert after == fresh(project)
    assert (after == before) == (change in NOT_SEEN)
    made.clear()
    assert engine.check(request(project)) == after
    assert made == []


def test_a_directory_with_its_own_repository_leaves_the_project(project: Path, made: list[engine.Request]) -> None:
    before = engine.check(request(project))
    (project / "backend" / ".git").mkdir()
    after = engine.check(request(project))
    assert after == fresh(project) != before
    shutil.rmtree(project / "backend")
    assert engine.check(request(project)) == fresh(project) != after


def test_what_no_report_follows_from_may_change(project: Path, made: list[engine.Request]) -> None:
    before = engine.check(request(project))
    os.utime(project / "early.py")
    (project / "photo.png").write_bytes(b"png")
    (project / "backend" / "run.log").write_text("livekit")
    (project / "__pycache__").mkdir()
    (project / "__pycache__" / "early.pyc").write_bytes(b"")
    assert engine.check(request(project)) == before
    made.clear()  # names in a directory may have counted
    (project / "__pycache__" / "early.pyc").write_bytes(b"other")
    assert engine.check(request(project)) == before
    assert made == []


@pytest.mark.parametrize(
    "options",
    [
        {"select": ("LKA2",)},
        {"ignore": ("LKA101",)},
        {"isolated": True},
        {"respect_noqa": False},
        {"options": {"preview": True}},
        {"assignments": ("preview = true",)},
        {"changed": frozenset({"/nowhere"})},
        {"directory": "/"},
    ],
    ids=str,
)
def test_another_request_is_another_report(
    project: Path, made: list[engine.Request], options: dict[str, object]
) -> None:
    engine.check(request(project))
    assert engine.check(request(project, **options)) == fresh(project, **options)
    assert len(made) == 3
    engine.check(request(project, **options))
    assert engine.check(engine.Request(paths=(str(project / "early.py"),), cache=True)) == fresh(project / "early.py")
    assert len(made) == 5


def test_the_fields_of_a_request_that_are_no_part_of_the_key_are_these() -> None:
    """Whoever adds a field decides whether a report follows from it."""

    def key(**fields: object) -> bytes | None:
        return kept.request_key(engine.Request(**{"paths": ("/a",), **fields}))  # type: ignore[arg-type]

    plain = key()
    ignored = {"jobs": 3, "cache_dir": "/b", "anew": True}
    others = {
        "paths": ("/b",),
        "select": ("LKA1",),
        "ignore": ("LKA1",),
        "changed": frozenset({"/c"}),
        "isolated": True,
        "config_file": "/d",
        "options": {"preview": True},
        "assignments": ("preview = true",),
        "directory": "/e",
        "manifests": ("/f",),
        "respect_noqa": False,
        "plans_fixes": False,
    }
    without = {"overlays", "facts", "scheduler", "cache"}
    assert set(engine.Request.__struct_fields__) == ignored.keys() | others.keys() | without
    for name, value in ignored.items():
        assert key(**{name: value}) == plain
    keys = {key(**{name: value}) for name, value in others.items()}
    assert len(keys) == len(others)
    assert plain not in keys


def test_another_linter_makes_its_own(
    project: Path, made: list[engine.Request], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.check(request(project))
    monkeypatch.setattr(generation, "whole", lambda: b"another")
    engine.check(request(project))
    assert len(made) == 2


def test_unsaved_text_and_facts_that_were_handed_over_are_not_kept(
    project: Path, made: list[engine.Request], tmp_path: Path
) -> None:
    unsaved = {str(project / "early.py"): EARLY.replace("await ctx.connect()", "pass").encode()}
    engine.check(request(project))
    other = engine.check(request(project, overlays=unsaved))
    assert other == fresh(project, overlays=unsaved) != engine.check(request(project))
    assert len(list((project / DIRECTORY).glob("*.report"))) == 1


@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
def test_text_as_it_is_saved_changes_no_report(project: Path, ends: bytes) -> None:
    """What flake8's plugin relies on when it asks for the file in the place of its text."""
    for name in ("agent.py", "boot.py", "early.py", "bad.py", "backend/ask.py"):
        path = project / name
        text = path.read_bytes()
        path.write_bytes(text.replace(b"\n", ends))
        assert fresh(project, overlays={str(path): text}) == fresh(project), name


def test_code_without_livekit_has_no_directory(tmp_path: Path) -> None:
    (tmp_path / "plain.py").write_text("x = 1\n")
    engine.check(request(tmp_path))
    assert not (tmp_path / DIRECTORY).exists()


def test_a_failure_of_the_linter_is_not_kept(
    project: Path, made: list[engine.Request], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(data: bytes, words: object) -> FileFacts:
        raise LookupError("for a while")

    with monkeypatch.context() as patch:
        patch.setattr(python, "extract", broken)
        assert engine.check(request(project)).internal_errors
    assert not engine.check(request(project)).internal_errors
    assert len(made) == 2


def test_a_file_whose_process_died_is_tried_again(
    project: Path, made: list[engine.Request], monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(front_end: str, name: str, data: bytes) -> one.Lost:
        return one.Lost("the process that read it ended or hung, twice")

    with monkeypatch.context() as patch:
        patch.setattr(one, "make_facts", lost)
        assert "LKA004" in {each.code for each in engine.check(request(project)).diagnostics}
    assert engine.check(request(project)) == fresh(project)


def test_a_file_that_changes_meanwhile_keeps_nothing(
    project: Path, made: list[engine.Request], monkeypatch: pytest.MonkeyPatch
) -> None:
    make = checking.checked

    def interrupted(asked: engine.Request, watch: engine.Watch) -> Report:
        disk.lexists(str(project / "later.txt"))
        (project / "later.txt").write_text("")
        disk.lexists(str(project / "later.txt"))
        return make(asked, watch)

    monkeypatch.setattr(checking, "checked", interrupted)
    engine.check(request(project))
    assert list((project / DIRECTORY).glob("*.report")) == []


@pytest.mark.skipif(sys.platform == "win32", reason="links")
@pytest.mark.parametrize("how", ["garbage", "empty", "cut", "flipped", "another's", "directory", "link"])
def test_a_report_that_is_damaged_is_made_again(project: Path, made: list[engine.Request], how: str) -> None:
    expected = engine.check(request(project))
    (path,) = (project / DIRECTORY).glob("*.report")
    data = path.read_bytes()
    path.unlink()
    if how == "directory":
        path.mkdir()
    elif how == "link":
        (project / "elsewhere").write_bytes(data)
        path.symlink_to(project / "elsewhere")
    else:
        flipped = data[:-9] + bytes([data[-9] ^ 1]) + data[-8:]
        another = data[:8] + bytes(32) + data[40:]
        path.write_bytes({"garbage": b"garbage", "empty": b"", "cut": data[:-1], "flipped": flipped}.get(how, another))
    assert engine.check(request(project)) == fresh(project)
    assert len(made) == 3
    if how == "link":
        assert (project / "elsewhere").read_bytes() == data
    else:
        assert engine.check(request(project)).diagnostics == expected.diagnostics


def test_a_whole_report_of_another_shape_is_made_again(project: Path, made: list[engine.Request]) -> None:
    engine.check(request(project))
    key = kept.request_key(request(project))
    assert key is not None
    for data in (b"", b"\xc0", b"\x92" * 20_000):
        KeptReports(str(project / DIRECTORY)).put(key, data)
        made.clear()
        assert engine.check(request(project)) == fresh(project)
        assert len(made) == 2


def test_reports_of_old_requests_are_forgotten(project: Path) -> None:
    reports = KeptReports(str(project / DIRECTORY))
    for number in range(40):
        reports.put(bytes([number]) * 32, b"x")
        (newest,) = (project / DIRECTORY).glob(f"{bytes([number]).hex() * 16}.report")
        os.utime(newest, (number, number))
    for name, age in (("0.making", 0), ("1.making", time.time())):
        (project / DIRECTORY / name).write_text("")
        os.utime(project / DIRECTORY / name, (age, age))
    reports.put(b"\x27" * 32, b"x")
    assert [path.name for path in (project / DIRECTORY).glob("*.making")] == ["1.making"]
    names = {path.name[:2] for path in (project / DIRECTORY).glob("*.report")}
    assert names == {bytes([number]).hex() for number in range(8, 40)}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="FIFOs")
def test_settings_that_cannot_be_used_any_more_are_the_checks_to_report(
    project: Path, made: list[engine.Request]
) -> None:
    add("backend/lkagent-lint.toml", "preview = true\n")(project)
    engine.check(request(project))
    settings = project / "backend" / "lkagent-lint.toml"
    settings.unlink()
    os.mkfifo(settings)
    assert not disk.still_says([(("lkagent_lint.config.files.read_regular", (str(settings),)), b"")])
    assert not disk.still_says([(("no such question", (str(settings),)), b"")])
    for cache in (False, True):
        with pytest.raises(ConfigError, match="it is not a regular file"):
            engine.check(engine.Request(paths=(str(project),), cache=cache))
    (project / "backend" / "pyvenv.cfg").write_text("")
    assert engine.check(request(project)) == fresh(project)


@pytest.mark.skipif(sys.platform == "win32", reason="locks of POSIX")
def test_of_two_that_want_the_same_one_makes_it(
    project: Path, made: list[engine.Request], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.check(request(project))
    add("other.py", EARLY)(project)
    made.clear()
    begun, go_on = threading.Event(), threading.Event()
    make = checking.checked

    def slow(asked: engine.Request, watch: engine.Watch) -> Report:
        report = make(asked, watch)
        begun.set()
        assert go_on.wait(60)
        return report

    monkeypatch.setattr(checking, "checked", slow)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(engine.check, request(project))
        assert begun.wait(60)
        second = threads.submit(engine.check, request(project))
        with pytest.raises(TimeoutError):
            second.result(0.3)
        go_on.set()
        assert first.result() == second.result()
    assert len(made) == 1
    assert first.result() == fresh(project)
    assert [path.name for path in (project / DIRECTORY).glob("*.making")] == []


WATCHED = """
import json, os, sys
root = sys.argv[1]
outside, inside = set(), set()

def note(path):
    if isinstance(path, (str, os.PathLike)) and str(path).startswith(root) and disk.CACHE not in str(path):
        frame = sys._getframe()
        while frame is not None and (frame.f_code.co_filename, frame.f_code.co_name) != (disk.__file__, "asked"):
            frame = frame.f_back
        (outside if frame is None else inside).add(str(path))

def watched(function):
    def call(path, *args, **kwargs):
        note(path)
        return function(path, *args, **kwargs)
    return call

from lkagent_lint import disk
from lkagent_lint.engine import Request, Watch, kept
from lkagent_lint.engine.checking import checked

known = set(disk._questions)
sys.addaudithook(lambda event, args: note(args[0]) if event in ("open", "os.listdir", "os.scandir") else None)
for name in ("stat", "lstat", "readlink", "access"):
    setattr(os, name, watched(getattr(os, name)))
for _ in range(2):
    before = sight.answers if "sight" in globals() else None
    with disk.seeing() as sight:
        checked(Request(paths=(root + "/project",), cache=True, cache_dir=sys.argv[2]), Watch())
assert sight.answers == before, "what one process remembers is not asked again"
print(json.dumps([sorted(outside), sorted(inside), sorted({name for name, _ in sight.answers}), sorted(known)]))
"""


def test_a_check_sees_the_disk_through_one_door_only(project: Path, tmp_path: Path) -> None:
    """Whatever a check opens, lists or looks at, it does so to answer a question, which can be asked again."""
    run = [sys.executable, "-c", WATCHED, str(project.parent), str(tmp_path / "cache")]
    outside, inside, asked, known = json.loads(subprocess.run(run, capture_output=True, check=True).stdout)
    assert outside == []
    assert len(inside) > 20
    assert len(asked) > 8
    # `kept` alone knows every question, or a report would never be found right.
    assert set(asked) <= set(known)
    alone = "from lkagent_lint import disk; import lkagent_lint.engine.kept; print(*disk._questions)"
    listed = subprocess.run([sys.executable, "-c", alone], capture_output=True, text=True, check=True)
    assert set(listed.stdout.split()) == set(known)

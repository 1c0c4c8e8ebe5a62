"""Baselines: exactly which findings are known, new and stale, and files that cannot be used."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from lkagent_lint import engine
from lkagent_lint.config import ConfigError
from lkagent_lint.diagnostics import Baselined
from tests.engine.test_check import DROPPED, EARLY, SETTINGS, write
from tests.harness import runs

BASELINED = SETTINGS + 'baseline = "known.json"\n'


def project(root: Path, **files: str) -> Path:
    return write(root, pyproject_toml=BASELINED, **files)


def request(*paths: Path, **options: object) -> engine.Request:
    return engine.Request(paths=tuple(map(str, paths)), **options)  # type: ignore[arg-type]


def save(*paths: Path, only_prune: bool = False, **options: object) -> tuple[int, int]:
    """Write the baseline of a check; how many findings were added and taken out."""
    (found,) = engine.rewritten_baselines(request(*paths, **options), only_prune=only_prune)
    Path(found.path).write_bytes(found.after)
    return found.added, found.removed


def state(*paths: Path, **options: object) -> tuple[list[str], int, list[tuple[str, str, int]]]:
    """The new findings' files and codes, how many are known, and what is stale."""
    report = engine.check(request(*paths, **options))
    (baseline,) = report.baselines
    new = [f"{Path(each.place.path).name} {each.code}" for each in report.diagnostics]
    return new, baseline.known, [(Path(path).name, code, count) for path, code, count in baseline.stale]


def twice(text: str) -> str:
    """The agent with a second dropped call like the first, in the same function."""
    return text.replace("    ctx.connect()\n", "    ctx.connect()\n    ctx.connect()\n")


def test_what_is_there_is_known_and_what_comes_is_new(tmp_path: Path) -> None:
    project(tmp_path, a_py=EARLY)
    assert save(tmp_path) == (1, 0)
    assert state(tmp_path) == ([], 1, [])
    write(tmp_path, pyproject_toml=BASELINED, b_py=DROPPED)
    new, known, stale = state(tmp_path)
    assert ("b.py LKA106" in new, "a.py LKA101" in new, known, stale) == (True, False, 1, [])


MOVES: list[Callable[[str], str]] = [
    lambda text: "# a line\n\n\n" + text,
    lambda text: text.replace("await ctx.connect()", "await  ctx . connect( )"),
    lambda text: text.replace("    session = AgentSession()\n", "    x = 1\n\n    session = AgentSession()\n"),
    lambda text: text.replace("\n", "\r\n"),
    lambda text: "\ufeff" + text,
    lambda text: text + "\n\ndef other():\n    return 1\n",
]


@pytest.mark.parametrize("moved", MOVES)
def test_code_that_moves_makes_no_new_finding(tmp_path: Path, moved: Callable[[str], str]) -> None:
    project(tmp_path, a_py=EARLY)
    save(tmp_path)
    (tmp_path / "a.py").write_bytes(moved(EARLY).encode())
    assert state(tmp_path) == ([], 1, [])


def test_a_count_that_rises_is_new_and_one_that_falls_is_stale(tmp_path: Path) -> None:
    project(tmp_path, a_py=twice(DROPPED))
    save(tmp_path)
    assert state(tmp_path) == ([], 2, [])
    write(tmp_path, pyproject_toml=BASELINED, a_py=DROPPED)
    assert state(tmp_path) == ([], 1, [("a.py", "LKA106", 1)])
    assert save(tmp_path, only_prune=True) == (0, 1)
    assert state(tmp_path) == ([], 1, [])
    write(tmp_path, pyproject_toml=BASELINED, a_py=twice(DROPPED))
    assert state(tmp_path) == (["a.py LKA106"], 1, [])


def test_a_file_that_is_renamed_or_deleted(tmp_path: Path) -> None:
    project(tmp_path, a_py=EARLY, sub__b_py=EARLY.replace("entry", "other"))
    assert save(tmp_path)[1] == 0
    known = state(tmp_path)[1]
    (tmp_path / "a.py").rename(tmp_path / "c.py")
    new, left, stale = state(tmp_path)
    assert ("c.py LKA101" in new, left < known, ("a.py", "LKA101", 1) in stale) == (True, True, True)
    (tmp_path / "sub/b.py").unlink()
    (tmp_path / "sub").rmdir()
    assert ("b.py", "LKA101", 1) in state(tmp_path)[2]
    save(tmp_path, only_prune=True)
    assert state(tmp_path)[2] == []
    assert "c.py LKA101" in state(tmp_path)[0]  # pruning adds nothing


def test_only_what_was_checked_is_stale_or_written_anew(tmp_path: Path) -> None:
    project(tmp_path, a_py=DROPPED, b_py=DROPPED.replace("entry", "other"))
    save(tmp_path)
    write(tmp_path, pyproject_toml=BASELINED, a_py="import livekit\n", b_py="import livekit\n")
    assert state(tmp_path / "b.py")[2] == [("b.py", "LKA106", 1)]
    assert state(tmp_path, ignore=("LKA106",))[2] == []
    assert state(tmp_path, select=("LKA101",))[2] == []
    assert engine.check(request(tmp_path, changed=frozenset[str]())).baselines == ()
    assert save(tmp_path / "b.py", only_prune=True) == (0, 1)
    assert state(tmp_path)[2] == [("a.py", "LKA106", 1)]
    assert save(tmp_path, ignore=("LKA106",)) == (0, 0)
    assert save(tmp_path) == (0, 1)


def test_a_baseline_is_the_same_wherever_and_however_it_is_written(tmp_path: Path) -> None:
    written: list[bytes] = []
    for name, paths in {"one": ["."], "two": ["b.py", "a.py"]}.items():
        project(tmp_path / name, b_py=EARLY, a_py=DROPPED)
        save(*(tmp_path / name / path if path != "." else tmp_path / name for path in paths))
        written.append((tmp_path / name / "known.json").read_bytes())
    assert written[0] == written[1]
    document = json.loads(written[0])
    assert document["version"] == 1
    assert list(document["findings"]) == ["a.py", "b.py"]
    assert "line" not in written[0].decode()


def test_a_project_below_has_its_own_paths_in_a_shared_baseline(tmp_path: Path) -> None:
    project(tmp_path, a_py=EARLY)
    write(tmp_path / "below", pyproject_toml='[tool.lkagent-lint]\nextend = "../pyproject.toml"\n', b_py=EARLY)
    save(tmp_path)
    assert set(json.loads((tmp_path / "known.json").read_text())["findings"]) == {"a.py", "below/b.py"}
    assert state(tmp_path)[0] == []
    assert state(tmp_path / "below")[0] == []


def test_comments_come_before_the_baseline(tmp_path: Path) -> None:
    project(tmp_path, a_py=EARLY)
    save(tmp_path)
    text = EARLY.replace("connect()", "connect()  # lkagent: ignore[LKA101]")
    write(tmp_path, pyproject_toml=BASELINED, a_py=text)
    assert state(tmp_path) == ([], 0, [("a.py", "LKA101", 1)])


def test_a_failure_of_the_linter_is_never_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(subject: object) -> None:
        raise LookupError

    monkeypatch.setattr("lkagent_lint.rules.lka106_unawaited_lifecycle_call.check", broken)
    project(tmp_path, a_py=EARLY)
    save(tmp_path)
    assert [each.split()[1] for each in state(tmp_path)[0]] == ["LKA000"]


def test_flake8_honours_the_setting(tmp_path: Path) -> None:
    project(tmp_path, a_py=EARLY)
    assert [row.code for row in runs.flake8(write(tmp_path / "x", a_py=EARLY), "-j1", ".")] == ["LKA101"]
    save(tmp_path)
    assert runs.flake8(tmp_path, "-j1", "a.py") == []
    write(tmp_path, pyproject_toml=BASELINED, a_py="# moved\n" + EARLY, b_py=DROPPED.replace("entry", "other"))
    assert "LKA106" in {row.code for row in runs.flake8(tmp_path, "-j1", "a.py", "b.py")}
    assert "LKA101" not in {row.code for row in runs.flake8(tmp_path, "-j1", "a.py", "b.py")}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no baseline of lkagent-lint"),
        (b"{", "no baseline of lkagent-lint"),
        (b"[]", "no baseline of lkagent-lint"),
        (b'{"findings": {}}', "no baseline of lkagent-lint"),
        (b'{"version": "1", "findings": {}}', "no baseline of lkagent-lint"),
        (b'{"version": 1, "findings": {"a.py": ["x"]}}', "no baseline of lkagent-lint"),
        (b'{"version": 1, "findings": {"a.py": {"LKA101": 1}}}', "no baseline of lkagent-lint"),
        (b'{"version": 1, "findings": {}, "more": 1}', "no baseline of lkagent-lint"),
        (b'{"version": 2, "entries": []}', "version 2"),
        (b'\xff{"version": 1}', "no baseline of lkagent-lint"),
        (b'{"version": 1, "findings": ' + b"[" * 100_000, "no baseline of lkagent-lint"),
    ],
)
def test_a_baseline_that_cannot_be_used_is_an_error(tmp_path: Path, data: bytes, words: str) -> None:
    project(tmp_path, a_py=EARLY)
    (tmp_path / "known.json").write_bytes(data)
    for run in (engine.check, engine.rewritten_baselines):
        with pytest.raises(ConfigError) as caught:
            run(request(tmp_path))
        assert (caught.value.path, words in caught.value.message) == (str(tmp_path / "known.json"), True)


def test_a_baseline_that_is_missing_is_an_error_where_it_is_named(tmp_path: Path) -> None:
    project(tmp_path, a_py=EARLY)
    with pytest.raises(ConfigError) as caught:
        engine.check(request(tmp_path))
    assert (caught.value.path, caught.value.line) == (str(tmp_path / "pyproject.toml"), 6)
    assert "there is no such file" in caught.value.message
    (tmp_path / "known.json").mkdir()
    with pytest.raises(ConfigError, match="it is a directory"):
        engine.rewritten_baselines(request(tmp_path))


def test_what_the_report_holds(tmp_path: Path) -> None:
    project(tmp_path, a_py=EARLY)
    (tmp_path / "known.json").write_text('{"version": 1, "findings": {"gone.py": {"LKA101": ["x", "y"]}}}')
    (baseline,) = engine.check(request(tmp_path)).baselines
    stale = ((str(tmp_path / "gone.py"), "LKA101", 2),)
    assert baseline == Baselined(path=str(tmp_path / "known.json"), known=0, stale=stale)


@pytest.mark.parametrize("select", ['select = ["ALL"]\n', 'select = ["LKA1"]\n', ""])
def test_what_another_version_knows_is_kept_and_said(tmp_path: Path, select: str) -> None:
    write(tmp_path, pyproject_toml=BASELINED + select, a_py=EARLY)
    save(tmp_path)
    file = tmp_path / "known.json"
    listed = json.loads(file.read_text())
    listed["findings"]["a.py"] |= {"LKA998": ["0" * 16], "LKA999": ["1" * 16], "secret": ["2"]}
    listed["findings"]["gone.py"] = {"LKA999": ["3" * 16]}
    file.write_text(json.dumps(listed))
    assert state(tmp_path) == ([], 1, [])
    (note,) = engine.check(request(tmp_path)).notes
    assert (note.where, note.line) == (str(file), 0)
    assert note.message == (
        "it lists findings of LKA998, LKA999, a rule, which this version of lkagent-lint does not know; they are kept"
    )
    assert save(tmp_path) == save(tmp_path, only_prune=True) == (0, 0)
    assert json.loads(file.read_text()) == listed

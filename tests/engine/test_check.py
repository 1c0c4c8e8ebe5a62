"""``engine.check``: what takes part, what a failure costs, and what settings hold where."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lkagent_lint import engine
from lkagent_lint.config.loader import ConfigError
from lkagent_lint.diagnostics import Diagnostic, Severity
from lkagent_lint.engine import index
from lkagent_lint.facts.file import FileFacts
from lkagent_lint.frontends import python
from lkagent_lint.frontends.python import extract
from lkagent_lint.project.evaluate import Evaluator
from lkagent_lint.project.records import Job, Project
from lkagent_lint.questions.subject import Subject
from lkagent_lint.rules import lka101_connect_before_start
from lkagent_lint.typestate.solver import Solved, solve
from tests.harness import runs

SETTINGS = '[project]\nname = "x"\ndependencies = ["livekit-agents==1.5.3"]\n[tool.lkagent-lint]\nroot = true\n'
EARLY = """\
from livekit.agents import Agent, AgentServer, AgentSession

server = AgentServer()


@server.rtc_session()
async def entry(ctx):
    session = AgentSession()
    await ctx.connect()
    await session.start(room=ctx.room, agent=Agent(instructions=""))
"""
DROPPED = EARLY.replace("await ctx.connect()", "ctx.connect()")
BOOT = """\
async def boot(context, session, agent):
    await context.connect()
    await session.start(agent, room=context.room)
"""


def write(root: Path, **files: str) -> Path:
    for name, text in {"pyproject_toml": SETTINGS, **files}.items():
        path = root / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def check(*paths: Path, **options: object) -> tuple[Diagnostic, ...]:
    request = engine.Request(paths=tuple(map(str, paths)), **options)  # type: ignore[arg-type]
    return engine.check(request).diagnostics


def found(*paths: Path, **options: object) -> list[tuple[str, int, str]]:
    return [(Path(each.place.path).name, each.place.span.line, each.code) for each in check(*paths, **options)]


def test_a_helper_that_never_mentions_the_sdk_takes_part_when_an_entry_imports_it(tmp_path: Path) -> None:
    agent = EARLY.replace("    await ctx.connect()\n", "").replace(
        '    await session.start(room=ctx.room, agent=Agent(instructions=""))',
        "    await boot(ctx, session, Agent(instructions=''))",
    )
    write(tmp_path, agent_py=f"from boot import boot\n{agent}", boot_py=BOOT)
    assert found(tmp_path) == [("boot.py", 2, "LKA101")]
    assert found(tmp_path / "boot.py") == [("boot.py", 2, "LKA101")]  # paths choose what is reported only
    assert found(tmp_path / "agent.py") == []


def test_the_same_helper_outside_the_project_is_not_judged(tmp_path: Path) -> None:
    write(tmp_path, agent_py=f"from elsewhere import boot\n{EARLY}".replace("await ctx.connect()", "await boot(ctx)"))
    assert found(tmp_path) == []


def test_facts_are_the_same_alone_and_beside_other_files(tmp_path: Path) -> None:
    write(tmp_path, agent_py=f"from boot import boot\n{EARLY}", boot_py=BOOT)
    seen: dict[str, FileFacts] = {}

    class Spy(index.Index):
        def project(self) -> Project:
            seen.update((Path(path).name, facts) for path, facts in self.facts.items())
            return super().project()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lkagent_lint.engine.index.Index", Spy)
        check(tmp_path)
    assert seen == {"agent.py": extract(f"from boot import boot\n{EARLY}".encode()), "boot.py": extract(BOOT.encode())}


def test_projects_below_are_checked_as_projects_of_their_own(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    write(tmp_path, pyproject_toml='[tool.lkagent-lint]\nignore = ["LKA1"]\n', top_py=EARLY)
    write(tmp_path / "below", agent_py=EARLY)
    write(tmp_path / "below" / "deeper", other_py=EARLY)
    below = [("agent.py", 9, "LKA101"), ("other.py", 9, "LKA101")]
    assert found(tmp_path) == below
    assert found(tmp_path, tmp_path / "below" / "agent.py") == below
    assert found(tmp_path / "top.py") == []


def test_an_excluded_project_below_is_not_checked(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    write(tmp_path, pyproject_toml='[tool.lkagent-lint]\nexclude = ["below/"]\n')
    write(tmp_path / "below", agent_py=EARLY)
    assert found(tmp_path) == []
    assert found(tmp_path / "below") == [("agent.py", 9, "LKA101")]


def test_the_nearest_settings_hold_for_a_file(tmp_path: Path) -> None:
    write(tmp_path, a_py=EARLY, quiet__b_py=EARLY, quiet__pyproject_toml='[tool.lkagent-lint]\nignore = ["LKA101"]\n')
    assert found(tmp_path) == [("a.py", 9, "LKA101")]


def test_an_unsaved_file_that_is_not_on_disk_is_checked(tmp_path: Path) -> None:
    write(tmp_path)
    new = tmp_path / "new" / "agent.py"
    assert found(new, overlays={str(new): EARLY.encode()}) == [("agent.py", 9, "LKA101")]
    assert found(tmp_path, overlays={str(new): EARLY.encode()}) == [("agent.py", 9, "LKA101")]


def test_a_rule_that_fails_is_a_finding_and_costs_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(subject: Subject) -> Iterator[Diagnostic]:
        raise LookupError("no such thing")

    monkeypatch.setattr(lka101_connect_before_start, "check", broken)
    write(tmp_path, agent_py=DROPPED)
    crash, other = check(tmp_path)
    assert (crash.code, crash.severity, other.code) == ("LKA000", Severity.ERROR, "LKA106")
    assert "rule LKA101" in crash.message
    assert "LookupError" in crash.message
    assert engine.check(engine.Request(paths=(str(tmp_path),))).internal_errors == 1


def test_a_front_end_that_fails_costs_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(data: bytes, words: frozenset[str]) -> FileFacts:
        if b"unlucky" in data:
            raise LookupError("no such thing")
        return extract(data, words)

    monkeypatch.setattr(python, "extract", broken)
    write(tmp_path, agent_py=EARLY, bad_py="import livekit\nunlucky = 1\n")
    assert found(tmp_path) == [("agent.py", 9, "LKA101"), ("bad.py", 1, "LKA000")]


def test_a_solver_that_fails_costs_one_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(job: Job, evaluator: Evaluator) -> Solved:
        if job.entry.path.endswith("bad.py"):
            raise LookupError("no such thing")
        return solve(job, evaluator)

    monkeypatch.setattr("lkagent_lint.questions.subject.solve", broken)
    write(tmp_path, agent_py=EARLY, bad_py=EARLY)
    assert found(tmp_path) == [("agent.py", 9, "LKA101"), ("bad.py", 1, "LKA000")]


@pytest.mark.parametrize(
    "text", ['select = ["LKA999"]', 'ignore = ["no-such-rule"]', "selct = []", "select = 1", "x ="]
)
def test_settings_that_cannot_be_used(tmp_path: Path, text: str) -> None:
    write(tmp_path, pyproject_toml=f"[tool.lkagent-lint]\nroot = true\n{text}\n", agent_py=EARLY)
    with pytest.raises(ConfigError, match="pyproject"):
        check(tmp_path)
    assert found(tmp_path, isolated=True) == [("agent.py", 9, "LKA101")]


def test_selection_by_code_prefix_and_name(tmp_path: Path) -> None:
    write(tmp_path, agent_py=EARLY, other_py=DROPPED)
    both = [("agent.py", 9, "LKA101"), ("other.py", 9, "LKA106")]
    assert found(tmp_path, select=("LKA1",)) == both
    assert found(tmp_path, select=("connect-before-start",)) == both[:1]
    assert found(tmp_path, ignore=("LKA106",)) == both[:1]
    assert found(tmp_path, select=("LKA2",)) == []
    with pytest.raises(ConfigError):
        check(tmp_path, select=("LKA999",))


def test_a_rule_in_preview_runs_only_where_it_is_asked_for_by_itself(tmp_path: Path) -> None:
    write(tmp_path, a_py=EARLY.replace("ctx.connect()", "ctx.connect(x=1)"), b_py=EARLY.replace("entry", "other"))
    codes = {code for _, _, code in found(tmp_path)}
    assert "LKA211" not in codes | {code for _, _, code in found(tmp_path, select=("LKA2",))}
    assert [code for _, _, code in found(tmp_path, select=("LKA211",))] == ["LKA211"]
    assert [code for _, _, code in found(tmp_path, select=("LKA", "colliding-workers"))].count("LKA211") == 1
    assert found(tmp_path, select=("LKA211",), ignore=("LKA211",)) == []


def test_what_fails_a_run(tmp_path: Path) -> None:
    write(tmp_path, agent_py=EARLY)
    assert engine.check(engine.Request(paths=(str(tmp_path),))).failing == 1
    write(tmp_path, pyproject_toml=SETTINGS + 'fail-on = "error"\n')
    assert engine.check(engine.Request(paths=(str(tmp_path),))).failing == 0


def test_a_file_that_cannot_be_read_costs_no_other(tmp_path: Path) -> None:
    write(tmp_path, agent_py=EARLY, broken_py="import livekit\nthis is no Python\n")
    (tmp_path / "binary.py").write_bytes(b"import livekit\n\xff\xfe\n")
    assert found(tmp_path) == [("agent.py", 9, "LKA101"), ("binary.py", 1, "LKA004"), ("broken.py", 2, "LKA001")]


def test_the_report_does_not_depend_on_the_order_of_paths(tmp_path: Path) -> None:
    write(tmp_path, a_py=EARLY, b_py=DROPPED)
    first = engine.check(engine.Request(paths=(str(tmp_path / "a.py"), str(tmp_path / "b.py"))))
    second = engine.check(engine.Request(paths=(str(tmp_path / "b.py"), str(tmp_path / "a.py"))))
    assert first == second
    assert runs.findings_of(first, tmp_path) == runs.plain(tmp_path)

"""Suppression comments applied to real findings, in the command and under flake8, and judged themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from lkagent_lint import engine
from lkagent_lint.diagnostics import Hidden
from tests.engine.test_check import EARLY, SETTINGS, check, found, write
from tests.harness import runs

AGENT = """\
from livekit.agents import Agent, AgentServer, AgentSession

server = AgentServer()


@server.rtc_session(agent_name="desk")
async def entry(ctx):
    session = AgentSession()
    await session.start(room=ctx.room, agent=Agent(instructions=""))
"""
TOKEN = """\
from livekit import api


def token() -> str:
    return (
        api.AccessToken()
        .with_room_config(
            api.RoomConfiguration(
                agents=[api.RoomAgentDispatch(agent_name="desk")],
            )
        )
        .to_jwt()
    )
"""
SCRIPT = """\
import { RoomAgentDispatch } from '@livekit/protocol';
const dispatch = new RoomAgentDispatch({ agentName: 'nobody' });
"""


def early(comment: str, *, above: str = "") -> str:
    """The agent that connects too early on line 9, or 10 with a line above, and a comment there."""
    line = "    await ctx.connect()"
    return EARLY.replace(line, f"{above}{line}  {comment}" if comment else f"{above}{line}")


def codes(*paths: Path) -> list[str]:
    return [code for _, _, code in found(*paths)]


@pytest.mark.parametrize(
    "text",
    [
        early("# lkagent: ignore[LKA101] r"),
        early("# lkagent: ignore[connect-before-start]"),
        early("", above="    # lkagent: ignore[LKA101]\n"),
        early("", above="    # lkagent: ignore[LKA101]\n    # more of it\n"),
        EARLY + "# lkagent: file-ignore[LKA101]\n",
        "# lkagent: disable[LKA101]\n" + EARLY + "# lkagent: enable[LKA101]\n",
        EARLY.replace("ctx.connect()", "ctx.connect(\n        # lkagent: ignore[LKA101]\n    )"),
        EARLY.replace("ctx.connect()", "ctx.connect(\n    )  # lkagent: ignore[LKA101]"),
        EARLY + "    # its other end\n".replace("#", "x = 1  #"),
    ],
)
def test_a_comment_hides_what_it_names(tmp_path: Path, text: str) -> None:
    write(tmp_path, agent_py=text)
    assert codes(tmp_path) == (["LKA101"] if "lkagent:" not in text else [])


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (early("# lkagent: ignore[LKA102]"), ["LKA002", "LKA101"]),
        (early("# lkagent: ignore[LKA1]"), ["LKA003", "LKA101"]),
        (early("# lkagent: ignore[lka101]"), ["LKA003", "LKA101"]),
        (early("# lkagent: ignore"), ["LKA003", "LKA101"]),
        (early("# lkagent: ignore[LKA101, LKA102]"), ["LKA002"]),
        (early("# lkagent: ignore[LKA101, LKA102, LKA104]"), ["LKA002", "LKA002"]),
        (early("# noqa: LKA101, LKA102, LKA104"), ["LKA002", "LKA002"]),
        ("# lkagent: disable[LKA101, LKA106]\n" + EARLY, ["LKA002", "LKA003", "LKA003"]),
        (early("", above="    # lkagent: ignore[LKA101]\n\n"), ["LKA003", "LKA101"]),
        (EARLY + "x = 1  # lkagent: file-ignore[LKA101]\n", ["LKA101", "LKA003"]),
        (EARLY + "# lkagent: file-ignore[LKA102]\n", ["LKA101", "LKA002"]),
        ("# lkagent: disable[LKA101]\n" + EARLY, ["LKA003"]),
        ("# lkagent: disable[LKA101]\n# lkagent: enable[LKA101]\n" + EARLY, ["LKA002", "LKA101"]),
        (EARLY + "# lkagent: enable[LKA101]\n", ["LKA101", "LKA003"]),
        ("'''\n# lkagent: file-ignore[LKA101]\n'''\n" + EARLY, ["LKA101"]),
    ],
)
def test_a_comment_never_hides_more_and_is_judged(tmp_path: Path, text: str, left: list[str]) -> None:
    write(tmp_path, agent_py=text)
    assert sorted(codes(tmp_path)) == sorted(left)


def test_the_nearest_rule_is_named(tmp_path: Path) -> None:
    write(tmp_path, agent_py=early("# lkagent: ignore[lka101, unawaited-lifecycle]"))
    messages = " ".join(each.message for each in check(tmp_path))
    assert "did you mean LKA101?" in messages
    assert "did you mean unawaited-lifecycle-call?" in messages


def test_a_finding_across_files_can_be_hidden_at_either_end(tmp_path: Path) -> None:
    write(tmp_path, agent_py=AGENT, mint_py=TOKEN)
    assert codes(tmp_path) == ["LKA202"]
    here = AGENT.replace('"desk")', '"desk")  # lkagent: ignore[LKA202] rooms are always fresh')
    there = TOKEN.replace('"desk")]', '"desk")]').replace("],\n", "],  # lkagent: ignore[LKA202] fresh\n")
    write(tmp_path, agent_py=here)
    assert codes(tmp_path) == []
    write(tmp_path, agent_py=AGENT, mint_py=there)
    assert codes(tmp_path) == []
    # Which files are named changes nothing, neither for the finding nor for the comment.
    assert codes(tmp_path / "agent.py") == []
    assert codes(tmp_path / "mint.py") == []
    # Both comments count as used, so that either can be taken away.
    write(tmp_path, agent_py=here)
    assert codes(tmp_path) == []


@pytest.mark.parametrize(
    "script",
    [
        SCRIPT.replace("});", "}); // lkagent: ignore[LKA203] made elsewhere"),
        SCRIPT.replace("const", "/* lkagent: ignore[LKA203] */\nconst"),
        "// lkagent: disable[LKA203]\n" + SCRIPT + "// lkagent: enable[LKA203]\n",
        SCRIPT.replace("'nobody'", "'nobody' /* lkagent: ignore[LKA203] */"),
    ],
)
def test_comments_of_typescript(tmp_path: Path, script: str) -> None:
    write(tmp_path, agent_py=AGENT, mint_py=TOKEN, web__token_ts=SCRIPT)
    assert "LKA203" in codes(tmp_path)
    write(tmp_path, web__token_ts=script)
    assert not {"LKA203", "LKA002", "LKA003"} & set(codes(tmp_path))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("dispatch.sh", "lk dispatch create --agent-name nobody --room r{}\n"),
        ("ci.yml", "steps:\n  - run: lk dispatch create --agent-name nobody --room r{}\n"),
        ("Makefile", "go:\n\tlk dispatch create --agent-name nobody --room r{}\n"),
    ],
)
def test_comments_of_scripts(tmp_path: Path, name: str, text: str) -> None:
    write(tmp_path, agent_py=AGENT, mint_py=TOKEN)
    (tmp_path / name).write_text(text.format(""))
    assert "LKA203" in codes(tmp_path)
    (tmp_path / name).write_text(text.format(" # lkagent: ignore[LKA203] made elsewhere"))
    assert not {"LKA203", "LKA002", "LKA003"} & set(codes(tmp_path))


def test_a_failure_of_the_linter_cannot_be_hidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(subject: object) -> None:
        raise LookupError

    monkeypatch.setattr("lkagent_lint.rules.lka101_connect_before_start.check", broken)
    write(tmp_path, agent_py="# lkagent: file-ignore[LKA000]\n" + EARLY)
    assert "LKA000" in codes(tmp_path)


def test_flake8_sees_the_same_and_keeps_its_noqa(tmp_path: Path) -> None:
    write(tmp_path, agent_py=AGENT, mint_py=TOKEN.replace("],\n", "],  # lkagent: ignore[LKA202] fresh\n"))
    write(tmp_path, early_py=early("# lkagent: ignore[LKA101] r"), other_py=early("# noqa: LKA101"))
    write(tmp_path, bad_py=early("# lkagent: ignore[lka101]"))
    rows = [row for row in runs.flake8(tmp_path, "-j1", ".") if row.code in ("LKA101", "LKA202")]
    assert [(row.path, row.code) for row in rows] == [("bad.py", "LKA101")]
    rows = runs.flake8(tmp_path, "-j1", "--disable-noqa", ".")
    assert [(row.path, row.code) for row in rows if row.code == "LKA101"] == [
        ("bad.py", "LKA101"),
        ("other.py", "LKA101"),
    ]


def test_every_comment_is_listed_with_its_use(tmp_path: Path) -> None:
    write(
        tmp_path,
        pyproject_toml=SETTINGS + 'ignore = ["LKA002"]\n',
        agent_py=early("# lkagent: ignore[LKA101, LKA106] why"),
        b_py="import livekit\n# lkagent: file-ignore[LKA999]\nx = 1  # noqa: LKA101 because\n# lkagent: ignore\n",
    )
    report = engine.check(engine.Request(paths=(str(tmp_path),)))

    def row(each: Hidden) -> tuple[str, int, str, tuple[str, ...], str, tuple[bool, ...]]:
        return Path(each.place.path).name, each.place.span.line, each.verb, each.rules, each.reason, each.used

    assert list(map(row, report.suppressions)) == [
        ("agent.py", 9, "ignore", ("LKA101", "LKA106"), "why", (True, False)),
        ("b.py", 2, "file-ignore", ("LKA999",), "", (False,)),
        ("b.py", 3, "noqa", ("LKA101",), "because", (False,)),
        ("b.py", 4, "ignore", (), "", ()),
    ]

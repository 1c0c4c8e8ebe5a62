"""``why``: which file takes part, how names were resolved, what the states were, and what a rule's silence rests on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lkagent_lint.cli import main
from lkagent_lint.project import limits

ROOT = '[project]\nname = "x"\ndependencies = ["livekit-agents==1.5.3"]\n[tool.lkagent-lint]\nroot = true\n'
AGENT = """\
import os

from livekit.agents import Agent, AgentServer, AgentSession
from names import DESK
from elsewhere import prepare

server = AgentServer()


@server.rtc_session(agent_name=DESK)
async def entry(ctx):
    session = AgentSession()
    await prepare(ctx)
    await ctx.connect()
    await session.start(room=ctx.room, agent=Agent(instructions=""))
"""
NAMES = '"""The names."""\n\nDESK = "front-" + "desk"\n'


class Why:
    """The command in a project."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self.capsys = capsys

    def write(self, **files: str) -> None:
        for name, text in {"pyproject_toml": ROOT, **files}.items():
            path = self.root / name.replace("__", "/").replace("_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def run(self, *arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as caught:
            main(["why", *arguments])
        out = self.capsys.readouterr()
        assert isinstance(caught.value.code, int)
        return caught.value.code, out.out, out.err

    def __call__(self, *arguments: str) -> dict[str, Any]:
        code, out, _ = self.run(*arguments, "--format", "json")
        assert code == 0
        found: dict[str, Any] = json.loads(out)
        return found

    def steps(self, *arguments: str) -> list[str]:
        """The steps of the only registration, dispatch or call at a line."""
        return [step["message"] for thing in self(*arguments)["things"] for step in thing["steps"]]


@pytest.fixture
def why(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Why:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    found = Why(tmp_path, capsys)
    found.write(agent_py=AGENT, names_py=NAMES)
    return found


def test_a_name_is_followed_to_where_it_is_written(why: Why) -> None:
    steps = why.steps("agent.py:10")
    assert steps[:5] == [
        "its name:",
        "DESK is a variable of the module agent.py, assigned once",
        "imported as names.DESK from names.py",
        "DESK is a variable of the module names.py, assigned once, at line 3",
        '"front-desk", as it is written here',
    ]


def test_what_the_steps_come_to(why: Why) -> None:
    assert 'so its name is "front-desk"' in why.steps("agent.py:10")
    why.write(names_py='import os\nDESK = os.environ["A"] + "-desk"\n')
    steps = why.steps("agent.py:10")
    assert {"a concatenation of 2 values:", "so its name is not known"} <= set(steps)


def test_a_variable_of_the_environment_has_its_default(why: Why) -> None:
    why.write(names_py='import os\nDESK = os.getenv("DESK_NAME", "desk")\n')
    assert any(
        step == 'os.getenv("DESK_NAME", "desk") returns the environment variable DESK_NAME, or "desk"'
        for step in why.steps("agent.py:10")
    )


def test_where_a_name_ends_to_be_known(why: Why) -> None:
    why.write(names_py="from settings import load\nDESK = load().desk\n")
    steps = why.steps("agent.py:10")
    assert any("knowledge ends here" in step or "another package" in step for step in steps)
    assert any("settings.load" in step for step in steps)


def test_the_states_before_an_event_and_where_they_ended(why: Why) -> None:
    found = why("agent.py:14", "LKA101")
    (moment,) = found["moments"]
    assert moment["event"] == "ctx.connect()"
    assert moment["states"][0] == "it is not known whether the room is joined"
    assert (moment["known"], moment["beside"]) == (False, False)
    (end,) = found["ends"]
    assert (end["path"], end["line"]) == ("agent.py", 13)
    assert "elsewhere.prepare" in end["message"]
    assert {(each["holds"], each["message"].partition(":")[0]) for each in found["verdict"]["conditions"]} >= {
        (True, "the rule is on for this file"),
        (False, "the state before it is known"),
    }


def test_states_that_are_known(why: Why) -> None:
    why.write(agent_py=AGENT.replace("    await prepare(ctx)\n", ""))
    (moment,) = why("agent.py:14")["moments"]
    assert moment["known"]
    assert moment["states"][:2] == [
        "the room is joined on every path: by line 13",
        "no session has started on any path",
    ]
    found = why("agent.py:13", "connect-before-start")
    assert found["verdict"]["reported"] is True
    assert found["findings"][0].startswith("LKA101 ")
    assert "it is reported at line 13" in why("agent.py:14", "LKA101")["verdict"]["message"]


def test_what_the_file_is_judged_by(why: Why) -> None:
    why.write(pyproject_toml=ROOT + 'ignore = ["LKA1"]\n')
    found = why("agent.py:14", "LKA101")
    file = found["file"]
    assert file["sdk"] == "livekit-agents 1.5.3 (pyproject.toml)"
    assert file["settings_file"] == "pyproject.toml"
    assert [(each["key"], each["value"], each["origins"]) for each in file["settings"]] == [
        ("ignore", '["LKA1"]', ["pyproject.toml:6"]),
        ("root", "true", ["pyproject.toml:5"]),
    ]
    assert found["verdict"]["conditions"][0] == {
        "holds": False,
        "message": "the rule is on for this file: the settings turn it off",
    }


def test_what_hides_a_finding(why: Why) -> None:
    why.write(agent_py=AGENT.replace("await prepare(ctx)", "pass").replace("connect()", "connect()  # noqa: LKA101"))
    found = why("agent.py:14", "LKA101")["verdict"]
    assert found["reported"] is False
    assert {"holds": False, "message": "no comment hides what it finds"} in found["conditions"]


def test_what_a_baseline_hides(why: Why) -> None:
    why.write(pyproject_toml=f'{ROOT}baseline = "known.json"\n', agent_py=AGENT.replace("    await prepare(ctx)\n", ""))
    with pytest.raises(SystemExit):
        main(["check", "--write-baseline"])
    why.capsys.readouterr()
    found = why("agent.py:13", "LKA101")["verdict"]
    assert found["message"] == "the rule finds something here, and it is not shown"
    assert {"holds": False, "message": "no baseline lists what it finds"} in found["conditions"]


def test_a_rule_in_preview(why: Why) -> None:
    conditions = why("agent.py:10", "LKA211")["verdict"]["conditions"]
    assert "in preview" in conditions[0]["message"]


@pytest.mark.parametrize(
    ("files", "place", "takes_part", "words"),
    [
        ({}, "agent.py:1", True, "it mentions a LiveKit SDK"),
        ({}, "names.py:1", True, "files that mention an SDK import it (agent.py)"),
        ({"other_py": "x = 1\n"}, "other.py:1", False, "does not mention a LiveKit SDK"),
        ({"build__a_py": "import livekit\n"}, "build/a.py:1", True, "build/ is excluded by a built-in list"),
        (
            {"_gitignore": "secret/\n", "secret__a_ts": "livekit\n"},
            "secret/a.ts:1",
            True,
            "asked for by name: git ignores secret/",
        ),
        ({"data_csv": "a\n"}, "data.csv:1", False, "no text that an author writes"),
        ({"notes_txt": "livekit\n"}, "notes.txt:1", False, "nothing in it dispatches"),
    ],
)
def test_which_files_take_part(why: Why, files: dict[str, str], place: str, takes_part: bool, words: str) -> None:
    why.write(**files)
    found = why(place)["file"]
    assert found["takes_part"] is takes_part
    assert words in found["because"]


def test_settings_exclude(why: Why) -> None:
    why.write(pyproject_toml=ROOT + 'exclude = ["web/"]\n', web__a_ts="import 'livekit-client';\n")
    assert "asked for by name: web/ is excluded by exclude in the settings" in why("web/a.ts:1")["file"]["because"]


def test_a_dispatch_and_a_rule_that_needs_every_name(why: Why) -> None:
    token = "from livekit import api\n\n\ndef token(name):\n    return api.RoomAgentDispatch(agent_name=name)\n"
    why.write(token_py=token)
    steps = why.steps("token.py:5")
    assert steps[:2] == ["the name that it asks for:", "name is a parameter of token in token.py: not known"]
    conditions = why("agent.py:10", "LKA201")["verdict"]["conditions"]
    assert any(each["holds"] is False and "dispatches it, for certain" in each["message"] for each in conditions)
    assert any("a name that is not known, name (token.py:5)" in each["message"] for each in conditions)


def test_an_agent_of_node(why: Why) -> None:
    why.write(
        js__package_json='{"dependencies": {"@livekit/agents": "1.9.0"}}',
        js__agent_ts="""\
import { ServerOptions, cli, defineAgent, voice } from '@livekit/agents';
import { fileURLToPath } from 'node:url';

const NAME = process.env.DESK ?? 'desk';
export default defineAgent({
  entry: async (ctx) => {
    const session = new voice.AgentSession({});
    await session.start({ agent: new voice.Agent({ instructions: '' }), room: ctx.room });
    await ctx.connect();
  },
});
cli.runApp(new ServerOptions({ agent: fileURLToPath(import.meta.url), agentName: NAME }));
""",
    )
    steps = why.steps("js/agent.ts:12")
    assert "the environment variable DESK, whose value is not in the code" in steps
    assert '"desk", as it is written here' in steps
    (moment,) = why("js/agent.ts:9")["moments"]
    assert moment["states"][0] == "the room is joined on every path: by line 8"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("agent.py",), "is no place: write FILE:LINE"),
        (("agent.py:0",), "has no line 0"),
        (("agent.py:99",), "has no line 99: it has 16 lines"),
        (("absent.py:1",), "no such file"),
        ((".:1",), "is a directory"),
        (("agent.py:1", "LKA1O1"), "there is no rule"),
        (("agent.py:1", "conect-before-start"), "did you mean LKA101 (connect-before-start)?"),
    ],
)
def test_a_wrong_place_is_an_error(why: Why, arguments: tuple[str, ...], words: str) -> None:
    code, out, err = why.run(*arguments)
    assert (code, out) == (2, "")
    assert words in err


def test_the_text_is_for_reading(why: Why) -> None:
    code, out, _ = why.run("agent.py:14:11", "LKA101")
    assert code == 0
    assert out.startswith("agent.py:14: await ctx.connect()\n")
    assert "\n  does not hold: the state before it is known: it ended to be at agent.py:13\n" in out


def test_a_file_that_cannot_be_parsed(why: Why) -> None:
    why.write(broken_py="import livekit\ndef (\n")
    found = why("broken.py:2", "LKA101")
    assert found["file"]["problems"]
    assert any("could be analysed" in each["message"] for each in found["verdict"]["conditions"])


def test_a_question_that_met_its_budget_is_named_once(why: Why, monkeypatch: pytest.MonkeyPatch) -> None:
    chain = "".join(f"a{each} = a{each + 1}\n" for each in range(100))
    why.write(names_py=f"DESK = a0\n{chain}a100 = 'desk'\n")
    assert not any("steps to find" in step for step in why.steps("agent.py:10"))
    monkeypatch.setattr(limits, "MAX_STEPS", 60)
    said = [step for step in why.steps("agent.py:10") if "steps to find" in step]
    assert said == ["what DESK is takes more than 60 steps to find: unknown"]


def test_a_file_that_counts_as_code_of_0x_says_by_which_line(why: Why) -> None:
    old = "from livekit.agents.pipeline import VoicePipelineAgent\n\nagent = VoicePipelineAgent()\n"
    why.write(
        agent_py=old, new_py=old.replace("agent = VoicePipelineAgent()", "from livekit.agents import AgentSession")
    )
    assert (
        "counts as code of 0.x: line 3 uses a class that only 0.x had" in why.run(str(why.root / "agent.py") + ":3")[1]
    )
    assert "counts as code of 0.x" not in why.run(str(why.root / "new.py") + ":1")[1]


@pytest.mark.parametrize(
    ("code", "line", "doubt"),
    [
        ("LKA114", 7, "goes to company.run, which is neither the project's nor the SDK's (agent.py:8)"),
        ("LKA203", 15, "the name of this worker is not known (agent.py:6)"),
        ("LKA205", 6, "the name of this worker is not known (agent.py:6)"),
        (
            "LKA406",
            8,
            "livekit-agents ==9000.0 is of another major than 2.0.0b1, the newest known (pyproject.toml:1)",
        ),
    ],
)
def test_why_it_is_not_sure_that_something_is_missing(why: Why, code: str, line: int, doubt: str) -> None:
    held = ROOT.replace("1.5.3", "9000.0") if code == "LKA406" else ROOT
    why.write(
        pyproject_toml=held,
        agent_py="import company\nfrom livekit import api\nfrom livekit.agents import AgentServer, JobContext\n\n"
        "server = AgentServer()\n@server.rtc_session(agent_name=company.NAME)\nasync def entry(ctx: JobContext):\n"
        "    await company.run(ctx)\n\n\nasync def other():\n    pass\n\n\n"
        'x = api.RoomAgentDispatch(agent_name="desk")\n',
    )
    conditions = why(f"agent.py:{line}", code)["verdict"]["conditions"]
    at = next(index for index, each in enumerate(conditions) if "everything that could be there" in each["message"])
    assert conditions[at]["holds"] is False
    assert any(doubt in each["message"] for each in conditions[at + 1 :])


def test_what_is_sure_has_no_doubt(why: Why) -> None:
    conditions = why("agent.py:14", "LKA406")["verdict"]["conditions"]
    assert any(each["holds"] is True and "everything that could be there" in each["message"] for each in conditions)

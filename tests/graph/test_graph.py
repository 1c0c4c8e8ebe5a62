"""The graph: which dispatch reaches which worker, the answer for each worker, and pictures that no name can break."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, cast

import jsonschema
import pytest

from lkagent_lint.cli import main
from lkagent_lint.diagnostics import Place
from lkagent_lint.project.agent_names import UNKNOWN_NAME, UNNAMED, AgentName, FromEnv, Known, OneOf
from lkagent_lint.project.records import SetVariable
from lkagent_lint.questions.reach import Match, match
from lkagent_lint.text import START_OF_FILE
from tests.harness.runs import REPOSITORY
from tests.typestate.solving import project_of

ROOT = '[project]\nname = "x"\ndependencies = ["livekit-agents==1.8.9"]\n[tool.lkagent-lint]\nroot = true\n'
WORKER = """\
import os
from livekit.agents import AgentServer

server = AgentServer()


@server.rtc_session({name})
async def entry(ctx):
    await ctx.connect()
"""
TOKEN = """\
import os
from livekit import api


def token():
    agents = [api.RoomAgentDispatch({name})]
    return api.AccessToken().with_room_config(api.RoomConfiguration(agents=agents)).to_jwt()
"""
NODE = """\
import {{ ServerOptions, cli, defineAgent }} from '@livekit/agents';
import {{ fileURLToPath }} from 'node:url';

export default defineAgent({{
  entry: async (ctx) => {{
    await ctx.connect();
  }},
}});
cli.runApp(new ServerOptions({{ agent: fileURLToPath(import.meta.url), agentName: {name} }}));
"""
API = """\
import {{ AgentDispatchClient }} from 'livekit-server-sdk';

const client = new AgentDispatchClient(process.env.LIVEKIT_URL!);
export const dispatch = async (room: string) => client.createDispatch(room, {name});
"""


def project(root: Path, settings: str = "", **files: str) -> Path:
    (root / "pyproject.toml").write_text(ROOT + settings, encoding="utf-8")
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


class Command:
    """The command in a directory."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.capsys = capsys
        self.monkeypatch = monkeypatch

    def __call__(self, root: Path, format: str = "json", *paths: str) -> str:
        self.monkeypatch.chdir(root)
        with pytest.raises(SystemExit) as caught:
            main(["graph", "--format", format, *paths])
        assert caught.value.code == 0
        return self.capsys.readouterr().out

    def one(self, root: Path, *paths: str) -> dict[str, Any]:
        """The only project's graph, which keeps to its schema."""
        document = json.loads(self(root, "json", *paths))
        schema = json.loads((REPOSITORY / "docs" / "graph.schema.json").read_text(encoding="utf-8"))
        validator: Any = jsonschema.Draft7Validator(schema)
        assert not list(validator.iter_errors(document))
        (found,) = document["projects"]
        return cast("dict[str, Any]", found)

    def answer(self, root: Path) -> tuple[str, list[str]]:
        """What is said of the only worker, and by which kinds of reason."""
        (worker,) = self.one(root)["workers"]
        return worker["gets_jobs"], [each["kind"] for each in worker["because"]]


@pytest.fixture
def graph(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    return Command(capsys, monkeypatch)


V, W = FromEnv("V"), FromEnv("W")


@pytest.mark.parametrize(
    ("worker", "dispatch", "expected"),
    [
        (Known("a"), Known("a"), Match("value", True)),
        (Known("a"), Known("A"), None),
        (UNNAMED, Known("a"), None),
        (UNNAMED, UNNAMED, Match("value", True)),
        (Known("a"), OneOf(("a", "b")), Match("one-of", True)),
        (Known("c"), OneOf(("a", "b")), None),
        (OneOf(("b", "c")), OneOf(("a", "b")), Match("one-of", False)),
        (V, V, Match("variable", True)),
        (FromEnv("V", "a"), V, Match("variable", True)),
        (V, W, Match("unknown", False)),
        (FromEnv("V", "a"), FromEnv("W", "a"), Match("default", True)),
        (Known("a"), FromEnv("V", "a"), Match("default", True)),
        (Known("a"), FromEnv("V", "b"), Match("unknown", False)),
        (FromEnv("V", "a"), Known("a"), Match("default", True)),
        (Known("a"), UNKNOWN_NAME, Match("unknown", False)),
        (UNKNOWN_NAME, Known("a"), Match("unknown", False)),
    ],
)
def test_what_two_names_say_of_each_other(worker: AgentName, dispatch: AgentName, expected: Match | None) -> None:
    assert match(project_of({}), worker, dispatch) == expected


def test_what_files_set_is_what_a_variable_usually_is() -> None:
    def setting(value: str, *, is_example: bool) -> SetVariable:
        return SetVariable(Place("/project/.env", START_OF_FILE), value, is_example)

    linked = project_of({})
    linked.set_variables = {"V": (setting("a", is_example=False),), "W": (setting("a", is_example=True),)}
    assert match(linked, Known("a"), V) == Match("default", True)
    assert match(linked, Known("b"), V) == Match("unknown", False)
    assert match(linked, Known("a"), W) == Match("default", False)
    # What is set wins over the default in the code.
    assert match(linked, Known("b"), FromEnv("V", "b")) == Match("default", False)


def worker(name: str) -> str:
    return WORKER.format(name=name)


def token(name: str) -> str:
    return TOKEN.format(name=name)


def test_equal_names_reach(tmp_path: Path, graph: Command) -> None:
    root = project(tmp_path, agent_py=worker('agent_name="desk"'), token_py=token('agent_name="desk"'))
    found = graph.one(root)
    (edge,) = found["edges"]
    assert (edge["by"], edge["certain"]) == ("value", True)
    assert graph.answer(root) == ("yes", ["dispatch"])
    assert found["dispatches"][0]["reaches"] == "yes"
    reason = found["workers"][0]["because"][0]
    assert "only if that join creates the room" in reason["message"]
    assert (reason["at"]["path"], reason["at"]["line"]) == ("token.py", 6)


def test_nothing_asks_for_it(tmp_path: Path, graph: Command) -> None:
    assert graph.answer(project(tmp_path, agent_py=worker('agent_name="desk"'))) == ("no", ["nothing"])


def test_a_near_name_does_not_reach(tmp_path: Path, graph: Command) -> None:
    root = project(tmp_path, agent_py=worker('agent_name="front-desk"'), token_py=token('agent_name="front_desk"'))
    assert graph.answer(root) == ("no", ["nothing", "near-name"])
    assert graph.one(root)["dispatches"][0]["reaches"] == "no"


def test_the_same_variable_reaches_without_a_value(tmp_path: Path, graph: Command) -> None:
    name = 'agent_name=os.environ["DESK"]'
    found = graph.one(project(tmp_path, agent_py=worker(name), token_py=token(name)))
    assert [each["by"] for each in found["edges"]] == ["variable"]
    assert found["variables"] == [{"name": "DESK", "defaults": [], "workers": ["w1"], "dispatches": ["d1"]}]
    assert graph.answer(tmp_path) == ("yes", ["dispatch", "unset-variable"])


def test_a_default_reaches(tmp_path: Path, graph: Command) -> None:
    name = 'agent_name=os.getenv("DESK", "desk")'
    root = project(tmp_path, agent_py=worker('agent_name="desk"'), token_py=token(name))
    assert graph.answer(root) == ("yes", ["dispatch"])
    assert graph.one(root)["edges"][0]["by"] == "default"


def test_a_name_that_is_not_known_may_be_any(tmp_path: Path, graph: Command) -> None:
    root = project(tmp_path, agent_py=worker('agent_name="desk"'), token_py=token("agent_name=pick()"))
    assert graph.answer(root) == ("unknown", ["possible-dispatch"])
    assert graph.one(root)["dispatches"][0]["reaches"] == "unknown"


def test_a_worker_whose_name_is_not_known(tmp_path: Path, graph: Command) -> None:
    root = project(tmp_path, agent_py=worker("agent_name=pick()"), token_py=token('agent_name="desk"'))
    assert graph.answer(root) == ("unknown", ["possible-dispatch", "unknown-name"])


def test_a_word_asks_for_nobody_and_is_shown_on_request(tmp_path: Path, graph: Command) -> None:
    root = project(tmp_path, agent_py=worker('agent_name="desk"'), notes_txt="start the desk\n")
    assert graph.answer(root) == ("no", ["nothing"])
    assert graph.one(root)["mentions"] == []
    assert graph.one(root, "--all")["mentions"] == [{"name": "desk", "paths": ["notes.txt"]}]


@pytest.mark.parametrize(
    ("name", "fail_on", "code"),
    [("desk", "no", 1), ("desk", "unknown", 1), ("other", "no", 0), ("other", "unknown", 0)],
)
def test_a_deployment_can_wait_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, fail_on: str, code: int
) -> None:
    project(tmp_path, agent_py=worker(f'agent_name="{name}"'), token_py=token('agent_name="other"'))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as caught:
        main(["graph", "--fail-on", fail_on])
    assert caught.value.code == code


def test_a_gap_and_a_setting_are_told_apart(tmp_path: Path, graph: Command) -> None:
    root = project(tmp_path, agent_py=worker('agent_name="desk"'))
    (root / "broken.py").write_text("import livekit\ndef (\n", encoding="utf-8")
    assert graph.answer(root) == ("unknown", ["not-analysed"])
    assert [each["path"] for each in graph.one(root)["gaps"]] == ["broken.py"]
    project(root, 'dispatched-elsewhere = ["d*"]\n')
    assert graph.answer(root) == ("yes", ["elsewhere"])


def test_a_test_file_asks_too_and_says_so(tmp_path: Path, graph: Command) -> None:
    root = project(tmp_path, agent_py=worker('agent_name="desk"'), tests__token_py=token('agent_name="desk"'))
    assert graph.answer(root) == ("yes", ["dispatch"])
    assert "in a test file" in graph.one(root)["workers"][0]["because"][0]["message"]


def test_no_name_is_automatic(tmp_path: Path, graph: Command) -> None:
    assert graph.answer(project(tmp_path, agent_py=worker(""))) == ("yes", ["automatic"])


def test_a_list_of_agents_turns_it_off_in_its_rooms(tmp_path: Path, graph: Command) -> None:
    plain = "from livekit import api\n\ndef plain():\n    return api.AccessToken().to_jwt()\n"
    root = project(tmp_path, agent_py=worker(""), token_py=token('agent_name="other"'), plain_py=plain)
    assert graph.answer(root) == ("yes", ["automatic", "listed-rooms"])
    assert [each["lists_agents"] for each in graph.one(root)["sources"]] == [False, True]


def test_where_every_room_lists_others_it_gets_nothing(tmp_path: Path, graph: Command) -> None:
    root = project(
        tmp_path, agent_py=worker(""), other_py=worker('agent_name="other"'), token_py=token('agent_name="other"')
    )
    answers = {each["at"]["path"]: each["gets_jobs"] for each in graph.one(root)["workers"]}
    assert answers == {"agent.py": "no", "other.py": "yes"}


def test_the_environment_may_name_it(tmp_path: Path, graph: Command) -> None:
    root = project(tmp_path, agent_py=worker(""), compose_yaml="environment:\n  LIVEKIT_AGENT_NAME: ${NAME}\n")
    gets, kinds = graph.answer(root)
    assert (gets, kinds[-1]) == ("unknown", "unset-variable")
    (found,) = graph.one(root)["workers"]
    assert found["name"]["variable"] == "LIVEKIT_AGENT_NAME"


def test_job_types_are_said(tmp_path: Path, graph: Command) -> None:
    agent = worker("type=ServerType.PUBLISHER").replace("import AgentServer", "import AgentServer, ServerType")
    (found,) = graph.one(project(tmp_path, agent_py=agent))["workers"]
    assert found["job_type"] == "JT_PUBLISHER"
    assert "for every participant who publishes" in found["because"][0]["message"]


def mixed(root: Path) -> Path:
    """One agent in each language, and in each language a dispatch of the other one's."""
    return project(
        root,
        py__agent_py=worker('agent_name="python-desk"'),
        py__token_py=token('agent_name="node-desk"'),
        js__package_json='{"dependencies": {"@livekit/agents": "1.9.0"}}',
        js__agent_ts=NODE.format(name='"node-desk"'),
        js__api_ts=API.format(name='"python-desk"'),
    )


def test_two_languages_are_one_graph(tmp_path: Path, graph: Command) -> None:
    found = graph.one(mixed(tmp_path))
    workers = {each["id"]: each for each in found["workers"]}
    dispatches = {each["id"]: each for each in found["dispatches"]}
    ends = sorted(
        (dispatches[each["dispatch"]]["at"]["path"], workers[each["worker"]]["at"]["path"]) for each in found["edges"]
    )
    assert ends == [("js/api.ts", "py/agent.py"), ("py/token.py", "js/agent.ts")]
    assert sorted((each["language"], each["gets_jobs"]) for each in workers.values()) == [
        ("node", "yes"),
        ("python", "yes"),
    ]


def test_paths_choose_what_is_shown_with_its_other_ends(tmp_path: Path, graph: Command) -> None:
    root = mixed(tmp_path)
    (root / "py" / "other.py").write_text(worker('agent_name="alone"'), encoding="utf-8")
    found = graph.one(root, "js")
    assert len(found["workers"]) == len(found["dispatches"]) == len(found["edges"]) == 2
    assert [each["at"]["path"] for each in graph.one(root, "py/other.py")["workers"]] == ["py/other.py"]


@pytest.mark.parametrize("format", ["text", "mermaid", "dot", "json"])
def test_the_same_bytes_each_time(tmp_path: Path, graph: Command, format: str) -> None:
    root = mixed(tmp_path)
    first = graph(root, format)
    assert first == graph(root, format, "py", "js") == graph(root, format, "js", "py")
    assert "python-desk" in first


HOSTILE = "a\"b'\n]<script>alert(1)</script>&amp;#35;|`**_x_`\\N %%{init}\t\u202e\x1b[31m;--é日本"


@pytest.mark.parametrize("format", ["text", "mermaid", "dot"])
def test_no_name_breaks_a_picture(tmp_path: Path, graph: Command, format: str) -> None:
    name = f"agent_name={HOSTILE!r}"
    text = graph(project(tmp_path, agent_py=worker(name), token_py=token(name)), format)
    assert not re.search(r"[^\x20-\x7e\n\u2400-\u241f\xe9\u65e5\u672c]", text)
    if format == "text":
        return
    for label in re.findall(r'"(?!#)(.*?)"', text):  # what stands between two quotes holds nothing that means anything
        plain = label.replace("<br/>", "").replace("\\\\", "").replace("\\n", "")
        assert not re.search(r"[][<>{}|`\\*_%]", plain)
        assert not re.search(r"[#&](?!#?\d+;)", plain)
    assert text.count('"') % 2 == 0
    assert len(re.findall(r"-->|->", text)) == 1


def test_a_directory_without_agents(tmp_path: Path, graph: Command) -> None:
    found = graph.one(project(tmp_path))
    assert (found["workers"], found["dispatches"], found["files"]) == ([], [], 0)
    assert graph(tmp_path, "text").endswith("0 workers, 0 dispatches\n")


def test_wrong_settings_are_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project(tmp_path, "selct = []\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as caught:
        main(["graph"])
    assert caught.value.code == 2

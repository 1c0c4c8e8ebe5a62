"""``lkagent-lint sdk``: whether the SDK has a name, since when, and what took its place, by the project's release."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lkagent_lint import engine
from lkagent_lint.cli import main
from lkagent_lint.formats import LOOKUPS, is_ours
from lkagent_lint.questions.sdk_lookup import MOST, SdkAnswer
from lkagent_lint.sources.sdk import tables
from lkagent_lint.sources.sdk.successors import INVENTED, INVENTED_KEYWORDS, invented
from lkagent_lint.sources.sdk.vocabulary.records import camel


def asked(project: Path, name: str, *, python: str = "", node: str = "", language: bool | None = None) -> SdkAnswer:
    if python:
        (project / "requirements.txt").write_text(f"livekit-agents=={python}\n")
    if node:
        (project / "package.json").write_text(f'{{"dependencies": {{"@livekit/agents": "{node}"}}}}')
    return engine.sdk_answer(engine.Request(paths=(str(project),)), name, node=language)


@pytest.mark.parametrize(
    ("name", "version", "verdict", "first"),
    [
        ("AgentSession", "1.8.9", "yes", ("livekit.agents.AgentSession", "class", "1.0.0", "")),
        ("livekit.agents.llm.ChatContext", "1.8.9", "yes", ("livekit.agents.llm.ChatContext", "class", "0.7.2", "")),
        ("session.say", "1.8.9", "yes", ("AgentSession.say", "method", "1.0.0", "")),
        ("LiveSession.say", "2.0.0b1", "yes", ("AgentSession.say", "method", "1.0.0", "")),
        ("await session.start(room=)", "1.8.9", "yes", ("AgentSession.start(room=)", "keyword", "1.0.0", "")),
        ("room_options", "1.8.9", "yes", ("AgentSession.start(room_options=)", "keyword", "1.3.1", "")),
        ("room_options", "1.2.0", "later", ("AgentSession.start(room_options=)", "keyword", "1.3.1", "")),
        ("AgentSession.room_io", "1.2.0", "later", ("AgentSession.room_io", "property", "1.3.1", "")),
        ("'close'", "1.8.9", "yes", ('AgentSession: "close"', "event", "1.0.0", "")),
        (
            "VoicePipelineAgent",
            "1.8.9",
            "gone",
            ("livekit.agents.pipeline.VoicePipelineAgent", "class", "0.10.2", "1.0.0"),
        ),
        ("Agent.update_tools", "2.0.0b1", "gone", ("Agent.update_tools", "coroutine", "1.0.0", "2.0.0b1")),
    ],
)
def test_what_is_there_and_when(
    name: str, version: str, verdict: str, first: tuple[str, str, str, str], tmp_path: Path
) -> None:
    found = asked(tmp_path, name, python=version)
    assert found.verdict == verdict
    entry = found.entries[0]
    assert (entry.name, entry.kind, entry.since, entry.until) == first
    assert found.judged_by[0] == f"livekit-agents {version} (requirements.txt)" + (", a pre-release" * ("b" in version))


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("session.wait_for_close", 'the event "close" of the session tells of its end'),
        ("ctx.close", "end the job with ctx.shutdown()"),
        ("AgentSession(agent=)", "give it to session.start(agent=)"),
        ("AgentServer(agent_name=)", "write rtc_session(agent_name=)"),
        ("context.chat_ctx", "context.session.history"),
        ("user_speech_committed", 'the event "user_input_transcribed" tells of it'),
        ("livekit.agents.multimodal.MultimodalAgent", "use AgentSession and Agent with a RealtimeModel"),
        ("session.generate_replys", "the nearest that AgentSession has is generate_reply"),
        ("ctx.wait_for_shutdown", "ctx.add_shutdown_callback()"),
        ("AgentSesion", "the nearest name is AgentSession"),
    ],
)
def test_what_is_not_there_has_a_successor(name: str, instead: str, tmp_path: Path) -> None:
    found = asked(tmp_path, name, python="1.8.9")
    assert found.verdict in ("no", "gone", "later")
    assert instead in found.instead


def test_of_another_owner(tmp_path: Path) -> None:
    found = asked(tmp_path, "ctx.disconnect", python="1.8.9")
    assert (found.verdict, found.elsewhere) == ("no", True)
    assert found.entries[0].name == "Room.disconnect"


def test_node_by_its_own_release(tmp_path: Path) -> None:
    found = asked(tmp_path, "session.generateReply", node="1.9.0")
    assert (found.verdict, found.entries[0].package) == ("yes", "@livekit/agents")
    assert found.judged_by == ("@livekit/agents 1.9.0 (package.json)",)
    assert asked(tmp_path, "generate_reply").verdict == "no"
    both = asked(tmp_path, "AgentSession", python="1.8.9")
    assert {each.package for each in both.entries} == {"livekit-agents", "@livekit/agents"}
    assert asked(tmp_path, "generate_reply", language=False).verdict == "yes"


@pytest.mark.parametrize(
    ("name", "version", "doubt"),
    [
        ("AgentSession.shout", "3.0.0", "livekit-agents 3.0.0 is newer than 2.0.0b1"),
        ("AgentSession._activity", "1.8.9", "the tables hold no private names"),
        ("livekit.plugins.openai.STT", "1.8.9", "the tables hold no plugins"),
    ],
)
def test_nothing_is_denied_of_what_is_not_known(name: str, version: str, doubt: str, tmp_path: Path) -> None:
    found = asked(tmp_path, name, python=version)
    assert found.verdict == "unknown"
    assert doubt in found.doubt


@pytest.mark.parametrize("name", ["", ".", "()", "a" * 10_000, "AgentSession(", "ä.ö", "\0", "'", "zzz(=)", "..a..b"])
def test_any_text_is_answered(name: str, tmp_path: Path) -> None:
    assert asked(tmp_path, name).verdict == "no"


def test_an_answer_is_short(tmp_path: Path) -> None:
    found = asked(tmp_path, "chat_ctx", python="1.8.9")
    assert len(found.entries) == MOST
    assert found.more
    assert found == asked(tmp_path, "chat_ctx", python="1.8.9")


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    Path("requirements.txt").write_text("livekit-agents==1.8.9\n")
    for name, code in [("session.say", 0), ("session.stop", 1)]:
        for row in LOOKUPS:
            with pytest.raises(SystemExit) as ended:
                main(["sdk", name, "--output-format", row.name])
            assert ended.value.code == code
            assert is_ours(capsys.readouterr().out.encode()) == row.name


RELEASES = [("livekit-agents", "1.8.9"), ("livekit-agents", "2.0.0b1"), ("livekit", "1.1.21")]
NODE_RELEASES = [("@livekit/agents", "1.9.0"), ("@livekit/rtc-node", "0.13.31")]
OWNERS = {"ctx": "JobContext", "session": "AgentSession", "local_participant": "LocalParticipant"}


@pytest.mark.parametrize(("package", "version"), [*RELEASES, *NODE_RELEASES])
def test_what_is_called_invented_is_in_no_release_and_its_successor_is(package: str, version: str) -> None:
    release, node = tables.release(package, version), package.startswith("@")
    assert release is not None
    for kind, name in INVENTED:
        if release.has_class(kind):
            assert release.member(kind, camel(name) if node else name) is None
        for variable, method in re.findall(r"(\w+)\.(\w+)\(", invented(kind, name, node=node)):
            owner = OWNERS["local_participant" if variable == "localParticipant" else variable]
            assert not release.has_class(owner) or release.member(owner, method) is not None, method
    for kind, name in INVENTED_KEYWORDS if not node else ():
        parameters = release.parameters(kind)
        assert parameters is None or not parameters.accepts(name)

"""The tables say what the SDKs' releases were seen to do (python-sdk.md and the releases' own sources)."""

from __future__ import annotations

from pathlib import Path

import pytest

from lkagent_lint.sources import sdk
from lkagent_lint.sources.sdk.order import order
from lkagent_lint.sources.sdk.parts import package_of
from lkagent_lint.sources.sdk.releases import NODE_PACKAGES
from lkagent_lint.sources.sdk.symbols import SymbolKind
from lkagent_lint.sources.sdk.tables import Release, newest, packages, release, table

FOLDER = Path(sdk.__file__).parent / "tables"


def agents(version: str) -> Release:
    found = release("livekit-agents", version)
    assert found is not None
    return found


@pytest.mark.parametrize("package", [*packages(), *packages(node=True)])
def test_releases_are_in_order(package: str) -> None:
    places = [order(each, npm=package in NODE_PACKAGES) for each in table(package).releases]
    assert places == sorted(set(places))


def test_a_version_means_the_newest_release_that_is_no_newer() -> None:
    assert agents("1.3.4").version == "1.3.3"
    assert [agents(each).label for each in ("1.3.0rc2", "1.3.4", "1.3.1")] == ["1.3.0rc2", "1.3.4", "1.3.1"]
    assert agents("1.8.99").label == agents("1.8.99").version  # nobody knows what that one offers
    assert agents("1.99").version == newest("livekit-agents").version
    assert release("livekit-agents", "0.1") is None


def test_keywords_come_and_go() -> None:
    """connect(encryption=) since 1.5.3, e2ee before and still."""
    before, after = (agents(each).member("JobContext", "connect") for each in ("1.5.2", "1.5.3"))
    assert before is not None
    assert before.parameters is not None
    assert after is not None
    assert after.parameters is not None
    assert before.kind is after.kind is SymbolKind.COROUTINE
    assert not before.parameters.accepts("encryption")
    assert after.parameters.accepts("encryption")
    assert after.parameters.accepts("e2ee")


def test_a_server_takes_no_name() -> None:
    """AgentServer(agent_name=) raises TypeError (1.8.9, run); rtc_session(agent_name=) does not."""
    found = agents("1.8.9")
    server, registration = found.parameters("AgentServer"), found.member("AgentServer", "rtc_session")
    assert server is not None
    assert not server.accepts("agent_name")
    assert server.positional == ()
    assert registration is not None
    assert registration.parameters is not None
    assert registration.parameters.accepts("agent_name")
    assert registration.parameters.positional == ("func",)
    assert agents("1.2.18").parameters("AgentServer") is None


def test_a_dataclass_takes_its_fields() -> None:
    options = agents("1.2.18").parameters("WorkerOptions")
    assert options is not None
    assert options.required == {"entrypoint_fnc"}
    assert options.positional[0] == "entrypoint_fnc"
    assert not options.accepts("on_request")


def test_an_alias_is_the_class_it_means() -> None:
    assert agents("1.8.9").name("livekit.agents", "WorkerOptions") == agents("1.8.9").name(
        "livekit.agents.worker", "ServerOptions"
    )


def test_names_are_where_they_are() -> None:
    found = agents("1.8.9")
    assert found.name("livekit.agents", "ServerType") is None
    assert found.name("livekit.agents.worker", "ServerType") is not None
    assert found.name("livekit.agents", "room_io") is not None
    assert not found.module("livekit.agents.room_io")
    assert found.module("livekit.agents.voice.room_io")
    assert table("livekit-agents").periods("livekit.agents", "Worker")[-1].until == "1.3.1"
    assert table("livekit-agents").periods("livekit.agents.pipeline", "")[-1].until == "1.0.0"


def test_inherited_members_are_known_across_packages() -> None:
    found = agents("1.8.9")
    once = found.member("AgentSession", "once")
    assert once is not None
    assert once.kind is SymbolKind.METHOD
    assert found.member("AgentSession", "speak") is None
    assert not found.is_open_class("AgentSession")
    instructions = found.member("AgentTask", "update_instructions")
    assert instructions is not None
    assert instructions.kind is SymbolKind.COROUTINE


def test_events_and_what_they_pass() -> None:
    assert agents("1.8.9").events("AgentSession")["agent_state_changed"] == 1
    assert "session_usage_updated" not in agents("1.4.0").events("AgentSession")
    assert newest("livekit").events("Room")["track_subscribed"] == 3
    assert agents("1.8.9").events("AgentServer") == {"worker_started": 0, "worker_registered": 2}
    assert agents("1.8.9").events("JobContext") == {}


def test_an_emitter_whose_subclasses_add_events_has_no_list() -> None:
    assert "livekit.agents.llm.llm.LLM" in table("livekit-agents").events
    assert agents("1.8.9").events("livekit.agents.llm.llm.LLM") == {}


def test_messages_have_their_fields() -> None:
    dispatch = newest("livekit-protocol").parameters("livekit.protocol.agent_dispatch.RoomAgentDispatch")
    assert dispatch is not None
    assert {"agent_name", "metadata"} <= dispatch.keywords
    assert not dispatch.var_keyword


def test_the_deprecated_has_its_successor() -> None:
    found = agents("1.8.9")
    assert found.deprecated("livekit.agents.job.JobContext.connect", "e2ee") == "Use `encryption` instead."
    services = newest("livekit-api")
    assert "create_dispatch_rule" in (
        services.deprecated("livekit.api.sip_service.SipService.create_sip_dispatch_rule") or ""
    )


def test_node_has_classes_events_and_enumerations() -> None:
    found = newest("@livekit/agents")
    start = found.member("AgentSession", "start")
    assert start is not None
    assert start.kind is SymbolKind.COROUTINE
    assert found.events("AgentSession")["user_input_transcribed"] == 1
    closing = found.member("AgentSessionEventTypes", "Close")
    assert closing is not None
    assert closing.value == "close"
    assert "participantConnected" in newest("@livekit/rtc-node").events("Room")


@pytest.mark.parametrize(
    ("module", "package"),
    [
        ("livekit.agents.voice", "livekit-agents"),
        ("livekit.rtc", "livekit"),
        ("livekit.plugins.openai", ""),
        ("livekit.agentsmith", ""),
    ],
)
def test_whose_module_it_is(module: str, package: str) -> None:
    assert package_of(module) == package


def test_the_tables_stay_small() -> None:
    assert sum(file.stat().st_size for file in FOLDER.glob("*.json")) < 1_200_000


def test_a_release_between_two_offers_what_either_has() -> None:
    """1.3.0rc2 came before AgentServer was in a stable release, and has it; 1.3.4 was withdrawn."""
    early, before, after = (agents(each) for each in ("1.3.0rc2", "1.2.18", "1.3.1"))
    assert not before.has_class("AgentServer")
    assert early.has_class("AgentServer")
    assert early.name("livekit.agents", "Worker") is not None
    assert after.name("livekit.agents", "Worker") is None
    assert agents("1.3.4").version == "1.3.3"
    assert [each.label for each in (early, agents("1.3.4"), after)] == ["1.3.0rc2", "1.3.4", "1.3.1"]
    assert agents("1.8.99").label == agents("1.8.99").version  # nobody knows what that one offers


def test_a_pre_release_has_a_table_of_its_own() -> None:
    early, stable = agents("2.0.0b1"), agents("1.8.9")
    assert stable.table.catalog.newest("livekit-agents").version == stable.version
    assert early.called("AgentSession") == "LiveSession"
    assert stable.called("AgentSession") == "AgentSession"
    assert early.requires("livekit") == "==1.1.20"
    assert table("livekit-agents").periods("livekit.agents", "LiveSession")[0].since == "2.0.0b1"

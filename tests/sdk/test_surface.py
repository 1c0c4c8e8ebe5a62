"""What the rules that read the tables say of the SDK: names, methods, events and what they pass."""

from __future__ import annotations

import json

import pytest

from lkagent_lint.sources.sdk import tables
from lkagent_lint.sources.sdk.symbols import SymbolKind
from tests.sdk.harness import Sdk, claim

_ATTEMPT = """
import asyncio

def attempt(function):
    try:
        print("OK", function())
    except BaseException as error:
        print(f"{type(error).__name__}: {error}")

"""


@claim("LKA501", "ImportError: cannot import name 'Worker' from 'livekit.agents'", since="1.3.1")
def test_a_name_that_is_gone_cannot_be_imported(sdk: Sdk) -> None:
    sdk.run(_ATTEMPT + 'attempt(lambda: exec("from livekit.agents import Worker"))').says(
        "ImportError: cannot import name 'Worker' from 'livekit.agents'"
    )


@claim("LKA501", "ModuleNotFoundError: No module named 'livekit.agents.pipeline'", since="1.0.0")
def test_a_module_that_is_gone_is_not_found(sdk: Sdk) -> None:
    sdk.run(_ATTEMPT + 'attempt(lambda: exec("import livekit.agents.pipeline"))').says(
        "ModuleNotFoundError: No module named 'livekit.agents.pipeline'"
    )


@claim("LKA501", "An attribute of a module is an AttributeError where it is read", since="1.0.0")
def test_an_attribute_that_is_gone_is_missing(sdk: Sdk) -> None:
    sdk.run(
        _ATTEMPT + "from livekit import rtc\nfrom livekit.agents import llm\n"
        "attempt(lambda: llm.FunctionContext)\nattempt(lambda: rtc.ChatManager)"
    ).says(
        "AttributeError: module 'livekit.agents.llm' has no attribute 'FunctionContext'",
        "AttributeError: module 'livekit.rtc' has no attribute 'ChatManager'",
    )


@claim("LKA503", "`from livekit.agents import ServerType` and `RoomOptions` raise ImportError", since="1.3.1")
def test_a_wrong_path_fails_and_the_right_one_works(sdk: Sdk) -> None:
    sdk.run(
        _ATTEMPT
        + "\n".join(
            f"attempt(lambda: exec({line!r}))"
            for line in (
                "from livekit.agents import ServerType",
                "from livekit.agents import RoomOptions",
                "import livekit.agents.room_io",
                "from livekit.agents.worker import ServerType",
                "from livekit.agents.voice.room_io import RoomOptions",
            )
        )
    ).says(
        "ImportError: cannot import name 'ServerType' from 'livekit.agents'",
        "ImportError: cannot import name 'RoomOptions' from 'livekit.agents'",
        "ModuleNotFoundError: No module named 'livekit.agents.room_io'",
        "OK",
        "OK",
    )


@claim("LKA402", "are taken, and never called")
def test_an_unknown_event_is_taken_and_never_called(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import asyncio
        from livekit import rtc
        from livekit.agents import Agent, AgentSession

        async def main():
            room, session = rtc.Room(), AgentSession()
            session.on("data", lambda *given: print("CALLED"))
            room.on("particpant_connectd", lambda *given: print("CALLED"))
            session.on("agent_state_changed", lambda event: print("STATE", event.new_state))
            await session.start(Agent(instructions="hi"))
            room.emit("participant_connected", None)
            await session.aclose()
            print("END")

        asyncio.run(main())
        """
    )
    seen.says("STATE", "END")
    seen.never_says("CALLED", "Traceback")


@claim("LKA406", "AttributeError: 'AgentSession' object has no attribute 'speak'")
def test_a_method_that_is_not_there(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import asyncio
        from livekit import rtc
        from livekit.agents import Agent, AgentSession

        class Desk(Agent): ...

        async def main():
            desk = Desk(instructions="hi")
            for made, name in ((AgentSession(), "speak"), (rtc.Room(), "publish_data"), (desk, "say")):
                try:
                    getattr(made, name)()
                except AttributeError as error:
                    print(f"AttributeError: {error}")

        asyncio.run(main())
        """
    )
    seen.says(
        f"AttributeError: '{sdk.session}' object has no attribute 'speak'",
        "AttributeError: 'Room' object has no attribute 'publish_data'",
        "AttributeError: 'Desk' object has no attribute 'say'",
    )


@claim("LKA407", "makes `await session.start()` raise")
def test_a_handler_with_too_many_parameters_breaks_the_start(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import asyncio
        from livekit.agents import Agent, AgentSession

        async def main():
            session = AgentSession()
            session.on("agent_state_changed", lambda old, new: print("CALLED"))
            try:
                await session.start(Agent(instructions="hi"))
                print("STARTED")
            except TypeError as error:
                print(f"TypeError: {error}")

        asyncio.run(main())
        """
    )
    seen.says("TypeError: ", "missing 1 required positional argument: 'new'")
    seen.never_says("CALLED", "STARTED")


@claim("LKA407", "what they do not take is left out")
def test_a_handler_may_take_fewer(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        from livekit import rtc

        room = rtc.Room()
        room.on("track_subscribed", lambda track: print("ONE", track))
        room.on("track_subscribed", lambda: print("NONE"))
        room.emit("track_subscribed", 1, 2, 3)
        """
    )
    seen.says("ONE 1", "NONE")


@claim("LKA406", "The members of each release are read from the released packages")
@pytest.mark.parametrize(
    ("package", "path"),
    [
        ("livekit-agents", "livekit.agents.AgentSession"),
        ("livekit-agents", "livekit.agents.Agent"),
        ("livekit-agents", "livekit.agents.JobContext"),
        ("livekit-agents", "livekit.agents.JobRequest"),
        ("livekit", "livekit.rtc.Room"),
    ],
)
def test_the_table_has_every_public_method(sdk: Sdk, package: str, path: str) -> None:
    """What the running SDK has and the table lacks would be a false alarm."""
    module, _, name = path.rpartition(".")
    said = sdk.run(
        f"""
        import json, inspect
        from importlib import metadata
        from {module} import {name} as cls

        kinds = {{}}
        for each in dir(cls):
            if not each.startswith("_"):
                found = inspect.getattr_static(cls, each)
                function = inspect.unwrap(found) if callable(found) else found
                kinds[each] = inspect.iscoroutinefunction(function)
        print("FOUND", metadata.version({package!r}), json.dumps(kinds))
        """
    ).text
    version, _, shown = said.split("FOUND ")[1].partition(" ")
    kinds: dict[str, bool] = json.loads(shown.splitlines()[0])
    release = tables.release(package, version)
    if release is None or release.version != version:
        pytest.skip(f"there is no table of {package} {version} yet")
    for each, is_coroutine in kinds.items():
        member = release.member(name, each)
        assert member is not None, f"{path}.{each} is not in the table of {release.version}"
        assert (member.kind is SymbolKind.COROUTINE) == is_coroutine, each


@claim("LKA504", "ImportError: cannot import name 'LiveSession' from 'livekit.agents'", before="2.0.0b1")
def test_a_name_of_a_later_release_cannot_be_imported(sdk: Sdk) -> None:
    sdk.run(_ATTEMPT + 'attempt(lambda: exec("from livekit.agents import LiveSession"))').says(
        "ImportError: cannot import name 'LiveSession' from 'livekit.agents'"
    )


@claim("LKA412", "TypeError: got an unexpected keyword argument 'chat_ctx'")
def test_a_keyword_that_is_not_taken_raises(sdk: Sdk) -> None:
    seen = sdk.run(
        _ATTEMPT
        + """
from livekit.agents import Agent, AgentSession

attempt(lambda: AgentSession(chat_ctx=None))
attempt(lambda: Agent(instructions="hi", title="desk"))
"""
    )
    seen.says(
        "TypeError: got an unexpected keyword argument 'chat_ctx'",
        "TypeError: Agent.__init__() got an unexpected keyword argument 'title'",
    )


@claim("LKA413", "AttributeError: 'RunContext' object has no attribute 'chat_ctx'")
def test_an_attribute_that_is_not_there_raises(sdk: Sdk) -> None:
    seen = sdk.run(
        _ATTEMPT
        + """
from livekit.agents import RunContext, UserInputTranscribedEvent

attempt(lambda: RunContext.__new__(RunContext).chat_ctx)
attempt(lambda: UserInputTranscribedEvent(transcript="hi", is_final=True).text)
"""
    )
    seen.says(
        "AttributeError: 'RunContext' object has no attribute 'chat_ctx'",
        "AttributeError: 'UserInputTranscribedEvent' object has no attribute 'text'",
    )


@claim("LKA413", "AttributeError: property 'session' of 'Agent' object has no setter")
def test_a_property_of_an_agent_cannot_be_set(sdk: Sdk) -> None:
    seen = sdk.run(
        _ATTEMPT
        + """
from livekit.agents import Agent

attempt(lambda: setattr(Agent(instructions="hi"), "session", None))
"""
    )
    seen.says("AttributeError: property 'session' of 'Agent' object has no setter")


@claim("LKA413", 'leaves the token without a "video" claim')
def test_grants_that_are_assigned_are_dropped(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import base64, json
        from livekit import api

        def claims(token):
            body = token.to_jwt().split(".")[1]
            return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))

        key, secret, grants = "key", "secret" * 8, api.VideoGrants(room_join=True, room="desk")
        assigned = api.AccessToken(key, secret).with_identity("ann")
        assigned.video_grants = grants
        print("ASSIGNED", "video" in claims(assigned))
        print("GIVEN", "video" in claims(api.AccessToken(key, secret).with_identity("ann").with_grants(grants)))
        """
    )
    seen.says("ASSIGNED False", "GIVEN True")


@claim("LKA418", "passes over everything else without a word")
def test_a_method_that_is_no_hook_is_never_called(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import asyncio
        from livekit.agents import Agent, AgentSession

        class Desk(Agent):
            async def on_enter(self):
                print("ENTERED", flush=True)

            async def on_session_start(self):
                print("CALLED", flush=True)

        async def main():
            session = AgentSession()
            await session.start(Desk(instructions="hi"))
            await asyncio.sleep(0.5)
            await session.aclose()

        asyncio.run(main())
        """
    )
    seen.says("ENTERED")
    seen.never_says("CALLED")


@claim("LKA418", "missing 1 required positional argument")
def test_a_hook_with_another_argument_raises(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import asyncio
        from livekit.agents import Agent, AgentSession

        class Desk(Agent):
            async def on_exit(self, session):
                print("CALLED", flush=True)

        async def main():
            session = AgentSession()
            await session.start(Desk(instructions="hi"))
            await asyncio.sleep(0.5)
            await session.aclose()

        asyncio.run(main())
        """
    )
    seen.says("missing 1 required positional argument")
    seen.never_says("CALLED")


_REQUESTS = (
    _ATTEMPT
    + """
from livekit import api

def sent(make):
    async def main():
        async with api.LiveKitAPI("http://localhost:1", "key", "s" * 40) as livekit:
            await make(livekit)
    attempt(lambda: asyncio.run(main()))

"""
)


@claim("LKA213", "got an unexpected keyword argument 'agent_name'", since="1.3.1")
def test_a_service_takes_no_fields(sdk: Sdk) -> None:
    sdk.run(
        _REQUESTS
        + "sent(lambda livekit: livekit.agent_dispatch.create_dispatch(agent_name='a', room='r'))\n"
        + "sent(lambda livekit: livekit.room.delete_room('r'))\n"
        + "sent(lambda livekit: livekit.room.delete_room({'room': 'r'}))"
    ).says(
        "create_dispatch() got an unexpected keyword argument 'agent_name'",
        "AttributeError: 'str' object has no attribute 'SerializeToString'",
        "AttributeError: 'dict' object has no attribute 'SerializeToString'",
    )


@claim("LKA213", "TypeError: bad argument type for built-in", since="1.3.1")
def test_messages_refuse_what_is_no_text_and_no_duration(sdk: Sdk) -> None:
    seen = sdk.run(
        _REQUESTS
        + "attempt(lambda: api.CreateAgentDispatchRequest(metadata={'a': 1}))\n"
        + "attempt(lambda: api.CreateAgentDispatchRequest(agent_name=['a']))\n"
        + "attempt(lambda: api.TransferSIPParticipantRequest(ringing_timeout=15))\n"
        + "attempt(lambda: api.CreateSIPParticipantRequest(trunk_id='ST_1'))\n"
        + "attempt(lambda: api.AccessToken('k', 's' * 40).with_room_config({'agents': []}).to_jwt())"
    )
    seen.says("TypeError", "TypeError", "TypeError", 'has no "trunk_id" field', "has no attribute 'DESCRIPTOR'")
    seen.never_says("OK")

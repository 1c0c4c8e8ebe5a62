"""What is tried on the server: one coroutine a claim, each in rooms of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from importlib import import_module
from typing import Any, NamedTuple

from tools.server_claims.server import KEY, SECRET
from tools.server_claims.workers import PARTICIPANT, PUBLISHER, ROOM, NodeWorker, Offer, RealWorker, Worker

SETTLE = 1.5
"""Seconds until the server has offered what it is going to offer."""


class Try(NamedTuple):
    title: str
    workers: tuple[tuple[str, str, str], ...]
    """Label, job type, agent name."""
    act: Callable[[Stage], Awaitable[None]]


class Stage:
    """What a try can do: make rooms, tokens, dispatches and participants."""

    def __init__(self, address: str, room: str, offers: list[Offer], stack: AsyncExitStack) -> None:
        self.address, self.room, self.offers, self.stack = address, room, offers, stack
        self.api: Any = import_module("livekit.api")

    @asynccontextmanager
    async def _client(self) -> AsyncGenerator[Any]:
        client = self.api.LiveKitAPI(self.address, KEY, SECRET)
        try:
            yield client
        finally:
            await client.aclose()

    def _agents(self, names: tuple[str, ...]) -> list[Any]:
        return [self.api.RoomAgentDispatch(agent_name=name) for name in names]

    async def create_room(self, *names: str) -> None:
        async with self._client() as client:
            await client.room.create_room(self.api.CreateRoomRequest(name=self.room, agents=self._agents(names)))

    async def dispatch(self, name: str) -> None:
        request = self.api.CreateAgentDispatchRequest(agent_name=name, room=self.room)
        async with self._client() as client:
            await client.agent_dispatch.create_dispatch(request)

    async def join(self, identity: str, *names: str, publish: bool = False) -> None:
        """A participant joins with a token that asks for these agents, and stays until the try is over."""
        rtc: Any = import_module("livekit.rtc")
        grants = self.api.VideoGrants(room_join=True, room=self.room)
        token = self.api.AccessToken(KEY, SECRET).with_identity(identity).with_grants(grants)
        if names:
            token = token.with_room_config(self.api.RoomConfiguration(agents=self._agents(names)))
        room = rtc.Room()
        await room.connect(self.address.replace("http", "ws", 1), token.to_jwt())
        self.stack.push_async_callback(room.disconnect)
        if publish:
            track = rtc.LocalAudioTrack.create_audio_track("audio", rtc.AudioSource(48_000, 1))
            await room.local_participant.publish_track(track)

    async def settle(self) -> None:
        await asyncio.sleep(SETTLE)

    async def worker(self, label: str, job_type: str, name: str) -> None:
        kind = RealWorker if label.startswith(REAL) else NodeWorker if label.startswith(NODE) else Worker
        await self.stack.enter_async_context(kind(self.address, label, job_type, name, self.offers))


def _named(job_type: str, name: str = "desk") -> tuple[tuple[str, str, str], ...]:
    return ((f"{job_type} worker", job_type, name),)


REAL = "livekit-agents"
"""Workers of this label are livekit-agents' own, as a check that those of this tool are told the same."""


NODE = "@livekit/agents"
"""The same of Node's."""


def _node(job_type: str) -> tuple[tuple[str, str, str], ...]:
    return ((f"{NODE} {job_type} worker", job_type, "desk"),)


def _real(job_type: str, name: str = "desk") -> tuple[tuple[str, str, str], ...]:
    return ((f"{REAL} {job_type} worker", job_type, name),)


UNNAMED = (("unnamed JT_ROOM worker", ROOM, ""),)


async def _token_fresh(stage: Stage) -> None:
    await stage.join("visitor", "desk", publish=True)


async def _token_existing(stage: Stage) -> None:
    await stage.create_room()
    await stage.settle()
    await stage.join("visitor", "desk", publish=True)


async def _token_second(stage: Stage) -> None:
    await stage.join("first")
    await stage.settle()
    await stage.join("second", "desk", publish=True)


async def _api_fresh(stage: Stage) -> None:
    await stage.dispatch("desk")
    await stage.join("visitor", publish=True)


async def _api_existing(stage: Stage) -> None:
    await stage.join("visitor", publish=True)
    await stage.settle()
    await stage.dispatch("desk")


async def _room_fresh(stage: Stage) -> None:
    await stage.create_room("desk")
    await stage.settle()
    await stage.join("visitor", publish=True)


async def _room_existing(stage: Stage) -> None:
    await stage.create_room()
    await stage.settle()
    await stage.create_room("desk")


async def _twice(stage: Stage) -> None:
    await stage.join("visitor")
    await stage.dispatch("desk")
    await stage.dispatch("desk")


async def _token_and_api(stage: Stage) -> None:
    await stage.join("visitor", "desk")
    await stage.settle()
    await stage.dispatch("desk")


async def _late_token(stage: Stage) -> None:
    await stage.join("visitor", "desk", publish=True)
    await stage.settle()
    await stage.worker("late JT_ROOM worker", ROOM, "desk")


async def _late_api(stage: Stage) -> None:
    await stage.join("visitor")
    await stage.dispatch("desk")
    await stage.settle()
    await stage.worker("late JT_ROOM worker", ROOM, "desk")


async def _late_automatic(stage: Stage) -> None:
    await stage.join("visitor")
    await stage.settle()
    await stage.worker("late unnamed JT_ROOM worker", ROOM, "")


async def _late_participant(stage: Stage) -> None:
    await stage.join("visitor", "desk")
    await stage.settle()
    await stage.worker("late JT_PARTICIPANT worker", PARTICIPANT, "desk")
    await stage.join("another")


def _joins(*names: str) -> Callable[[Stage], Awaitable[None]]:
    async def act(stage: Stage) -> None:
        await stage.join("visitor", *names)

    return act


def _dispatches(name: str) -> Callable[[Stage], Awaitable[None]]:
    async def act(stage: Stage) -> None:
        await stage.join("visitor")
        await stage.settle()
        stage.offers.clear()  # what the join alone led to is another try's
        await stage.dispatch(name)

    return act


async def _creates(stage: Stage) -> None:
    await stage.create_room()


TYPES = (ROOM, PUBLISHER, PARTICIPANT)
TRIES = (
    Try("a participant joins; one unnamed worker", UNNAMED, _joins()),
    Try("CreateRoom; one unnamed worker", UNNAMED, _creates),
    Try("a participant joins; one named worker", _named(ROOM), _joins()),
    Try("a participant joins; livekit-agents, unnamed", _real(ROOM, ""), _joins()),
    Try("token with agents, fresh room; livekit-agents, JT_ROOM", _real(ROOM), _token_fresh),
    Try("token with agents, fresh room; livekit-agents, JT_PUBLISHER", _real(PUBLISHER), _token_fresh),
    Try("token with agents, room made by CreateRoom before; livekit-agents, JT_ROOM", _real(ROOM), _token_existing),
    Try("create_dispatch beside a participant; livekit-agents, JT_ROOM", _real(ROOM), _api_existing),
    Try("token with agents, fresh room; @livekit/agents, JT_PARTICIPANT", _node(PARTICIPANT), _token_fresh),
    Try("create_dispatch beside a participant; @livekit/agents, JT_PARTICIPANT", _node(PARTICIPANT), _api_existing),
    Try("CreateRoom with agents, then a participant joins; @livekit/agents, JT_ROOM", _node(ROOM), _room_fresh),
    *(Try(f"token with agents, fresh room; {each}", _named(each), _token_fresh) for each in TYPES),
    *(
        Try(f"token with agents, room made by CreateRoom before; {each}", _named(each), _token_existing)
        for each in TYPES
    ),
    Try("token with agents of the second participant; JT_ROOM", _named(ROOM), _token_second),
    *(
        Try(f"create_dispatch, then a participant joins and publishes; {each}", _named(each), _api_fresh)
        for each in TYPES
    ),
    *(
        Try(f"create_dispatch beside a participant who publishes; {each}", _named(each), _api_existing)
        for each in TYPES
    ),
    *(
        Try(f"CreateRoom with agents, then a participant joins and publishes; {each}", _named(each), _room_fresh)
        for each in TYPES
    ),
    Try("CreateRoom with agents for a room that exists; JT_ROOM", _named(ROOM), _room_existing),
    Try("token with agents beside an unnamed worker", (*_named(ROOM), *UNNAMED), _joins("desk")),
    Try("create_dispatch before anybody joins, beside an unnamed worker", (*_named(ROOM), *UNNAMED), _api_fresh),
    Try("token that asks for a name that nobody has", _named(ROOM), _joins("dest")),
    Try("token that asks for the name in another case", _named(ROOM), _joins("Desk")),
    Try("create_dispatch twice for one agent", _named(ROOM), _twice),
    Try("token and create_dispatch for one agent", _named(ROOM), _token_and_api),
    Try("create_dispatch with an empty name, one unnamed worker, room joined before", UNNAMED, _dispatches("")),
    Try("create_dispatch with an empty name, one named worker", _named(ROOM), _dispatches("")),
    Try("the JT_ROOM worker registers after a token asked for it", (), _late_token),
    Try("the JT_ROOM worker registers after create_dispatch", (), _late_api),
    Try("the unnamed worker registers after the room was joined", (), _late_automatic),
    Try("the JT_PARTICIPANT worker registers after the token, then another joins", (), _late_participant),
)


async def outcome(trial: Try, address: str, number: int) -> list[Offer]:
    """The jobs that the server offered in a try, in order."""
    offers: list[Offer] = []
    async with AsyncExitStack() as stack:
        stage = Stage(address, f"try-{number}", offers, stack)
        for label, job_type, name in trial.workers:
            await stage.worker(label, job_type, name)
        await trial.act(stage)
        await stage.settle()
        return [offer for offer in offers if offer.room == stage.room]

"""One try: a server of its own, workers, participants, and which job was given to whom after which step."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from tools.server_claims import sdk
from tools.server_claims.server import Binary, Server, running

ROOM, PUBLISHER, PARTICIPANT = "ROOM", "PUBLISHER", "PARTICIPANT"
KINDS = [ROOM, PUBLISHER, PARTICIPANT]
"""In the order of the protocol's JobType."""

SETTLE = 1.5
"""Seconds between two steps; a job that arrives in them belongs to the step before."""
WATCH = 7
"""Seconds after the last step; the server itself gives up to look for a worker after five."""

NO_WORKER = "not dispatching agent job since no worker is available"
NO_ANSWER = "failed to send job request"
ASSIGNED = "assigned job to worker"


@dataclass(frozen=True, slots=True)
class Job:
    step: int
    worker: str
    kind: str
    participant: str

    @property
    def text(self) -> str:
        return f"{self.worker}, for {self.participant}" if self.participant else self.worker


@dataclass(frozen=True, slots=True)
class Outcome:
    steps: tuple[str, ...]
    jobs: tuple[Job, ...]
    logged: tuple[str, ...]

    @property
    def summary(self) -> str:
        """Who got a job, after which step."""
        if not self.jobs:
            return "nobody"
        counts: dict[tuple[int, str], int] = {}
        for job in self.jobs:
            counts[job.step, job.text] = counts.get((job.step, job.text), 0) + 1
        shown = [f"step {step}: {text}{f' ×{count}' if count > 1 else ''}" for (step, text), count in counts.items()]
        return "; ".join(shown)


@dataclass
class Scene:
    binary: Binary
    server: Server
    stack: AsyncExitStack
    real: bool = False
    """The workers are made with livekit-agents, those for participants with @livekit/agents."""
    watch: float = WATCH
    steps: list[str] = field(default_factory=list[str])
    jobs: list[Job] = field(default_factory=list[Job])
    offered: int = 0
    room: str = "lobby"

    # What a try can do. Each of these is a step.

    async def worker(self, kind: str, name: str = "") -> None:
        label = f"{kind} {_quoted(name)}" if name else f"unnamed {kind}"
        shown = f"worker registers: {label}"
        await self._step(shown, lambda: (self._real_worker if self.real else self._worker)(kind, name, label))

    async def join(self, identity: str, agents: list[str] | None = None) -> None:
        await self._step(f"{identity} joins{_listed('token', agents)}", lambda: self._join(identity, agents))

    async def publish(self, identity: str, agents: list[str] | None = None) -> None:
        await self._step(
            f"{identity} joins{_listed('token', agents)} and publishes audio", lambda: self._publish(identity, agents)
        )

    async def create_room(self, agents: list[str] | None = None) -> None:
        await self._step(f"CreateRoom{_listed('', agents)}", lambda: self._create_room(agents))

    async def delete_room(self) -> None:
        await self._step("DeleteRoom", self._delete_room)

    async def create_dispatch(self, name: str) -> None:
        await self._step(f"create_dispatch {_quoted(name)}", lambda: self._create_dispatch(name))

    async def _step(self, text: str, act: Callable[[], Awaitable[None]]) -> None:
        self.steps.append(text)
        await act()
        await asyncio.sleep(SETTLE)

    # How.

    async def _worker(self, kind: str, name: str, label: str) -> None:
        agent: Any = sdk.module("livekit.protocol.agent")
        socket = await self._socket("/agent", sdk.worker_token())
        request = agent.RegisterWorkerRequest(type=KINDS.index(kind), agent_name=name, version="1.0.0")
        await socket.send_bytes(agent.WorkerMessage(register=request).SerializeToString())
        registered = asyncio.Event()
        await self._behind(self._serve(socket, agent, label, registered))
        await asyncio.wait_for(registered.wait(), 10)

    async def _serve(self, socket: Any, agent: Any, label: str, registered: asyncio.Event) -> None:
        async for message in socket:
            got = agent.ServerMessage.FromString(message.data)
            what = got.WhichOneof("message")
            if what == "register":
                registered.set()
            elif what == "availability":
                self.offered += 1
                job = got.availability.job
                answer = agent.AvailabilityResponse(
                    job_id=job.id, available=True, participant_identity=f"agent-{job.id}", participant_name="agent"
                )
                await socket.send_bytes(agent.WorkerMessage(availability=answer).SerializeToString())
            elif what == "assignment":
                job = got.assignment.job
                self._got(label, int(job.type), str(job.participant.identity))
                status = agent.UpdateJobStatus(job_id=job.id, status=agent.JobStatus.JS_RUNNING)
                await socket.send_bytes(agent.WorkerMessage(update_job=status).SerializeToString())

    async def _real_worker(self, kind: str, name: str, label: str) -> None:
        environment = {each: value for each, value in os.environ.items() if not each.startswith("LIVEKIT_")}
        command = [sys.executable, "-m", "tools.server_claims.real_worker"]
        if kind == "PARTICIPANT":  # only Node registers as one
            command = sdk.node_worker(self.stack.enter_context(tempfile.TemporaryDirectory()))
        process = await asyncio.create_subprocess_exec(
            *command,
            self.server.url,
            name,
            kind,
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        self.stack.push_async_callback(_stop, process)
        registered = asyncio.Event()
        await self._behind(self._listen(process, label, registered))
        for _ in range(600):
            if registered.is_set():
                return
            if process.returncode is not None:
                break
            await asyncio.sleep(0.1)
        raise RuntimeError("the worker of the SDK does not register")

    async def _listen(self, process: asyncio.subprocess.Process, label: str, registered: asyncio.Event) -> None:
        assert process.stdout is not None
        async for raw in process.stdout:
            if not raw.startswith(b'{"event":'):  # a job's own log
                continue
            line = json.loads(raw)
            if line["event"] == "registered":
                registered.set()
            else:
                self.offered += 1
                self._got(label, line["kind"], line["participant"])

    def _got(self, label: str, kind: int, participant: str) -> None:
        if KINDS[kind] not in label:
            raise RuntimeError(f"{label} is given a job of type {KINDS[kind]}")
        self.jobs.append(Job(len(self.steps), label, KINDS[kind], participant))

    async def _join(self, identity: str, agents: list[str] | None) -> None:
        rtc: Any = sdk.module("livekit.protocol.rtc")
        token = sdk.join_token(identity, self.room, agents)
        socket = await self._socket(f"/rtc?auto_subscribe=1&protocol=15&access_token={token}", "")
        first = rtc.SignalResponse.FromString((await socket.receive(timeout=10)).data)
        if first.WhichOneof("message") != "join":
            raise RuntimeError(f"{identity} cannot join: {first}")
        await self._behind(_drain(socket))

    async def _publish(self, identity: str, agents: list[str] | None) -> None:
        rtc: Any = sdk.module("livekit.rtc")
        room = rtc.Room()
        url = self.server.url.replace("http", "ws", 1)
        await asyncio.wait_for(room.connect(url, sdk.join_token(identity, self.room, agents)), 20)
        self.stack.push_async_callback(_quietly, room.disconnect)
        source = rtc.AudioSource(48000, 1)
        track = rtc.LocalAudioTrack.create_audio_track("microphone", source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        await asyncio.wait_for(room.local_participant.publish_track(track, options), 20)
        await self._behind(_sound(rtc, source))

    async def _create_room(self, agents: list[str] | None) -> None:
        request = sdk.module("livekit.api").CreateRoomRequest(name=self.room)
        if agents is not None:
            request.agents.extend([sdk.dispatch(each) for each in agents])
        async with sdk.client(self.server.url) as client:
            await client.room.create_room(request)

    async def _delete_room(self) -> None:
        async with sdk.client(self.server.url) as client:
            await client.room.delete_room(sdk.module("livekit.api").DeleteRoomRequest(room=self.room))

    async def _create_dispatch(self, name: str) -> None:
        request = sdk.module("livekit.api").CreateAgentDispatchRequest(room=self.room, agent_name=name)
        async with sdk.client(self.server.url) as client:
            await client.agent_dispatch.create_dispatch(request)

    async def _socket(self, path: str, token: str) -> Any:
        aiohttp: Any = sdk.module("aiohttp")
        session = await self.stack.enter_async_context(aiohttp.ClientSession())
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return await self.stack.enter_async_context(session.ws_connect(self.server.url + path, headers=headers))

    async def _behind(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.ensure_future(work)
        self.stack.push_async_callback(_cancelled, task)

    def outcome(self) -> Outcome:
        assigned = len(self.server.logged(ASSIGNED))
        if not assigned == len(self.jobs) == self.offered:
            raise RuntimeError(f"offered {self.offered}, received {len(self.jobs)}, assigned by the log {assigned}")
        jobs = sorted(self.jobs, key=lambda job: (job.step, job.text))
        return Outcome(tuple(self.steps), tuple(jobs), tuple(sorted(self._said())))

    def _said(self) -> set[str]:
        said: set[str] = set()
        for short, message in [("no worker", NO_WORKER), ("no answer", NO_ANSWER)]:
            for line in self.server.logged(message):
                level = "" if line["level"] == "info" else f" ({line['level']})"
                said.add(f"{short}: {line['jobType']} {_quoted(line['agentName'])}{level}")
        return said


Play = Callable[[Scene], Awaitable[None]]


async def played(binary: Binary, play: Play, *, real: bool = False) -> Outcome:
    async with _set_up(binary, real) as scene:
        await play(scene)
        ended = time.monotonic()
        while time.monotonic() - ended < scene.watch:
            await asyncio.sleep(0.25)
        return scene.outcome()


@asynccontextmanager
async def _set_up(binary: Binary, real: bool) -> AsyncGenerator[Scene, None]:
    async with running(binary) as server, AsyncExitStack() as stack:
        yield Scene(binary, server, stack, real)


async def _drain(socket: Any) -> None:
    async for _ in socket:
        pass


async def _sound(rtc: Any, source: Any) -> None:
    while True:
        await source.capture_frame(rtc.AudioFrame(bytes(960), 48000, 1, 480))


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _quietly(act: Callable[[], Awaitable[None]]) -> None:
    with suppress(Exception):
        await asyncio.wait_for(act(), 5)


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()
    await process.wait()


def _quoted(name: str) -> str:
    return f"`{name}`" if name else "an empty name"


def _listed(carrier: str, agents: list[str] | None) -> str:
    if agents is None:
        return ""
    names = ", ".join(_quoted(each) for each in agents) or "an empty list of agents"
    return f" ({carrier}: {names})" if carrier else f" with agents {names}" if agents else f" with {names}"

"""A worker that speaks the server's agent protocol and writes down what it is offered, without running any agent.

Needs livekit-api, livekit-protocol and aiohttp, which only this tool uses and which are imported by name.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, cast

from tools.server_claims.server import KEY, SECRET, NoServer

NODE_MODULES = "LKAGENT_LINT_NODE_MODULES"
"""Names a node_modules directory that holds @livekit/agents and @livekit/protocol."""

ROOM, PUBLISHER, PARTICIPANT = "JT_ROOM", "JT_PUBLISHER", "JT_PARTICIPANT"


class Offer(NamedTuple):
    """A job that the server offered to a worker."""

    worker: str
    room: str
    job_type: str
    agent_name: str


class Worker:
    """One registration. Takes every job that it is offered and does nothing with it."""

    def __init__(self, address: str, label: str, job_type: str, agent_name: str, offers: list[Offer]) -> None:
        self._url = address.replace("http", "ws", 1) + "/agent"
        self._label, self._type, self._name = label, job_type, agent_name
        self._offers = offers
        self._task: asyncio.Task[None] | None = None
        self._registered = asyncio.Event()

    async def __aenter__(self) -> Worker:
        self._task = asyncio.create_task(self._run())
        await asyncio.wait_for(self._registered.wait(), 10)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        aiohttp: Any = import_module("aiohttp")
        agent: Any = import_module("livekit.protocol.agent")
        headers = {"Authorization": f"Bearer {_token()}"}
        async with aiohttp.ClientSession() as session, session.ws_connect(self._url, headers=headers) as socket:
            register = agent.RegisterWorkerRequest(
                type=agent.JobType.Value(self._type), agent_name=self._name, version="1.8.9", ping_interval=30
            )
            await socket.send_bytes(agent.WorkerMessage(register=register).SerializeToString())
            async for message in socket:
                await self._answer(socket, agent, agent.ServerMessage.FromString(message.data))

    async def _answer(self, socket: Any, agent: Any, message: Any) -> None:
        kind = message.WhichOneof("message")
        if kind == "register":
            self._registered.set()
        elif kind == "availability":
            job = message.availability.job
            name = agent.JobType.Name(job.type)
            self._offers.append(Offer(self._label, job.room.name, name, job.agent_name))
            answer = agent.AvailabilityResponse(
                job_id=job.id, available=True, participant_identity=f"agent-{job.id}", participant_name=self._label
            )
            await socket.send_bytes(agent.WorkerMessage(availability=answer).SerializeToString())


class RealWorker:
    """A registration by livekit-agents itself; every job is refused once its request has been written down."""

    def __init__(self, address: str, label: str, job_type: str, agent_name: str, offers: list[Offer]) -> None:
        self._address = address.replace("http", "ws", 1)
        self._label, self._type, self._name = label, job_type, agent_name
        self._offers = offers
        self._server: Any = None
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> RealWorker:
        agents: Any = import_module("livekit.agents")
        worker: Any = import_module("livekit.agents.worker")
        self._server = agents.AgentServer(
            ws_url=self._address,
            api_key=KEY,
            api_secret=SECRET,
            job_executor_type=agents.JobExecutorType.THREAD,
            num_idle_processes=0,
            port=0,
        )
        kind = worker.ServerType.ROOM if self._type == ROOM else worker.ServerType.PUBLISHER
        self._server.rtc_session(_entry, agent_name=self._name, type=kind, on_request=self._request)
        registered = asyncio.Event()

        def note(*_: object) -> None:
            registered.set()

        self._server.on("worker_registered", note)
        self._task = asyncio.create_task(self._server.run(devmode=True))
        await asyncio.wait_for(registered.wait(), 20)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.aclose()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _request(self, request: Any) -> None:
        agent: Any = import_module("livekit.protocol.agent")
        job = request.job
        self._offers.append(Offer(self._label, job.room.name, agent.JobType.Name(job.type), job.agent_name))
        await request.reject()


class NodeWorker:
    """A registration by @livekit/agents, which can register JT_PARTICIPANT. Every job is refused."""

    def __init__(self, address: str, label: str, job_type: str, agent_name: str, offers: list[Offer]) -> None:
        self._arguments = (address.replace("http", "ws", 1), job_type, agent_name)
        self._label = label
        self._offers = offers
        self._directory = tempfile.TemporaryDirectory()
        self._process: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None
        self._registered = asyncio.Event()

    async def __aenter__(self) -> NodeWorker:
        modules = os.environ.get(NODE_MODULES)
        node = shutil.which("node")
        if not modules or node is None:
            raise NoServer(
                f"{NODE_MODULES} names no directory with @livekit/agents and @livekit/protocol, or node is missing"
            )
        script = Path(self._directory.name) / "node_worker.mjs"
        shutil.copyfile(Path(__file__).with_name("node_worker.mjs"), script)
        (script.parent / "node_modules").symlink_to(Path(modules).resolve())
        self._process = await asyncio.create_subprocess_exec(
            node, str(script), *self._arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
        )
        self._task = asyncio.create_task(self._read(self._process))
        await asyncio.wait_for(self._registered.wait(), 30)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.kill()
            await self._process.wait()
        if self._task is not None:
            await self._task
        self._directory.cleanup()

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            said: object = json.loads(line) if line.startswith((b"{", b'"')) else None
            if said == "registered":
                self._registered.set()
            elif isinstance(said, dict):
                job = cast("dict[str, str]", said)
                self._offers.append(Offer(self._label, job["room"], job["type"], job["name"]))


async def _entry(ctx: object) -> None:
    """Never run: every job is refused."""


def _token() -> str:
    api: Any = import_module("livekit.api")
    token: str = api.AccessToken(KEY, SECRET).with_grants(api.VideoGrants(agent=True)).to_jwt()
    return token

"""What the claims' scripts stand on; it is imported in the interpreter that has livekit-agents, and nowhere else.

The server, its pool of processes, the job's runner, contexts and sessions are the SDK's own. Only ``rtc.Room`` is
replaced, where a script asks for it: its ``connect`` waits a moment instead of calling a server.
"""

import asyncio
import builtins
import inspect
import logging
import multiprocessing
import os
import sys
from unittest.mock import create_autospec

from aiohttp import web
from livekit import rtc
from livekit.agents import job as jobs
from livekit.protocol import agent, models

_builtin_print = builtins.print


def _print(*values, flush=True, **named):
    """``print`` that other threads cannot write into."""
    if named:
        _builtin_print(*values, **named)
    else:
        sys.stdout.write(" ".join(map(str, values)) + "\n")
        sys.stdout.flush()


builtins.print = _print


class _WithError(logging.Formatter):
    """Shows the exception that the SDK hands over beside the message."""

    def format(self, record):
        text = super().format(record)
        return f"{text} ({record.error})" if hasattr(record, "error") else text


_to_stdout = logging.StreamHandler(sys.stdout)
_to_stdout.setFormatter(_WithError("%(levelname)s %(message)s"))
logging.basicConfig(level=logging.INFO, handlers=[_to_stdout])
logging.captureWarnings(True)


def taken(function, **given):
    """The keyword arguments that this version's function has."""
    names = inspect.signature(function).parameters
    return {name: value for name, value in given.items() if name in names}


def said(error):
    """One line that names an exception as Python prints it."""
    print(f"{type(error).__name__}: {error}", flush=True)


class QuietRoom(rtc.Room):
    """A room that connects to nothing, and says so."""

    def __init__(self, *given, **named):
        super().__init__(*given, **named)
        self.is_joined = False

    async def connect(self, url, token, options=None):
        print(
            f"CONNECT auto_subscribe={options.auto_subscribe} encryption={bool(options.encryption or options.e2ee)}",
            flush=True,
        )
        await asyncio.sleep(0.1)
        self._local_participant = create_autospec(rtc.LocalParticipant, instance=True)
        self._local_participant.sid, self._local_participant.identity = "PA_agent", "agent"
        self._connection_state = rtc.ConnectionState.CONN_CONNECTED
        self.is_joined = True
        print("CONNECTED", flush=True)

    def isconnected(self):
        return self.is_joined

    async def disconnect(self, *given, **named):
        if self.is_joined:
            print("DISCONNECTED", flush=True)
        self.is_joined = False


def context(*, identity="agent"):
    """A job's context over a quiet room, with nothing running around it. It is the current one."""
    room = QuietRoom()
    info = jobs.RunningJobInfo(
        **taken(
            jobs.RunningJobInfo,
            accept_arguments=jobs.JobAcceptArguments(name="", identity=identity, metadata=""),
            job=agent.Job(id="job-1", room=models.Room(sid="RM_1", name="room"), type=agent.JobType.JT_ROOM),
            url="ws://localhost:1",
            token="",
            worker_id="worker",
            fake_job=False,
        )
    )
    process = jobs.JobProcess(
        **taken(
            jobs.JobProcess.__init__,
            executor_type=jobs.JobExecutorType.THREAD,
            user_arguments=None,
            http_proxy=None,
        )
    )
    made = jobs.JobContext(
        proc=process,
        info=info,
        room=room,
        on_connect=lambda: None,
        on_shutdown=lambda reason: print(f"SHUTDOWN {reason}"),
        inference_executor=None,
    )
    jobs._JobContextVar.set(made)
    return made


async def serve(server, *, seconds=20.0):
    """Run a server that is registered nowhere, give it one job, and wait for the job's end.

    ``seconds`` bounds the wait for its end; it has ten to begin, or as many where they are more. The job's room is a
    quiet one where the job runs in a thread of this process, and the SDK's own mock where it runs in another.
    """
    running = asyncio.create_task(server.run(**taken(server.run, devmode=True, unregistered=True)))
    await asyncio.sleep(0.5)
    threaded = server._job_executor_type is jobs.JobExecutorType.THREAD
    try:
        if running.done():
            await running
        if threaded:
            rtc.Room = QuietRoom
        await asyncio.wait_for(
            server.simulate_job(
                "room",
                **taken(
                    server.simulate_job,
                    fake_job=not threaded,
                    agent_identity="agent",
                    room_info=models.Room(sid="RM_1", name="room"),
                ),
            ),
            max(seconds, 10.0),
        )
        async with asyncio.timeout(seconds):
            while server.active_jobs:
                await asyncio.sleep(0.05)
    except TimeoutError:
        print("STILL RUNNING", flush=True)
    except Exception as error:
        said(error)


async def offer(server, room):
    """Let a server register with a stand-in for LiveKit on the loopback interface, and offer it one job there.

    It prints what the server sends: ``REGISTERED JT_ROOM name=''`` and ``ANSWER available=… terminate=… identity=…``.
    """

    async def connection(request):
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            said = agent.WorkerMessage.FromString(message.data)
            if said.HasField("register"):
                named = f"name={said.register.agent_name!r}"
                print("REGISTERED", agent.JobType.Name(said.register.type), named, flush=True)
                answer = agent.ServerMessage(register=agent.RegisterWorkerResponse(worker_id="AW_1"))
                await socket.send_bytes(answer.SerializeToString())
                job = agent.Job(id="AJ_1", room=models.Room(sid="RM_1", name=room), type=agent.JobType.JT_ROOM)
                answer = agent.ServerMessage(availability=agent.AvailabilityRequest(job=job))
                await socket.send_bytes(answer.SerializeToString())
            elif said.HasField("availability"):
                given = said.availability
                print(
                    f"ANSWER available={given.available} terminate={given.terminate} "
                    f"identity={given.participant_identity}",
                    flush=True,
                )
        return socket

    application = web.Application()
    application.router.add_get("/agent", connection)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server._ws_url = f"ws://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"
    running = asyncio.create_task(server.run(**taken(server.run, devmode=True)))
    await asyncio.wait([running], timeout=4)
    if running.done():
        await running


def run(main):
    """Run a coroutine, and leave at once when it is done, whatever threads and processes are still about."""
    try:
        asyncio.run(asyncio.wait_for(main, 60))
    except BaseException as error:
        said(error)
    for child in multiprocessing.active_children():
        child.kill()
    sys.stdout.flush()
    os._exit(0)

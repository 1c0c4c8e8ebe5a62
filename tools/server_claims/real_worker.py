"""A worker made with livekit-agents itself. It prints one line of JSON for its registration and for each job."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from tools.server_claims.sdk import module
from tools.server_claims.server import KEY, SECRET


def _say(**fields: object) -> None:
    print(json.dumps(fields, separators=(",", ":")), flush=True)


async def _requested(request: Any) -> None:
    _say(event="job", kind=int(request.job.type), participant=str(request.job.participant.identity))
    await request.accept()


async def _entry(context: Any) -> None:
    await context.connect()


def main(url: str, name: str, kind: str) -> None:
    agents: Any = module("livekit.agents")
    server = agents.AgentServer(
        ws_url=url,
        api_key=KEY,
        api_secret=SECRET,
        host="127.0.0.1",
        port=0,
        job_executor_type=agents.JobExecutorType.THREAD,
        num_idle_processes=0,
        load_fnc=lambda: 0.0,
    )
    server.rtc_session(_entry, agent_name=name, type=agents.WorkerType[kind], on_request=_requested)

    def registered(*_: object) -> None:
        _say(event="registered")

    server.on("worker_registered", registered)
    asyncio.run(server.run(devmode=True))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""A model that answers what a script says, for claims about what agents and their tools do."""

import asyncio
import json

from livekit.agents import llm, utils
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS


class Scripted(llm.LLM):
    """Each step is a text, or the name of a tool that is called without arguments; behind the last it says ``ok``."""

    def __init__(self, *steps):
        super().__init__()
        self.steps = list(steps)

    def chat(self, *, chat_ctx, tools=None, conn_options=DEFAULT_API_CONNECT_OPTIONS, **_):
        return _Answer(self, chat_ctx=chat_ctx, tools=tools or [], conn_options=conn_options)


class Call(str):
    """The name of a tool."""


class _Answer(llm.LLMStream):
    async def _run(self):
        step = self._llm.steps.pop(0) if self._llm.steps else "ok"
        delta = llm.ChoiceDelta(role="assistant", content=step)
        if isinstance(step, Call):
            called = llm.FunctionToolCall(name=step, arguments=json.dumps({}), call_id=utils.shortuuid("call_"))
            delta = llm.ChoiceDelta(role="assistant", tool_calls=[called])
        self._event_ch.send_nowait(llm.ChatChunk(id=utils.shortuuid("chat_"), delta=delta))


async def heard(session, agent, *, said="hello", pause=0.2):
    """Starts a session without a room, says something to the agent, and prints what the model and the tools answer."""
    await session.start(agent)
    await asyncio.sleep(pause)
    result = await asyncio.wait_for(session.run(user_input=said), 10)
    await asyncio.sleep(pause)
    items = [each.item for each in result.events if hasattr(each, "item")]
    print("HEARD", [getattr(each, "output", None) or getattr(each, "text_content", None) for each in items])
    await session.aclose()

"""Calls of the standard libraries by which code runs beside other code: in tasks, at another time, on other threads."""

from __future__ import annotations

TASK_MAKERS = frozenset({"create_task", "ensure_future"})
"""They run a coroutine in a task: functions of asyncio, and methods of loops and task groups."""
WAIT_FOR_ONE = frozenset({"asyncio.wait_for", "asyncio.shield", *(f"asyncio.{each}" for each in TASK_MAKERS)})
"""Awaiting what they return awaits the coroutine that they are given, and gives what it gives."""
WAIT_FOR_MANY = frozenset({"asyncio.gather", "asyncio.wait"})
"""The same for several."""
AT_ANOTHER_TIME = frozenset({"call_soon", "call_later", "call_at", "call_soon_threadsafe"})
"""They run a function on the same loop, later."""
ELSEWHERE = frozenset({"Thread", "Timer", "Process", "submit", "run_in_executor", "to_thread"})
"""They run a function on another thread or in another process."""
CONTINUATIONS = frozenset({"then", "catch", "finally"})
"""ECMAScript: methods of promises that go on when one is settled."""
PROMISES_OF_MANY = frozenset({"all", "allSettled"})
"""ECMAScript: methods of ``Promise`` that wait for several."""

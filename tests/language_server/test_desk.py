"""When a project is checked, and whose result counts: a desk with an engine that does what a test says."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Collection, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import cast

import pytest
from lsprotocol import types

from lkagent_lint.project.records import Project
from lkagent_lint.questions.subject import Subject
from lkagent_lint.server.desk import Desk, DeskClosedError, DeskOutcome, Unsaved
from lkagent_lint.server.findings import ShownFinding
from lkagent_lint.server.standing import Checked, InterruptibleWatch, StandingProject

NOTHING_FOUND = Checked((), cast(Project, None), cast(Subject, None), ())


class FakeProject:
    """Checks as a test says; notes what it was told."""

    def __init__(self, check: Callable[[int, InterruptibleWatch], None]) -> None:
        self.checks = 0
        self.changes: list[set[str]] = []
        self._check = check

    def overlays(self, wanted: Mapping[str, bytes]) -> None: ...

    def changed(self, paths: Collection[str]) -> None:
        self.changes.append(set(paths))

    def check(self, asked: Collection[str], watch: InterruptibleWatch) -> Checked:
        self.checks += 1
        self._check(self.checks, watch)
        return NOTHING_FOUND


class FakeHost:
    debounce = 0.0

    def __init__(self) -> None:
        self.outcomes: list[DeskOutcome] = []

    def unsaved(self, root: str) -> Unsaved:
        item = types.Diagnostic(types.Range(types.Position(0, 0), types.Position(0, 1)), "found")

        def show(_: object) -> dict[str, list[ShownFinding]]:
            return {"/p/agent.py": [ShownFinding(item, None)]}

        return Unsaved({}, {}, show)

    def told(self, desk: Desk, before: DeskOutcome | None) -> None:
        assert desk.outcome is not None
        self.outcomes.append(desk.outcome)


Check = Callable[[int, InterruptibleWatch], None]
Course = Callable[[Desk, FakeHost, FakeProject], Coroutine[object, object, None]]


def run(check: Check, course: Course) -> None:
    """Let a course happen to a desk, within a loop."""

    async def within() -> None:
        project, host = FakeProject(check), FakeHost()
        with ThreadPoolExecutor(1) as threads:
            desk = Desk("/p", cast(StandingProject, project), threads, host)
            await asyncio.wait_for(course(desk, host, project), 60)
            desk.close()

    asyncio.run(within())


def test_edits_that_follow_each_other_are_one_check() -> None:
    async def course(desk: Desk, host: FakeHost, project: FakeProject) -> None:
        for path in ("/p/a.py", "/p/b.py", "/p/c.py"):
            desk.touch([path])
        outcome = await desk.current()
        assert outcome.clock == 3
        assert project.checks == len(host.outcomes) == 1
        assert project.changes == [{"/p/a.py", "/p/b.py", "/p/c.py"}]
        assert await desk.current() is outcome

    run(lambda number, watch: None, course)


def test_a_stale_check_is_given_up_and_its_result_dropped() -> None:
    begun, edited = threading.Event(), threading.Event()

    def check(number: int, watch: InterruptibleWatch) -> None:
        if number == 1:
            begun.set()
            assert edited.wait(30)
            watch.at("the next phase")
            raise AssertionError("it goes on")

    async def course(desk: Desk, host: FakeHost, project: FakeProject) -> None:
        desk.touch()
        asked = asyncio.ensure_future(desk.current())
        await asyncio.to_thread(begun.wait, 30)
        desk.touch()
        edited.set()
        assert (await asked).clock == 2
        assert [each.clock for each in host.outcomes] == [2]
        assert host.outcomes[0].error == ""

    run(check, course)


def test_a_result_that_comes_too_late_is_dropped() -> None:
    """The engine notices no interruption: its result is that of an older text."""
    begun, edited = threading.Event(), threading.Event()

    def check(number: int, watch: InterruptibleWatch) -> None:
        begun.set()
        assert number > 1 or edited.wait(30)

    async def course(desk: Desk, host: FakeHost, project: FakeProject) -> None:
        desk.touch()
        await asyncio.to_thread(begun.wait, 30)
        desk.touch()
        edited.set()
        await desk.current()
        assert [each.clock for each in host.outcomes] == [2]

    run(check, course)


def test_a_check_that_fails_leaves_what_was_shown() -> None:
    def check(number: int, watch: InterruptibleWatch) -> None:
        if number == 2:
            raise ZeroDivisionError("a fault")

    async def course(desk: Desk, host: FakeHost, project: FakeProject) -> None:
        desk.touch()
        first = await desk.current()
        desk.touch()
        failed = await desk.current()
        assert "ZeroDivisionError: a fault" in failed.error
        assert "test_desk" in failed.trace
        assert failed.items("/p/agent.py") == first.items("/p/agent.py") != []
        assert await desk.ask(lambda checked: 1) is None
        desk.touch()
        assert (await desk.current()).error == ""

    run(check, course)


def test_who_waits_is_let_go_when_the_desk_closes() -> None:
    async def course(desk: Desk, host: FakeHost, project: FakeProject) -> None:
        host.debounce = 60
        desk.touch()
        asked = asyncio.ensure_future(desk.current())
        await asyncio.sleep(0)
        desk.close()
        with pytest.raises(DeskClosedError):
            await asked

    run(lambda number, watch: None, course)


def test_what_a_closed_desk_finds_is_told_to_nobody() -> None:
    begun, closed = threading.Event(), threading.Event()

    def check(number: int, watch: InterruptibleWatch) -> None:
        begun.set()
        assert closed.wait(30)

    async def course(desk: Desk, host: FakeHost, project: FakeProject) -> None:
        desk.touch()
        await asyncio.to_thread(begun.wait, 30)
        desk.close()
        closed.set()
        while desk.is_checking:
            await asyncio.sleep(0.001)
        assert host.outcomes == []

    run(check, course)

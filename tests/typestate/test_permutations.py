"""The solver against brute force: generated programs, every path, exactly the same observations."""

from __future__ import annotations

import os
from collections.abc import Iterable

import pytest
from msgspec.structs import replace

from lkagent_lint.diagnostics import Diagnostic, Place, Severity
from lkagent_lint.questions.subject import Subject
from lkagent_lint.rules import lka101_connect_before_start, lka104_wait_before_connect
from lkagent_lint.stack import run_deep
from lkagent_lint.typestate.automaton import Kind, Room, Session
from lkagent_lint.typestate.solver import Reached
from tests.typestate.oracle import Generator, Node, Program, Renderer, Seen, run
from tests.typestate.solving import ROOT, project_of

PROGRAMS = int(os.environ.get("LKAGENT_LINT_PERMUTATIONS", "2400"))
BATCHES = 12
VERSIONS = {"1.8.9": True, "1.4.4": False}
"""livekit-agents versions, and whether a wait for a participant joins the room there."""

_KINDS = {
    Kind.START_IN_ROOM: "start",
    Kind.START: "plain",
    Kind.WAIT: "wait",
    Kind.ROOM_USE: "use",
}
_ROOMS = {Room.OUT: "out", Room.JOINED: "in", Room.UNKNOWN: "lost"}


def place_of(place: Place) -> tuple[str, int]:
    return place.path.removeprefix(f"{ROOT}/"), place.span.line


def seen_of(reached: Reached) -> Seen:
    """What the solver reached, in the oracle's words."""
    event, state = reached.event, reached.state
    kind = _KINDS.get(event.kind) or ("connect" if event.bare else "options")
    joiner = None if state.origin is None else place_of(state.origin.event.place)
    bare = state.origin is not None and state.origin.event.kind is Kind.CONNECT and state.origin.event.bare
    started = state.session is Session.STARTED
    return Seen(place_of(event.place), kind, _ROOMS[state.room], joiner, bare, started, state.exceptional)


def expected_101(seen: Iterable[Seen]) -> set[tuple[str, int]]:
    """The connects that some usual path reaches before any session, a start in the room following."""
    return {
        each.joiner
        for each in seen
        if each.kind == "start" and each.bare and not each.started and not each.exceptional and each.joiner is not None
    }


def expected_104(seen: Iterable[Seen]) -> dict[tuple[str, int], Severity]:
    """The waits that raise: an error where they do in every state, a warning where they do in some usual one."""
    waits: dict[tuple[str, int], list[Seen]] = {}
    for each in seen:
        if each.kind == "wait":
            waits.setdefault(each.place, []).append(each)
    return {
        place: Severity.ERROR if all(each.joined == "out" for each in group) else Severity.WARNING
        for place, group in waits.items()
        if any(each.joined == "out" and not each.exceptional for each in group)
    }


def joined_at(diagnostic: Diagnostic, reached: Iterable[Reached]) -> set[tuple[str, int]]:
    """Where the room is joined that an order finding speaks of: one stands for all joins that its step leads to."""
    joined = [each.place for each in diagnostic.related if each.message == "the room is joined here"]
    origins = [each.state.origin for each in reached if each.event.kind is Kind.START_IN_ROOM]
    led_to = {place_of(each.event.place) for each in origins if each and each.lead.place == diagnostic.place}
    return {place_of(each) for each in joined or [diagnostic.place]} | led_to


def mismatch(program: Program, version: str) -> str | None:
    """How the linter and the oracle differ on a program; empty if they do not, None if it has too many paths."""
    files = Renderer(program).files()
    expected = run(program, waits_join=VERSIONS[version])
    if expected is None:
        return None
    subject = Subject(project_of(files, version))
    reached = [each for solved in subject.solved for each in solved.reached]
    found = {seen_of(each) for each in reached if each.event.kind in _KINDS or each.event.kind is Kind.CONNECT}
    problems: list[str] = []
    if found != expected:
        problems += [f"missing {each}" for each in sorted(expected - found, key=repr)]
        problems += [f"too many {each}" for each in sorted(found - expected, key=repr)]
    order = set[tuple[str, int]]()
    for diagnostic in lka101_connect_before_start.check(subject):
        named = joined_at(diagnostic, reached)
        if not named & expected_101(expected):
            problems.append(f"LKA101 of no join: {diagnostic.place}")
        order |= named & expected_101(expected)
    if order != expected_101(expected):
        problems.append(f"LKA101 {order} instead of {expected_101(expected)}")
    if not VERSIONS[version]:
        waits = {place_of(each.place): each.severity for each in lka104_wait_before_connect.check(subject)}
        if waits != expected_104(expected):
            problems.append(f"LKA104 {waits} instead of {expected_104(expected)}")
    return "\n".join([*problems, *(f"--- {name}\n{text}" for name, text in files.items())] if problems else [])


def shrunk(program: Program, version: str) -> str:
    """The report of the smallest program that still differs, by leaving out one statement after the other."""
    report = mismatch(program, version) or ""
    going = True
    while going:
        going = False
        for block in list(blocks_of(program)):
            for index in range(len(block) - 1, -1, -1):
                node = block.pop(index)
                smaller = mismatch(program, version)
                if smaller:
                    report, going = smaller, True
                else:
                    block.insert(index, node)
    return report


NOTHING: set[tuple[str, str, bool, bool]] = set()


def blocks_of(program: Program) -> Iterable[list[Node]]:
    stack = [program.entry, *program.helpers.values()]
    while stack:
        block = stack.pop()
        yield block
        stack += [part for node in block for part in node.blocks]


@pytest.mark.parametrize("batch", range(BATCHES))
def test_the_solver_sees_what_brute_force_sees(batch: int) -> None:
    def check() -> str:
        for seed in range(batch, PROGRAMS, BATCHES):
            for version in VERSIONS:
                difference = mismatch(Generator(seed).program(), version)
                if difference is None:
                    break  # there are as many paths for every version
                if difference:
                    return f"seed {seed}, {version}\n{shrunk(Generator(seed).program(), version)}"
        return ""

    difference = run_deep(check)
    assert not difference, difference


def test_most_programs_are_small_enough_to_be_run() -> None:
    ran = 0
    for seed in range(200):
        program = Generator(seed).program()
        Renderer(program).files()
        ran += run(program, waits_join=True) is not None
    assert ran >= 180


def test_a_broken_solver_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without exception edges, or with a join that is forgotten, some program differs."""
    from lkagent_lint.typestate import lifecycle, notes

    def forget(state: lifecycle.State, event: lifecycle.Event, lead: lifecycle.Site, sdk: object) -> lifecycle.State:
        return replace(state, session=Session.STARTED) if event.kind is Kind.START_IN_ROOM else state

    monkeypatch.setattr(notes, "after", forget)
    assert any(mismatch(Generator(seed).program(), "1.8.9") for seed in range(40))


def program_of(*entry: Node) -> Program:
    program = Program(list(entry), {}, {})
    Renderer(program).files()
    return program


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ([Node("connect"), Node("start")], {("start", "in", True, False)}),
        (
            [Node("start"), Node("connect"), Node("start")],
            {("start", "out", False, False), ("start", "in", False, False)},
        ),
        (
            [Node("if", [[Node("connect")], []]), Node("start")],
            {("start", "in", True, False), ("start", "out", False, False)},
        ),
        ([Node("options"), Node("start")], {("start", "in", False, False)}),
        ([Node("if", [[Node("return")], []]), Node("start")], {("start", "out", False, False)}),
        ([Node("raise"), Node("start")], NOTHING),
        (
            [Node("try", [[Node("connect")], [Node("nothing")], [], []], name="bare"), Node("start")],
            {("start", "in", True, False), ("start", "in", True, True), ("start", "out", False, True)},
        ),
        (
            [Node("try", [[Node("return")], [], [], [Node("start")]], name="finally")],
            {("start", "out", False, False), ("start", "out", False, True)},
        ),
        ([Node("while", [[Node("start")], []])], {("start", "out", False, False), ("start", "in", False, False)}),
        ([Node("forever", [[Node("connect"), Node("leave")]]), Node("start")], {("start", "in", True, False)}),
    ],
)
def test_the_oracle_itself(entry: list[Node], expected: set[tuple[str, str, bool, bool]]) -> None:
    seen = run(program_of(*entry), waits_join=True)
    assert seen is not None
    starts = {(each.kind, each.joined, each.bare, each.exceptional) for each in seen if each.kind == "start"}
    assert starts == expected

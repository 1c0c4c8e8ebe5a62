"""The vocabulary agrees with the tables of the releases, both ways."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lkagent_lint.sources.sdk import tables
from lkagent_lint.sources.sdk.symbols import SymbolKind
from lkagent_lint.sources.sdk.tables import Release, Table
from lkagent_lint.sources.sdk.vocabulary import CLASSES, TERMS, ClassTerm, Form, Term, term
from lkagent_lint.sources.sdk.vocabulary.records import INHERITED, Spelling, camel, snake, spellings

PACKAGES = {
    "livekit.agents": ("livekit-agents", "@livekit/agents"),
    "livekit.rtc": ("livekit", "@livekit/rtc-node"),
    "livekit.api": ("livekit-api", "livekit-server-sdk"),
}
FORMS = {
    Form.COROUTINE: {SymbolKind.COROUTINE},
    Form.PLAIN: {SymbolKind.METHOD},
    Form.GIVES: {SymbolKind.METHOD, SymbolKind.GENERATOR},
    Form.VALUE: {SymbolKind.PROPERTY, SymbolKind.SETTABLE, SymbolKind.ATTRIBUTE},
}
WITHOUT_ROW = {
    "AgentHttp.*": "the server's own part",
    "AgentServer.aclose": "the worker's own course, which is not followed",
    "AgentServer.close": "the worker's own course, which is not followed",
    "AgentServer.drain": "the worker's own course, which is not followed",
    "AgentServer.run": "the worker's own course, which is not followed",
    "AgentServer.simulate_job": "the worker's own course, which is not followed",
    "Thread.*": "a look at what is stored",
    "A2ASessionContext.task": "a look at what is stored",
    "Agent.on_user_turn_exceeded": "its body runs beside the turn, which the rules about hooks do not know",
    "AgentSession.wait_for_idle": "a wait after the start, on which no order depends",
    "AgentSession.wait_for_idle_and_hold": "a wait after the start, on which no order depends",
    "AgentSession.wait_for_inactive": "a wait after the start, on which no order depends",
    "AgentTask.run": "awaiting a task does it",
    "AvatarSession.aclose": "nothing follows from an avatar that stays",
    "AvatarSession.wait_for_join": "a wait after the start, on which no order depends",
    "BackgroundAudioPlayer.*": "beside the job's order",
    "LiveKitAPI.*": "its end, which is nothing to a job",
    "LocalParticipant.handle_rpc_method_invocation": "the SDK's own",
    "LocalParticipant.unpublish_track": "takes something out of the room",
    "Room.get_rtc_stats": "a look at the room",
    "Room.get_sid": "a look at the room",
    "Room.simulate_scenario": "for tests",
    "RoomIO.aclose": "the session's own part",
    "RoomIO.close": "the session's own part",
    "RoomIO.wait_for_ready": "the session's own part",
    "RunContext.filler": "speech within a tool",
    "RunContext.foreground": "speech within a tool",
    "AgentDispatchService.*": "a request to the server, of which a job's order knows nothing",
    "RoomService.*": "a request to the server, of which a job's order knows nothing",
    "SipService.*": "a request to the server, of which a job's order knows nothing",
}
"""Public coroutines of the classes that are followed, and why they have no row. A star stands for all others."""


DESCRIPTORS = {("Agent", "on_enter"): "2.0.0b1"}
"""Members that give a function of that form, and are attributes to the reader of the tables, since a release."""
OLDER_THAN_ITS_NUMBER = ("@livekit/agents", "1.1.0")
"""It was made from sources that are older than those of 1.0.51."""


def package(owner: str, *, in_node: bool) -> Table:
    """The table of the package that has a class, or a function's module."""
    home = CLASSES[owner].home if owner in CLASSES else owner
    prefix = next(each for each in PACKAGES if home == each or home.startswith(f"{each}."))
    return tables.table(PACKAGES[prefix][in_node])


def releases(owner: str, spelling: Spelling, *, in_node: bool) -> Iterator[tuple[Release, bool]]:
    """Every release of a package, and whether it has what is spelt so."""
    table = package(owner, in_node=in_node)
    first = table.releases.index(spelling.since)
    last = table.releases.index(spelling.last) if spelling.last else len(table.releases)
    for number, version in enumerate(table.releases):
        if (table.package, version) != OLDER_THAN_ITS_NUMBER:
            yield Release(table, number), first <= number <= last


def in_tables(each: ClassTerm, *, in_node: bool) -> str:
    """By which name a release's table is asked for a class."""
    return (each.node[-1].name if in_node else each.path) or each.name


BOTH = pytest.mark.parametrize("in_node", [False, True], ids=["python", "node"])


@BOTH
@pytest.mark.parametrize("each", CLASSES.values(), ids=CLASSES)
def test_a_class_is_in_the_releases_that_its_row_names(each: ClassTerm, in_node: bool) -> None:
    for spelling in each.node if in_node else each.python:
        for release, has in releases(each.name, spelling, in_node=in_node):
            asked = spelling.name if in_node else each.path or spelling.name
            assert bool(release.members(asked)) == has, release.version


@BOTH
@pytest.mark.parametrize("each", TERMS.values(), ids=[f"{each.owner}.{each.name}" for each in TERMS.values()])
def test_a_member_is_in_the_releases_that_its_row_names(each: Term, in_node: bool) -> None:
    for spelling in each.node if in_node else each.python:
        if spelling.since == INHERITED:
            continue
        for release, has in releases(each.owner, spelling, in_node=in_node):
            if each.owner not in CLASSES:
                module = "@livekit/agents" if in_node else each.owner
                assert (release.name(module, spelling.name) is not None) == has, release.version
                continue
            found = release.member(in_tables(CLASSES[each.owner], in_node=in_node), spelling.name)
            assert (found is not None) == has, release.version
            form = each.form_in_node if in_node else each.form
            since = DESCRIPTORS.get((each.owner, each.name))
            is_descriptor = since is not None and not in_node and release.is_at_least(since)
            kinds = {SymbolKind.ATTRIBUTE} if is_descriptor else FORMS[form]
            assert found is None or found.kind in kinds, release.version


def coroutines(each: ClassTerm, *, in_node: bool) -> set[str]:
    """The public coroutines of a class in any release, by Python's names."""
    table = package(each.name, in_node=in_node)
    found = {
        name
        for number in range(len(table.releases))
        for name, member in Release(table, number).members(in_tables(each, in_node=in_node)).items()
        if member.kind is SymbolKind.COROUTINE and not name.startswith("_")
    }
    spelt = {(one.owner, known.name): one.name for one in TERMS.values() for known in one.node}
    return {spelt.get((each.name, name), snake(name)) for name in found} if in_node else found


@BOTH
@pytest.mark.parametrize("each", CLASSES.values(), ids=CLASSES)
def test_a_public_coroutine_has_a_row_or_a_reason(each: ClassTerm, in_node: bool) -> None:
    if not (each.node if in_node else each.python):
        return
    unknown = {
        name
        for name in coroutines(each, in_node=in_node)
        if term(each.name, name) is None
        and not any(f"{one}.{what}" in WITHOUT_ROW for one in (each.name, each.base) for what in (name, "*"))
    }
    assert unknown == set()


def test_no_reason_is_for_what_is_not_there() -> None:
    there = {
        f"{each.name}.{name}"
        for each in CLASSES.values()
        for in_node in (False, True)
        if (each.node if in_node else each.python)
        for name in coroutines(each, in_node=in_node)
    }
    rows = {f"{each.owner}.{each.name}" for each in TERMS.values()}
    assert {each for each in WITHOUT_ROW if not each.endswith("*")} <= there - rows
    assert all(any(name.startswith(each[:-1]) for name in there - rows) for each in WITHOUT_ROW if each.endswith("*"))


def test_what_a_row_speaks_of_is_there() -> None:
    for each in TERMS.values():
        assert each.owner in CLASSES or each.owner.startswith("livekit.")
        assert each.python or each.node
        assert each.form is Form.COROUTINE or not each.dropped, "only a coroutine can be dropped"
        assert each.dropped or not each.needed_in_node


def test_releases_are_written_so() -> None:
    assert spellings("", "a") == ()
    assert spellings("1.2.0", "a") == (Spelling("a", "1.2.0"),)
    assert spellings("close 1.2.0..1.5.0", "a") == (Spelling("close", "1.2.0", "1.5.0"),)
    assert spellings("old 1.0.0..1.9.0, 2.0.0", "a") == (Spelling("old", "1.0.0", "1.9.0"), Spelling("a", "2.0.0"))


def test_one_language_spells_the_other() -> None:
    for each in TERMS.values():
        assert snake(camel(each.name)) == each.name

"""The reader of released packages, on packages of our own, and the tables' arithmetic."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from tools.sdk_tables import __main__ as command
from tools.sdk_tables import merge, news, node_surface, python_requires, python_surface
from tools.sdk_tables.packages import Package, chosen
from tools.sdk_tables.surface import Surface, empty

PYTHON = {
    "livekit/agents/__init__.py": """
import typing
from .job import Context as Context
from ._hidden import Secret, helper
from .events import *
if typing.TYPE_CHECKING:
    from .job import OnlyForCheckers
Alias = Context
def __getattr__(name):
    if name == "late":
        return 1
    if name in ("later", "latest"):
        return 2
    raise AttributeError(name)
""",
    "livekit/agents/_hidden.py": "class Secret(dict):\n    pass\ndef helper(a, *, b=1, **rest): ...\n",
    "livekit/agents/events.py": """
from typing import Literal, Union
__all__ = ["Session"]
Kinds = Literal["opened", "closed"]
class Session(EventEmitter[Union[Kinds, Literal["extra"]]]):
    def __init__(self): self.held = 1
    def end(self):
        self.emit("closed", 1, 2)
        self.emit("opened")
class Wide(EventEmitter[Kinds | Event]): ...
def not_in_all(): ...
""",
    "livekit/agents/job.py": '''
import dataclasses
from dataclasses import dataclass, field
class Base:
    limit: int = 3
    async def close(self, /, why, *, now=False): ...
    def plain(self): ...
class Context(Base):
    @property
    def room(self): ...
    @staticmethod
    def made(x): ...
    async def each(self):
        yield 1
    def __getattr__(self, name): ...
    def old(self):
        """Doc."""
        warnings.warn("old is deprecated, use new instead")
@dataclass
class Options:
    entry: int
    name: str = ""
    many: list = field(default_factory=list)
    made: int = field(init=False)
    __: dataclasses.KW_ONLY
    last: int = 0
''',
}
NODE = {
    "package/dist/index.d.ts": """export * from './room.js';
export * as voice from './voice/index.js';
export declare const Worker: typeof Room;
import { Room } from './room.js';
""",
    "package/dist/room.d.ts": """import { Kinds } from './kinds.js';
declare const Room_base: new () => TypedEmitter<Callbacks>;
/** A room.
 * @deprecated Use {@link Hall} instead. */
export declare class Room extends Room_base {
    private secret;
    name: string;
    constructor(url: string, options?: number);
    get open(): boolean;
    connect(url: string, { token }: { token: string }): Promise<void>;
    leave(): void;
}
export type Callbacks = { [Kinds.Joined]: (who: string, when: number) => void; left: () => void };
export interface Shape { a: number }
""",
    "package/dist/kinds.d.ts": "export declare enum Kinds { Joined = 'joined', Left = 'left' }\n",
    "package/dist/voice/index.d.ts": """export { Room as Hall } from '../room.js';
export { Kinds } from '../kinds.js';
""",
}


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    path = tmp_path / "package.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in PYTHON.items():
            archive.writestr(name, text)
    return path


@pytest.fixture
def tarball(tmp_path: Path) -> Path:
    path = tmp_path / "package.tgz"
    with tarfile.open(path, "w:gz") as archive:
        for name, text in NODE.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return path


def test_names_of_a_wheel(wheel: Path) -> None:
    names = python_surface.read(wheel)["names"]
    assert names["livekit.agents"] == {
        "typing": "X",
        "Context": "C livekit.agents.job.Context",
        "Alias": "C livekit.agents.job.Context",
        "Secret": "C livekit.agents._hidden.Secret",
        "helper": "F livekit.agents._hidden.helper",
        "Session": "C livekit.agents.events.Session",
        "events": "M livekit.agents.events",
        "job": "M livekit.agents.job",
        "late": "V",
        "later": "V",
        "latest": "V",
    }
    assert "livekit.agents._hidden" not in names


def test_members_of_a_wheel(wheel: Path) -> None:
    members = python_surface.read(wheel)["members"]
    assert members["livekit.agents.job.Context"] == {
        "limit": "a",
        "close": "c(why, *, now=)",
        "plain": "m()",
        "room": "p",
        "made": "m(x)",
        "each": "g()",
        "?": "?",
        "old": "m()",
    }
    assert members["livekit.agents.job.Options"]["()"] == "(entry, name=, many=, *, last=)"
    assert members["livekit.agents._hidden.Secret"]["?"] == "?"


def test_events_of_a_wheel(wheel: Path) -> None:
    events = python_surface.read(wheel)["events"]
    assert events["livekit.agents.events.Session"] == {"opened": "0", "closed": "2", "extra": "?"}
    assert events["livekit.agents.events.Wide"]["?"] == "?"


def test_what_a_wheel_calls_deprecated(wheel: Path) -> None:
    deprecated = python_surface.read(wheel)["deprecated"]
    assert deprecated == {"livekit.agents.job.Context.old": {"": "old is deprecated, use new instead"}}


def test_a_tarball(tarball: Path) -> None:
    found = node_surface.read(tarball, "pack")
    assert found["names"]["pack"] == {
        "Callbacks": "T",
        "Room": "C room.Room",
        "Shape": "T",
        "Worker": "C room.Room",
        "voice": "M pack.voice",
    }
    assert found["names"]["pack.voice"] == {"Hall": "C room.Room", "Kinds": "E kinds.Kinds"}
    assert found["members"]["room.Room"] == {
        "<": "EventEmitter",
        "secret": "a",
        "name": "a",
        "()": "(url, options=)",
        "open": "p",
        "connect": "c(url, {}, *, token=)",
        "leave": "m()",
    }
    assert found["members"]["kinds.Kinds"] == {"Joined": "= joined", "Left": "= left"}
    assert found["events"]["room.Room"] == {"joined": "2", "left": "0"}
    assert found["deprecated"]["room.Room"] == {"": "Use {@link Hall} instead."}


def surface(**names: str) -> Surface:
    found = empty()
    if names:
        found["names"]["m"] = dict(names)
    return found


def test_a_table_gives_every_release_back() -> None:
    releases = [
        merge.Release("1.0", surface(a="V", b="V")),
        merge.Release("1.1", surface(a="V", b="F b")),
        merge.Release("1.2", surface()),
        merge.Release("1.3", surface(a="V", c="V")),
    ]
    data = merge.merged("p", releases)
    stored = merge.decode(data)
    assert [stored.surface(each.version) for each in releases] == [each.surface for each in releases]
    again = (merge.Release(each, stored.surface(each)) for each in stored.releases)
    assert merge.merged("p", again) == data
    assert stored.names["m"]["a"] == [0, 2, "V", 3, -1, "V"]


def test_what_many_facts_say_is_written_once() -> None:
    often = {f"a{number}": "F livekit.agents.llm" for number in range(20)}
    releases = [merge.Release("1.0", surface(b="V")), merge.Release("1.1", surface(b="V", **often))]
    data = merge.merged("p", releases)
    stored = merge.decode(data)
    assert data.count(b"F livekit.agents.llm") == 1
    assert stored.names["m"]["a7"] == stored.names["m"]["a8"] == 0
    assert [stored.surface(each.version) for each in releases] == [each.surface for each in releases]


AGENTS = Package("livekit-agents", "1.0.0", "0.7")


@pytest.mark.parametrize(
    ("listed", "read"),
    [
        (["1.0.0", "0.8.1", "0.8.2", "0.6.0", "1.10.0", "1.9.0"], ["0.8.2", "1.0.0", "1.9.0", "1.10.0"]),
        (["1.9.0", "2.0.0b1", "2.0.0a2", "1.9.1rc1", "1.8.0rc1"], ["1.9.0", "1.9.1rc1", "2.0.0a2", "2.0.0b1"]),
        (["1.9.0", "2.0.0b1", "2.0.0", "2.0.0rc1"], ["1.9.0", "2.0.0"]),
        (["1.9.0", "2.0.0.dev3", "2.0.0b1.dev1"], ["1.9.0"]),
    ],
)
def test_which_releases_are_read(listed: list[str], read: list[str]) -> None:
    assert chosen(AGENTS, listed) == read


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Surface]:
    """The releases that a registry has, which a test may change; the tables stand in ``tmp_path``."""
    offered: dict[str, Surface] = {}

    def listed(package: Package) -> list[str]:
        return chosen(package, list(offered))

    def read(_package: Package, versions: Sequence[str], _cache: Path) -> dict[str, Surface]:
        return {version: offered[version] for version in versions}

    monkeypatch.setattr(command, "TABLES", tmp_path)
    monkeypatch.setattr(command, "released", listed)
    monkeypatch.setattr(command, "_surfaces", read)
    return offered


def test_pre_releases_go_when_the_stable_one_is_there(tmp_path: Path, registry: dict[str, Surface]) -> None:
    table = tmp_path / f"{AGENTS.file}.json"

    def updated() -> tuple[str, ...]:
        command.update(AGENTS, tmp_path, rebuild=False)
        return tuple(merge.decode(table.read_bytes()).releases)

    registry |= {"1.9.0": surface(a="V"), "2.0.0b1": surface(a="V", b="V")}
    assert updated() == ("1.9.0", "2.0.0b1")
    registry["2.0.0b2"] = surface(b="V")
    assert updated() == ("1.9.0", "2.0.0b1", "2.0.0b2")
    del registry["2.0.0b1"]  # a pre-release that is withdrawn goes too
    assert updated() == ("1.9.0", "2.0.0b2")
    registry["2.0.0"] = surface(c="V")
    assert updated() == ("1.9.0", "2.0.0")
    assert merge.decode(table.read_bytes()).surface("2.0.0") == surface(c="V")
    registry["2.1.0rc1"] = surface(c="V")
    del registry["1.9.0"]  # a stable release stays when it is withdrawn
    assert updated() == ("1.9.0", "2.0.0", "2.1.0rc1")


def test_one_command_says_what_is_new(
    tmp_path: Path, registry: dict[str, Surface], capsys: pytest.CaptureFixture[str]
) -> None:
    registry |= {"1.9.0": surface(a="V"), "2.0.0b1": surface(a="V", b="V")}
    command.update(AGENTS, tmp_path, rebuild=False)
    before = (tmp_path / f"{AGENTS.file}.json").read_bytes()
    news_of = ["--news", "--only", AGENTS.name]
    capsys.readouterr()
    assert command.main(news_of) == 0
    assert capsys.readouterr().out == "livekit-agents: nothing beside 2.0.0b1\n"
    registry |= {"1.9.1": surface(a="V"), "2.0.0b2": surface(b="V", c="F m.c")}
    assert command.main(news_of) == 0
    assert capsys.readouterr().out.splitlines() == [
        "livekit-agents 1.9.1, beside 1.9.0: nothing",
        "livekit-agents 2.0.0b2, beside 2.0.0b1: ",
        "  came m.c",
        "  went m.a",
    ]
    assert (tmp_path / f"{AGENTS.file}.json").read_bytes() == before


def test_pre_releases_of_npm() -> None:
    package = Package("@livekit/agents", "1.0.0", "0.3", npm=True)
    listed = ["1.9.0", "2.0.0-beta.2", "2.0.0-beta.10", "0.0.0-nightly-1", "2.0.0-next.1"]
    assert chosen(package, listed) == ["1.9.0", "2.0.0-beta.2", "2.0.0-beta.10"]


def test_what_a_wheel_asks_for(tmp_path: Path) -> None:
    file = tmp_path / "agents.whl"
    with zipfile.ZipFile(file, "w") as wheel:
        wheel.writestr(
            "livekit_agents-1.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: x\nRequires-Dist: livekit==1.1.20\nRequires-Dist: livekit-api<2,>=1.2\n"
            "Requires-Dist: livekit-protocol; extra == 'x'\nRequires-Dist: aiohttp\nRequires-Dist: ???\n",
        )
    assert python_requires.read(file) == {"livekit": {"": "==1.1.20"}, "livekit-api": {"": "<2,>=1.2"}}


def test_news_are_told_once() -> None:
    before, after = empty(), empty()
    before["names"] = {"livekit.agents": {"AgentSession": "C livekit.agents.voice.AgentSession", "Old": "F x"}}
    before["members"] = {"livekit.agents.voice.AgentSession": {"()": "(*, chat_ctx=, llm=)", "start": "c(agent)"}}
    after["names"] = {
        "livekit.agents": {"LiveSession": "C livekit.agents.voice.LiveSession", "New": "C livekit.agents.new.New"},
        "livekit.agents.new": {"New": "C livekit.agents.new.New"},
    }
    after["members"] = {
        "livekit.agents.voice.LiveSession": {"()": "(*, llm=)", "start": "c(agent, *, room=)"},
        "livekit.agents.new.New": {"()": "(a)", "run": "c(b)"},
    }
    after["deprecated"] = {"livekit.agents.new.New": {"a": "use b"}}
    found = news.between(before, after)
    assert found.came == ("AgentSession.start(room=)", "New", "livekit.agents.LiveSession", "livekit.agents.New")
    assert found.went == ("AgentSession(chat_ctx=)", "livekit.agents.AgentSession", "livekit.agents.Old")
    assert found.deprecated == ("New(a=): use b",)
    assert not news.between(after, after)
